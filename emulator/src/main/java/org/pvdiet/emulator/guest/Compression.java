package org.pvdiet.emulator.guest;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.SingleXZInputStream;

/**
 * The compressions a Linux kernel image or initrd may use, by their magic (lib/decompress.c, Linux
 * 6.1). LZO is recognised by {@link Payload} only to be refused by name.
 */
enum Compression {
    GZIP(0x1f, 0x8b) {
        @Override
        InputStream open(Bytes in) throws IOException {
            return new GZIPInputStream(in.stream(), 1 << 16);
        }
    },
    BZIP2('B', 'Z', 'h') {
        @Override
        InputStream open(Bytes in) throws IOException {
            return new BZip2CompressorInputStream(in.stream());
        }
    },
    LZMA(0x5d, 0, 0) {
        @Override
        InputStream open(Bytes in) throws IOException {
            return new LZMAInputStream(in.stream(), DICTIONARY_KIB);
        }
    },
    XZ(0xfd, '7', 'z', 'X', 'Z', 0) {
        @Override
        InputStream open(Bytes in) throws IOException {
            return new SingleXZInputStream(in.stream(), DICTIONARY_KIB);
        }
    },
    LZ4(0x02, 0x21, 0x4c, 0x18) {
        @Override
        InputStream open(Bytes in) {
            return new Lz4LegacyStream(in);
        }
    },
    ZSTD(0x28, 0xb5, 0x2f, 0xfd) {
        @Override
        InputStream open(Bytes in) throws IOException {
            return new ZstdInputStream(in.stream());
        }
    };

    /** Kernels use dictionaries up to 128 MiB (scripts/Makefile.lib); a damaged header must not ask for more. */
    private static final int DICTIONARY_KIB = 160 << 10;

    private final int[] magic;

    Compression(int... magic) {
        this.magic = magic;
    }

    static Optional<Compression> of(Bytes bytes) {
        for (Compression compression : values()) {
            if (bytes.startsWith(compression.magic)) {
                return Optional.of(compression);
            }
        }
        return Optional.empty();
    }

    abstract InputStream open(Bytes in) throws IOException;

    /**
     * Decompresses to the end of the stream.
     *
     * @param limit the size in bytes above which the stream cannot be sound
     */
    Bytes decompress(Bytes in, long limit) {
        byte[] out;
        try (InputStream stream = open(in)) {
            out = stream.readNBytes((int) Math.min(limit + 1, Integer.MAX_VALUE - 8));
        } catch (IOException | RuntimeException e) {
            // The libraries answer damaged input with array and arithmetic exceptions as well.
            throw new BadImageException(
                    in.file() + ": offset 0x" + Integer.toHexString(in.fileOffset()) + ": the "
                            + name().toLowerCase(java.util.Locale.ROOT)
                            + " stream cannot be decompressed; the file is truncated or damaged",
                    e);
        }
        if (out.length > limit) {
            throw in.bad(0, "the compressed data is longer than the " + limit + " bytes it should have");
        }
        return Bytes.of(in.file() + " (decompressed)", out);
    }

    /**
     * The legacy LZ4 frame, the only one the kernel's build writes ({@code lz4 -l}): a magic, then
     * blocks of {compressed size, data} that hold 8 MiB each, the last one less. Some packers repeat
     * the magic between blocks.
     */
    private static final class Lz4LegacyStream extends InputStream {
        private static final int BLOCK = 8 << 20;
        private static final long MAGIC = 0x184c2102L;

        private final LZ4SafeDecompressor decompressor =
                LZ4Factory.fastestJavaInstance().safeDecompressor();
        private final byte[] in;
        private final byte[] block = new byte[BLOCK];
        private final Bytes view;
        private int next = 4;
        private int position;
        private int end;

        Lz4LegacyStream(Bytes bytes) {
            view = bytes;
            in = bytes.toArray();
        }

        @Override
        public int read() {
            return fill() ? block[position++] & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (length == 0) {
                return 0;
            }
            if (!fill()) {
                return -1;
            }
            int count = Math.min(length, end - position);
            System.arraycopy(block, position, target, offset, count);
            position += count;
            return count;
        }

        private boolean fill() {
            while (position == end) {
                if (next + 4 > in.length) {
                    return false;
                }
                long size = view.u32(next);
                next += 4;
                if (size == MAGIC) {
                    continue;
                }
                if (size == 0) {
                    return false;
                }
                if (size > in.length - next) {
                    throw view.bad(next - 4, "an LZ4 block of " + size + " bytes does not fit");
                }
                end = decompressor.decompress(in, next, (int) size, block, 0, BLOCK);
                position = 0;
                next += (int) size;
            }
            return true;
        }
    }
}
