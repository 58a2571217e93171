package org.pvdiet.analyzer.calls;

import com.google.common.collect.Iterables;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;

/**
 * Which rows of a slice have the same values in some columns. A row's codes in these, side by side in a few words, are what
 * tells it from others: nothing is decoded.
 */
final class AlikeRows {
    private static final int SMALLEST = 1024;
    /** Odd, with bits all over: the golden ratio's first 64. */
    private static final long MIX = 0x9e3779b97f4a7c15L;

    /** By row, the codes; as many of these as it takes. */
    private final long[][] keys;

    private final int[] classes;
    private int count;
    private int[] firsts = new int[SMALLEST];
    /** Numbers of classes plus 1, at the place that the hash says or after it. */
    private int[] table = new int[2 * SMALLEST];

    private AlikeRows(int rows, long[][] keys) {
        this.keys = keys;
        this.classes = new int[rows];
    }

    /**
     * The columns must be such that have codes.
     *
     * @param columns whose values are compared
     * @param withoutArguments more of them, for calls that were given no arguments
     */
    static AlikeRows of(
            Batch<CallColumn> batch, Slice slice, Collection<CallColumn> columns, Set<CallColumn> withoutArguments) {
        AlikeRows rows = new AlikeRows(slice.rows(), packed(batch, slice, columns, withoutArguments));
        rows.sort();
        return rows;
    }

    private static long[][] packed(
            Batch<CallColumn> batch, Slice slice, Collection<CallColumn> columns, Set<CallColumn> withoutArguments) {
        List<long[]> keys = new ArrayList<>();
        int free = 0;
        for (CallColumn column : Iterables.concat(columns, withoutArguments)) {
            int bits = Integer.SIZE - Integer.numberOfLeadingZeros(batch.codes(column) - 1);
            if (bits > free) {
                keys.add(new long[slice.rows()]);
                free = Long.SIZE;
            }
            free -= bits;
            if (bits == 0) {
                continue;
            }
            long[] key = keys.get(keys.size() - 1);
            if (withoutArguments.contains(column)) {
                batch.addCodesWithout(CallColumn.ARG0, column, slice.from(), key, free);
            } else {
                batch.addCodes(column, slice.from(), key, free);
            }
        }
        return keys.toArray(long[][]::new);
    }

    private void sort() {
        long[] hashes = hashes();
        for (int row = 0; row < hashes.length; row++) {
            int at = place(hashes[row]);
            while (table[at] != 0 && !alike(firsts[table[at] - 1], row)) {
                at = (at + 1) & (table.length - 1);
            }
            if (table[at] == 0) {
                add(row, at, hashes);
            } else {
                classes[row] = table[at] - 1;
            }
        }
    }

    private long[] hashes() {
        long[] hashes = new long[classes.length];
        for (long[] key : keys) {
            for (int row = 0; row < hashes.length; row++) {
                long mixed = hashes[row] ^ key[row];
                // Codes are in the upper bits, and what a product has in its lower ones depends on lower ones only.
                hashes[row] = (mixed ^ mixed >>> 32) * MIX;
            }
        }
        return hashes;
    }

    private boolean alike(int first, int row) {
        for (long[] key : keys) {
            if (key[first] != key[row]) {
                return false;
            }
        }
        return true;
    }

    /** Begins a class at a free place of the table. */
    private void add(int row, int at, long[] hashes) {
        if (count == firsts.length) {
            firsts = Arrays.copyOf(firsts, 2 * count);
        }
        firsts[count++] = row;
        table[at] = count;
        classes[row] = count - 1;
        if (2 * count > table.length) {
            table = new int[2 * table.length];
            for (int number = 0; number < count; number++) {
                int to = place(hashes[firsts[number]]);
                while (table[to] != 0) {
                    to = (to + 1) & (table.length - 1);
                }
                table[to] = number + 1;
            }
        }
    }

    private int place(long hash) {
        return (int) (hash >>> 32) & (table.length - 1);
    }

    /** The number of the class of row {@code row} of the slice, from 0 in order of their first rows. */
    int of(int row) {
        return classes[row];
    }

    /** The first row of a class. */
    int first(int number) {
        return firsts[number];
    }

    /** How many classes there are. */
    int classes() {
        return count;
    }
}
