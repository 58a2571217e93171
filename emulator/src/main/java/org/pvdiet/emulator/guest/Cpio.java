package org.pvdiet.emulator.guest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Initial RAM disks: one or more "new ASCII" cpio archives, each plain or compressed
 * (Documentation/driver-api/early-userspace/buffer-format.rst, Linux 6.1). The guest unpacks them; here
 * they are only checked, so that a wrong file is refused before a guest panics over it.
 */
public final class Cpio {
    private static final int HEADER = 110;
    private static final String TRAILER = "TRAILER!!!";

    private Cpio() {}

    /**
     * Reads an initial RAM disk.
     *
     * @return the file's bytes, to be given to a guest as they are
     * @throws BadImageException if it cannot be read or the kernel could not unpack it
     */
    public static Bytes open(Path path) {
        Bytes file = Bytes.of(path.toString(), KernelImage.content(path));
        int at = padding(file, 0);
        if (at == file.size()) {
            throw new BadImageException(path + ": not an initrd: the file is empty");
        }
        while (at < file.size()) {
            Optional<Compression> compression = Compression.of(file.from(at));
            if (compression.isPresent()) {
                checkCompressed(file.from(at), compression.get());
                return file;
            }
            at = padding(file, endOfArchive(file, at));
        }
        return file;
    }

    private static int padding(Bytes file, int at) {
        int next = at;
        while (next < file.size() && file.u8(next) == 0) {
            next++;
        }
        return next;
    }

    private static boolean isHeader(Bytes header) {
        return header.indexOf("070701", 0) == 0 || header.indexOf("070702", 0) == 0;
    }

    private static int endOfArchive(Bytes file, int start) {
        long at = start;
        while (true) {
            if (at + HEADER > file.size()) {
                throw new BadImageException(file.file() + ": offset 0x" + Long.toHexString(at)
                        + ": the cpio archive ends without its trailer; the initrd is truncated");
            }
            Bytes header = file.slice(at, HEADER);
            if (!isHeader(header)) {
                throw new BadImageException(file.file() + ": offset 0x" + Long.toHexString(at)
                        + ": not an initrd: neither a cpio header (newc) nor a compression that Linux knows; make one"
                        + " with `find . | cpio -o -H newc`");
            }
            long size = field(header, 54);
            long nameSize = field(header, 94);
            String name = file.slice(at + HEADER, nameSize).cString(0);
            at += align4(HEADER + nameSize) + align4(size);
            if (name.equals(TRAILER)) {
                return (int) Math.min(at, file.size());
            }
        }
    }

    private static long field(Bytes header, int offset) {
        String digits = new String(header.slice(offset, 8).toArray(), StandardCharsets.ISO_8859_1);
        if (!digits.matches("[0-9a-fA-F]{8}")) {
            throw header.bad(offset, "the cpio header holds '" + digits + "' where eight hex digits are wanted");
        }
        return Long.parseLong(digits, 16);
    }

    private static long align4(long size) {
        return (size + 3) & -4L;
    }

    private static void checkCompressed(Bytes part, Compression compression) {
        String name = compression.name().toLowerCase(Locale.ROOT);
        byte[] header;
        try (InputStream in = compression.open(part)) {
            header = in.readNBytes(HEADER);
        } catch (IOException | RuntimeException e) {
            throw new BadImageException(
                    part.file() + ": offset 0x" + Integer.toHexString(part.fileOffset()) + ": the " + name
                            + " stream cannot be decompressed; the initrd is truncated or damaged",
                    e);
        }
        if (!isHeader(Bytes.of(part.file(), header))) {
            throw new BadImageException(part.file() + ": offset 0x" + Integer.toHexString(part.fileOffset())
                    + ": not an initrd: the " + name + " stream holds no cpio archive (newc)");
        }
    }
}
