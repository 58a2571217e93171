package org.pvdiet.emulator.guest;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4Factory;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.tukaani.xz.FilterOptions;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAOutputStream;
import org.tukaani.xz.X86Options;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZOutputStream;

/** A bzImage made by the rules of Documentation/x86/boot.rst around any payload. */
final class SyntheticBzImage {
    private static final int PAYLOAD = 5 * 512;

    private SyntheticBzImage() {}

    static byte[] wrap(byte[] compressed, int payloadSize, boolean sizeAppended) {
        int length = compressed.length + (sizeAppended ? 4 : 0);
        ByteBuffer image = ByteBuffer.allocate(PAYLOAD + length + 100).order(ByteOrder.LITTLE_ENDIAN);
        image.put(0x1f1, (byte) 3);
        image.putShort(0x1fe, (short) 0xaa55);
        image.putShort(0x200, (short) 0x6aeb);
        image.put(0x202, "HdrS".getBytes(StandardCharsets.US_ASCII));
        image.putShort(0x206, (short) 0x20f);
        image.putShort(0x236, (short) 1);
        image.putInt(0x248, PAYLOAD - 4 * 512);
        image.putInt(0x24c, length);
        image.put(PAYLOAD, compressed);
        if (sizeAppended) {
            image.putInt(PAYLOAD + compressed.length, payloadSize);
        }
        return image.array();
    }

    static byte[] wrap(Compression compression, byte[] payload) throws IOException {
        return wrap(compress(compression, payload), payload.length, compression != Compression.GZIP);
    }

    static byte[] compress(Compression compression, byte[] payload) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (compression == Compression.LZ4) {
            lz4Legacy(payload, bytes);
            return bytes.toByteArray();
        }
        try (OutputStream out = switch (compression) {
            case GZIP -> new GZIPOutputStream(bytes);
            case BZIP2 -> new BZip2CompressorOutputStream(bytes);
            case LZMA -> new LZMAOutputStream(bytes, new LZMA2Options(1), -1);
            // As scripts/xz_wrap.sh does for x86.
            case XZ ->
                new XZOutputStream(bytes, new FilterOptions[] {new X86Options(), new LZMA2Options(1)}, XZ.CHECK_CRC32);
            case ZSTD -> new ZstdOutputStream(bytes);
            case LZ4 -> throw new AssertionError();
        }) {
            out.write(payload);
        }
        return bytes.toByteArray();
    }

    private static void lz4Legacy(byte[] payload, ByteArrayOutputStream out) {
        out.writeBytes(new byte[] {0x02, 0x21, 0x4c, 0x18});
        for (int at = 0; at < payload.length; at += 8 << 20) {
            byte[] block = LZ4Factory.safeInstance()
                    .fastCompressor()
                    .compress(payload, at, Math.min(8 << 20, payload.length - at));
            out.writeBytes(ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(block.length)
                    .array());
            out.writeBytes(block);
        }
    }
}
