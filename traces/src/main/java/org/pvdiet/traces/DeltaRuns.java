package org.pvdiet.traces;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.parquet.column.values.bitpacking.BytePackerForLong;
import org.apache.parquet.column.values.bitpacking.Packer;

/** Parquet's differences of consecutive values, bit-packed (parquet-format, Encodings.md, DELTA_BINARY_PACKED = 5). */
final class DeltaRuns {
    private DeltaRuns() {}

    /**
     * Decodes values.
     *
     * @param in little-endian, backed by an array
     * @param count how many there are
     * @param out has room for {@link HybridRuns#GROUP} more
     * @throws RuntimeException of any kind if there are not so many
     */
    static void decode(ByteBuffer in, int count, long[] out) {
        int block = HybridRuns.unsigned(in);
        int miniBlocks = HybridRuns.unsigned(in);
        int total = HybridRuns.unsigned(in);
        if (total != count || miniBlocks <= 0 || block <= 0 || block % (miniBlocks * HybridRuns.GROUP) != 0) {
            throw new IllegalStateException(total + " values in blocks of " + block);
        }
        int size = block / miniBlocks;
        long value = signed(in);
        out[0] = value;
        for (int done = 1; done < count; ) {
            long least = signed(in);
            int widths = in.position();
            in.position(widths + miniBlocks);
            for (int i = 0; i < miniBlocks && done < count; i++) {
                int values = Math.min(size, count - done);
                unpack(in, in.get(widths + i), size, values, out, done);
                for (int at = done; at < done + values; at++) {
                    value += least + out[at];
                    out[at] = value;
                }
                done += values;
            }
        }
    }

    private static void unpack(ByteBuffer in, int width, int size, int values, long[] out, int to) {
        if (width == 0) {
            Arrays.fill(out, to, to + values, 0);
            return;
        }
        BytePackerForLong packer = Packer.LITTLE_ENDIAN.newBytePackerForLong(width);
        int at = in.position();
        for (int i = 0; i < values; i += HybridRuns.GROUP) {
            packer.unpack8Values(in.array(), in.arrayOffset() + at + i / HybridRuns.GROUP * width, out, to + i);
        }
        in.position(at + size / HybridRuns.GROUP * width);
    }

    private static long signed(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = in.get();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value >>> 1 ^ -(value & 1);
            }
        }
        throw new IllegalStateException("a number has no end");
    }
}
