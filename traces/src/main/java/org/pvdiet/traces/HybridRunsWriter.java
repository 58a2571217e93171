package org.pvdiet.traces;

import java.util.Arrays;
import org.apache.parquet.column.values.bitpacking.BytePacker;
import org.apache.parquet.column.values.bitpacking.Packer;

/**
 * Encodes values in Parquet's hybrid of run lengths and bit packing, given as runs. Its choice between the two is that of
 * parquet-java, which is given value by value: eight or more of a value are a run, unless they begin within a group.
 */
final class HybridRunsWriter {
    private static final int GROUP = HybridRuns.GROUP;
    /** So that a packed run's header is one byte. */
    private static final int MOST_GROUPS = 63;

    private final int width;
    private final BytePacker packer;
    private final int[] group = new int[GROUP];
    private final byte[] packed;
    private byte[] out = new byte[64];
    private int length;
    private int grouped;
    private int groups;
    /** Where the header of the packed run under way belongs; -1 if there is none. */
    private int header = -1;

    private int previous;
    private int repeats;

    /**
     * @param width bits of a value
     */
    HybridRunsWriter(int width) {
        this.width = width;
        this.packer = Packer.LITTLE_ENDIAN.newBytePacker(width);
        this.packed = new byte[width];
    }

    /** Adds {@code count} times {@code value}. */
    void write(int value, int count) {
        int left = count;
        while (left > 0) {
            if (value == previous) {
                repeats++;
                left--;
                if (repeats >= GROUP) {
                    repeats += left;
                    return;
                }
            } else {
                if (repeats >= GROUP) {
                    endRun();
                }
                repeats = 1;
                previous = value;
                left--;
            }
            group[grouped++] = value;
            if (grouped == GROUP) {
                endGroup();
            }
        }
    }

    /** The bytes of all values. */
    byte[] finish() {
        if (repeats >= GROUP) {
            endRun();
        } else if (grouped > 0) {
            Arrays.fill(group, grouped, GROUP, 0);
            endGroup();
            endPacked();
        } else {
            endPacked();
        }
        return Arrays.copyOf(out, length);
    }

    private void endGroup() {
        if (groups >= MOST_GROUPS) {
            endPacked();
        }
        if (header < 0) {
            header = length;
            put(0);
        }
        packer.pack8Values(group, 0, packed, 0);
        for (byte b : packed) {
            put(b);
        }
        grouped = 0;
        repeats = 0;
        groups++;
    }

    private void endPacked() {
        if (header >= 0) {
            out[header] = (byte) (groups << 1 | 1);
            header = -1;
            groups = 0;
        }
    }

    private void endRun() {
        endPacked();
        int rest = repeats << 1;
        while ((rest & ~0x7f) != 0) {
            put(rest | 0x80);
            rest >>>= 7;
        }
        put(rest);
        for (int shift = 0; shift < width; shift += Byte.SIZE) {
            put(previous >>> shift);
        }
        repeats = 0;
        grouped = 0;
    }

    private void put(int b) {
        if (length == out.length) {
            out = Arrays.copyOf(out, 2 * length);
        }
        out[length++] = (byte) b;
    }
}
