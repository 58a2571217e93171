package org.pvdiet.traces;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** Zstandard for parquet-java, whose own codec factory needs Hadoop. Reads uncompressed files too, but nothing else. */
final class ZstdCodec implements CompressionCodecFactory {
    private final int level;

    ZstdCodec(int level) {
        this.level = level;
    }

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName codec) {
        return new Compressor(level);
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
        return switch (codec) {
            case ZSTD -> new Decompressor();
            case UNCOMPRESSED -> new Copier();
            default -> throw new UnsupportedOperationException("compression " + codec + " is not supported");
        };
    }

    @Override
    public void release() {}

    private record Compressor(int level) implements BytesInputCompressor {
        @Override
        public BytesInput compress(BytesInput bytes) throws IOException {
            return BytesInput.from(Zstd.compress(bytes.toByteArray(), level));
        }

        @Override
        public CompressionCodecName getCodecName() {
            return CompressionCodecName.ZSTD;
        }

        @Override
        public void release() {}
    }

    private static final class Decompressor implements BytesInputDecompressor {
        @Override
        public BytesInput decompress(BytesInput bytes, int size) throws IOException {
            byte[] compressed = bytes.toByteArray();
            // A damaged header must not make us allocate what the frame does not hold.
            long frame = Zstd.getFrameContentSize(compressed);
            if (frame > 0 && frame != size) {
                throw new IOException("a page of " + frame + " bytes claims to have " + size);
            }
            byte[] plain = new byte[size];
            try {
                long actual = Zstd.decompressByteArray(plain, 0, size, compressed, 0, compressed.length);
                if (Zstd.isError(actual) || actual != size) {
                    throw new IOException("a page cannot be decompressed");
                }
            } catch (ZstdException e) {
                throw new IOException("a page cannot be decompressed: " + e.getMessage(), e);
            }
            return BytesInput.from(plain);
        }

        @Override
        public void decompress(ByteBuffer input, int compressedSize, ByteBuffer output, int size) throws IOException {
            byte[] compressed = new byte[compressedSize];
            input.get(compressed);
            output.put(decompress(BytesInput.from(compressed), size).toByteArray());
        }

        @Override
        public void release() {}
    }

    private static final class Copier implements BytesInputDecompressor {
        @Override
        public BytesInput decompress(BytesInput bytes, int size) {
            return bytes;
        }

        @Override
        public void decompress(ByteBuffer input, int compressedSize, ByteBuffer output, int size) {
            output.put(input);
        }

        @Override
        public void release() {}
    }
}
