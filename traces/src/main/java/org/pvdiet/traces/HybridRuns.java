package org.pvdiet.traces;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.parquet.column.values.bitpacking.BytePacker;
import org.apache.parquet.column.values.bitpacking.Packer;

/** Parquet's hybrid of run lengths and bit packing (parquet-format, Encodings.md, RLE = 3), decoded run by run. */
final class HybridRuns {
    /** Values are packed in groups of so many; the array that takes them has room for a group more than asked for. */
    static final int GROUP = 8;

    private static final int MOST_WIDTH = 32;

    private HybridRuns() {}

    /**
     * Decodes the first {@code count} values.
     *
     * @param in little-endian, backed by an array
     * @param width bits of a value
     * @throws RuntimeException of any kind if there are not so many
     */
    static void decode(ByteBuffer in, int width, int count, int[] out) {
        if (width < 0 || width > MOST_WIDTH) {
            throw new IllegalStateException("values of " + width + " bits");
        }
        if (width == 0) {
            Arrays.fill(out, 0, count, 0);
            return;
        }
        BytePacker packer = Packer.LITTLE_ENDIAN.newBytePacker(width);
        for (int done = 0; done < count; ) {
            int header = unsigned(in);
            int length = header >>> 1;
            if ((header & 1) == 0) {
                int end = done + Math.min(length, count - done);
                Arrays.fill(out, done, end, value(in, width));
                done = end;
            } else {
                int at = in.position();
                for (int group = 0; group < length && done < count; group++, done += GROUP) {
                    packer.unpack8Values(in.array(), in.arrayOffset() + at + group * width, out, done);
                }
                in.position(Math.addExact(at, Math.multiplyExact(length, width)));
            }
            if (length == 0) {
                throw new IllegalStateException("a run of no values");
            }
        }
    }

    private static int value(ByteBuffer in, int width) {
        int value = 0;
        for (int shift = 0; shift < width; shift += Byte.SIZE) {
            value |= (in.get() & 0xff) << shift;
        }
        return value;
    }

    /** A number that takes a byte for every seven bits. */
    static int unsigned(ByteBuffer in) {
        int value = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += 7) {
            byte next = in.get();
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalStateException("a run's header has no end");
    }
}
