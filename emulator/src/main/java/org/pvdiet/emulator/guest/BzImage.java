package org.pvdiet.emulator.guest;

import java.util.Locale;

/**
 * The setup header of a bzImage and the payload it wraps (Documentation/x86/boot.rst, Linux 6.1).
 *
 * @param protocol boot protocol version, 0x020c and so on
 * @param setupHeader the bytes from 0x1f1 to the header's end, to be copied into boot_params
 * @param kernelAlignment physical alignment in bytes that the kernel asks for
 * @param prefAddress physical address at which it prefers to run
 * @param initSize bytes from the run-time start that it needs before it looks at the memory map
 * @param commandLineSize longest command line in bytes, without the terminator
 * @param xloadflags XLF_* flags
 * @param initrdAddressMax highest address an initrd's byte may have
 * @param kernelVersion the version string in the setup code, empty if there is none
 * @param compression how the payload was compressed, in lower case
 * @param vmlinux the decompressed kernel; relocations may follow the ELF image
 */
public record BzImage(
        int protocol,
        Bytes setupHeader,
        long kernelAlignment,
        long prefAddress,
        long initSize,
        long commandLineSize,
        int xloadflags,
        long initrdAddressMax,
        String kernelVersion,
        String compression,
        Bytes vmlinux) {

    /** XLF_KERNEL_64: there is a 64-bit entry point. */
    private static final int XLF_KERNEL_64 = 1;

    /** No kernel for this program's guests is larger; a damaged size field must not exhaust memory. */
    static final int LARGEST = 512 << 20;

    private static final int FIRST_PROTOCOL_WITH_PAYLOAD = 0x208;
    private static final int FIRST_PROTOCOL_WITH_XLOADFLAGS = 0x20c;

    static boolean matches(Bytes file) {
        return file.size() > 0x206 && file.u16(0x1fe) == 0xaa55 && file.indexOf("HdrS", 0x202) == 0x202;
    }

    /** How the kernel is had from its compressed stream. */
    interface Decompression {
        /** At most {@code size} bytes; fewer where the stream has not as many. */
        Bytes decompress(Compression compression, Bytes stream, int size);
    }

    static BzImage read(Bytes file, Decompression decompression) {
        int protocol = file.u16(0x206);
        if (protocol < FIRST_PROTOCOL_WITH_PAYLOAD) {
            throw new BadImageException("%s: boot protocol %d.%02d is too old, 2.08 or newer is needed (Linux 2.6.26)"
                    .formatted(file.file(), protocol >> 8, protocol & 0xff));
        }
        int xloadflags = protocol >= FIRST_PROTOCOL_WITH_XLOADFLAGS ? file.u16(0x236) : 0;
        if ((xloadflags & XLF_KERNEL_64) == 0) {
            throw new BadImageException(
                    file.file() + ": a 32-bit kernel (no 64-bit entry in the setup header) is not supported yet");
        }
        int setupSectors = file.u8(0x1f1) == 0 ? 4 : file.u8(0x1f1);
        long protectedMode = (setupSectors + 1) * 512L;
        long end = protectedMode + 16 * file.u32(0x1f4);
        if (end > file.size()) {
            throw new BadImageException("%s: the setup header announces %d bytes, the file has %d; it is truncated"
                    .formatted(file.file(), end, file.size()));
        }
        Bytes payload = file.slice(protectedMode + file.u32(0x248), file.u32(0x24c));
        Compression compression = Compression.of(payload).orElseThrow(() -> unknownCompression(payload));
        // The build appends the decompressed size where the format does not end with it (gzip does).
        long size = payload.u32(payload.size() - 4L);
        if (size > LARGEST) {
            throw payload.bad(payload.size() - 4L, "the kernel would be " + size + " bytes long");
        }
        Bytes stream = compression == Compression.GZIP ? payload : payload.slice(0, payload.size() - 4L);
        Bytes vmlinux = decompression.decompress(compression, stream, (int) size);
        if (vmlinux.size() != size) {
            throw payload.bad(
                    0, "the kernel decompresses to " + vmlinux.size() + " bytes where " + size + " are announced");
        }
        int version = file.u16(0x20e);
        return new BzImage(
                protocol,
                // A copy, so that the compressed file need not stay in memory.
                Bytes.of(
                        file.file(),
                        file.slice(0x1f1, 0x202 + file.u8(0x201) - 0x1f1).toArray()),
                file.u32(0x230),
                file.u64(0x258),
                file.u32(0x260),
                file.u32(0x238),
                xloadflags,
                file.u32(0x22c),
                version == 0 ? "" : file.cString(version + 0x200L),
                compression.name().toLowerCase(Locale.ROOT),
                vmlinux);
    }

    private static BadImageException unknownCompression(Bytes payload) {
        if (payload.startsWith(0x89, 'L', 'Z', 'O')) {
            return new BadImageException(payload.file()
                    + ": the kernel is compressed with LZO, which is not supported; use its vmlinux instead");
        }
        return payload.bad(0, "the kernel's compression is not known");
    }
}
