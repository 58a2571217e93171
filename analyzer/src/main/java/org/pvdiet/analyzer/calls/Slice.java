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
     * When several slices are made of a row group.
     *
     * @param mostBytes of one that takes more than this in the file, as a start-up's do: its calls are different from each other,
     *     and take ten times as long as those of a loop
     * @param leastRows but none of fewer rows: what is alike in several slices is looked at in each
     */
    record Limits(long mostBytes, int leastRows) {
        static final Limits USUAL = new Limits(1 << 16, 1 << 13);

        /** How many are made of a row group. */
        long count(RowGroup group) {
            return 1 + Math.min(group.bytes() / mostBytes, group.rows() / leastRows);
        }
    }

    /** All rows, in order. */
    static List<Slice> of(List<RowGroup> groups, Limits limits) {
        List<Slice> slices = new ArrayList<>();
        for (int number = 0; number < groups.size(); number++) {
            RowGroup group = groups.get(number);
            long count = limits.count(group);
            for (int i = 0; i < count; i++) {
                slices.add(new Slice(
                        number, group, (int) (group.rows() * i / count), (int) (group.rows() * (i + 1) / count)));
            }
        }
        return slices;
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
