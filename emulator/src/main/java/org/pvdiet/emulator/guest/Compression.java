package org.pvdiet.emulator.guest;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
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
    Bytes decompress(Bytes in, int limit) {
        return decompress(in, limit, stream -> stream.readNBytes(limit));
    }

    /** The same where it is known how many bytes there are; gives fewer where that is wrong. */
    Bytes decompressExactly(Bytes in, int size) {
        return decompress(in, size, stream -> {
            byte[] out = new byte[size];
            int length = stream.readNBytes(out, 0, size);
            return length == size ? out : Arrays.copyOf(out, length);
        });
    }

    private interface Reading {
        byte[] read(InputStream stream) throws IOException;
    }

    private Bytes decompress(Bytes in, int limit, Reading reading) {
        byte[] out;
        boolean goesOn;
        try (InputStream stream = open(in)) {
            out = reading.read(stream);
            goesOn = out.length == limit && stream.read() >= 0;
        } catch (IOException | RuntimeException e) {
            // The libraries answer damaged input with array and arithmetic exceptions as well.
            throw new BadImageException(
                    in.file() + ": offset 0x" + Integer.toHexString(in.fileOffset()) + ": the "
                            + name().toLowerCase(Locale.ROOT)
                            + " stream cannot be decompressed; the file is truncated or damaged",
                    e);
        }
        if (goesOn) {
            throw in.bad(0, "the compressed data is longer than the " + limit + " bytes it should have");
        }
        return decompressed(in, out);
    }

    /** What a stream holds, named after its file. */
    static Bytes decompressed(Bytes in, byte[] content) {
        return Bytes.of(in.file() + " (decompressed)", content);
    }

    /**
     * The legacy LZ4 frame, the only one the kernel's build writes ({@code lz4 -l}): a magic, then
     * blocks of {compressed size, data} that hold 8 MiB each, the last one less. Some packers repeat
     * the magic between blocks.
     */
    private static final class Lz4LegacyStream extends InputStream {
        private static final int BLOCK = 8 << 20;
        private static final long MAGIC = 0x184c2102L;

        // Native code where its library has any for this machine: a tenth of the time of Java that is not compiled yet.
        private final LZ4SafeDecompressor decompressor =
                LZ4Factory.fastestInstance().safeDecompressor();
        private byte[] block = {};
        private final Bytes in;
        private int next = 4;
        private int position;
        private int end;

        Lz4LegacyStream(Bytes bytes) {
            in = bytes;
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
            if (position == end && length >= BLOCK) {
                int size = nextBlock();
                return size < 0 ? -1 : decompress(size, target, offset);
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
                int size = nextBlock();
                if (size < 0) {
                    return false;
                }
                if (block.length == 0) {
                    block = new byte[BLOCK];
                }
                end = decompress(size, block, 0);
                position = 0;
            }
            return true;
        }

        private int decompress(int size, byte[] target, int offset) {
            int[] length = new int[1];
            in.slice(next, size)
                    .readBy((array, from, count) ->
                            length[0] = decompressor.decompress(array, from, count, target, offset, BLOCK));
            next += size;
            return length[0];
        }

        /** The compressed size of the next block, which is at {@code next} then; -1 where there is none. */
        private int nextBlock() {
            while (next + 4 <= in.size()) {
                long size = in.u32(next);
                next += 4;
                if (size == MAGIC) {
                    continue;
                }
                if (size > in.size() - next) {
                    throw in.bad(next - 4, "an LZ4 block of " + size + " bytes does not fit");
                }
                return size == 0 ? -1 : (int) size;
            }
            return -1;
        }
    }
}
