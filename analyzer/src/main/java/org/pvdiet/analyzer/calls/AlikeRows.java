package org.pvdiet.analyzer.calls;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;

/**
 * Which rows of a slice have the same values in some columns. Works column by column: rows are told apart by a hash, which
 * is checked afterwards, so that the answer is exact.
 */
final class AlikeRows {
    private static final int SMALLEST = 1024;

    private final int[] classes;
    private int count;
    private int[] firsts = new int[SMALLEST];

    private AlikeRows(int rows) {
        classes = new int[rows];
    }

    static AlikeRows of(Batch<CallColumn> batch, Slice slice, Collection<CallColumn> columns) {
        List<CallColumn> telling =
                columns.stream().filter(column -> !batch.isConstant(column)).toList();
        long seed = 0;
        while (true) {
            AlikeRows rows = new AlikeRows(slice.rows());
            rows.sort(hashes(batch, slice, telling, seed));
            int[] first = rows.firstOfEach();
            if (telling.stream().allMatch(column -> batch.allAlike(column, slice.from(), first))) {
                return rows;
            }
            seed++;
        }
    }

    private static long[] hashes(Batch<CallColumn> batch, Slice slice, List<CallColumn> columns, long seed) {
        long[] hashes = new long[slice.rows()];
        Arrays.fill(hashes, seed);
        for (CallColumn column : columns) {
            batch.hash(column, slice.from(), hashes);
        }
        return hashes;
    }

    private void sort(long[] hashes) {
        // Numbers of classes plus 1, at the place that the hash says or after it.
        int[] table = new int[2 * SMALLEST];
        for (int row = 0; row < hashes.length; row++) {
            int at = place(hashes[row], table.length);
            while (table[at] != 0 && hashes[firsts[table[at] - 1]] != hashes[row]) {
                at = (at + 1) & (table.length - 1);
            }
            if (table[at] == 0) {
                if (count == firsts.length) {
                    firsts = Arrays.copyOf(firsts, 2 * count);
                }
                firsts[count++] = row;
                table[at] = count;
                if (2 * count > table.length) {
                    table = grown(hashes);
                }
                classes[row] = count - 1;
            } else {
                classes[row] = table[at] - 1;
            }
        }
    }

    private int[] grown(long[] hashes) {
        int[] table = new int[4 * Integer.highestOneBit(count)];
        for (int number = 0; number < count; number++) {
            int at = place(hashes[firsts[number]], table.length);
            while (table[at] != 0) {
                at = (at + 1) & (table.length - 1);
            }
            table[at] = number + 1;
        }
        return table;
    }

    private static int place(long hash, int length) {
        return (int) (hash ^ hash >>> 29) & (length - 1);
    }

    private int[] firstOfEach() {
        int[] first = new int[classes.length];
        for (int row = 0; row < classes.length; row++) {
            first[row] = firsts[classes[row]];
        }
        return first;
    }

    /** The number of the class of row {@code row} of the slice, from 0 in order of their first rows. */
    int of(int row) {
        return classes[row];
    }

    /** How many classes there are. */
    int classes() {
        return count;
    }
}
