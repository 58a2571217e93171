package org.pvdiet.emulator.guest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioConstants;

/**
 * Writes a cpio archive in the newc format, as Linux unpacks an initramfs from
 * (Documentation/driver-api/early-userspace/buffer-format.rst). Entries keep the order of the calls, so a directory
 * comes before what is in it; owner and times are 0, so that the same calls give the same bytes.
 */
public final class CpioWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CpioArchiveOutputStream archive = new CpioArchiveOutputStream(bytes);
    private int entries;

    /** Adds a directory that all may read. Names are relative to the root and do not begin with a slash. */
    public CpioWriter directory(String name) {
        return add(entry(name, CpioConstants.C_ISDIR, 0755), new byte[0]);
    }

    /** Adds a regular file with the lowest nine bits of {@code permissions}. */
    public CpioWriter file(String name, int permissions, byte[] content) {
        CpioArchiveEntry entry = entry(name, CpioConstants.C_ISREG, permissions);
        entry.setSize(content.length);
        return add(entry, content);
    }

    /** Adds a character device with its numbers as in Linux's Documentation/admin-guide/devices.txt. */
    public CpioWriter characterDevice(String name, int permissions, int major, int minor) {
        CpioArchiveEntry entry = entry(name, CpioConstants.C_ISCHR, permissions);
        entry.setRemoteDeviceMaj(major);
        entry.setRemoteDeviceMin(minor);
        return add(entry, new byte[0]);
    }

    /** Ends the archive and gives it; nothing can be added afterwards. */
    public byte[] toBytes() {
        try {
            archive.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private CpioArchiveEntry entry(String name, int type, int permissions) {
        CpioArchiveEntry entry = new CpioArchiveEntry(CpioConstants.FORMAT_NEW, name);
        entry.setMode(type | permissions);
        // Linux takes files with the same inode number and several links for hard links.
        entry.setInode(++entries);
        entry.setNumberOfLinks(type == CpioConstants.C_ISDIR ? 2 : 1);
        entry.setTime(0);
        return entry;
    }

    private CpioWriter add(CpioArchiveEntry entry, byte[] content) {
        try {
            archive.putArchiveEntry(entry);
            archive.write(content);
            archive.closeArchiveEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }
}
