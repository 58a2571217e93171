package org.pvdiet.analyzer.calls;

import java.util.ArrayList;
import java.util.List;
import org.pvdiet.traces.RowGroup;

/**
 * Calls that one thread folds: consecutive rows of a row group.
 *
 * @param number of the row group
 * @param group that it is of
 * @param from its first row
 * @param to the row after its last one
 */
record Slice(int number, RowGroup group, int from, int to) {
    /**
     * Of a row group that takes more than this in the file, as a start-up's do, several slices are made: its calls are different
     * from each other, and take ten times as long as those of a loop.
     */
    private static final long MOST_BYTES = 1 << 16;
    /** But none of fewer rows: what is alike in several slices is looked at in each. */
    private static final int LEAST_ROWS = 1 << 13;

    /** All rows, in order. */
    static List<Slice> of(List<RowGroup> groups) {
        List<Slice> slices = new ArrayList<>();
        for (int number = 0; number < groups.size(); number++) {
            RowGroup group = groups.get(number);
            long count = count(group);
            for (int i = 0; i < count; i++) {
                slices.add(new Slice(
                        number, group, (int) (group.rows() * i / count), (int) (group.rows() * (i + 1) / count)));
            }
        }
        return slices;
    }

    /** How many are made of a row group. */
    static long count(RowGroup group) {
        return 1 + Math.min(group.bytes() / MOST_BYTES, group.rows() / LEAST_ROWS);
    }

    int rows() {
        return to - from;
    }

    /** The seq of the call in a row. */
    long seq(int row) {
        return group.firstSeq() + row;
    }

    /** The row of a call. */
    int row(long seq) {
        return (int) (seq - group.firstSeq());
    }

    /** Whether it begins its row group. */
    boolean isFirst() {
        return from == 0;
    }
}
