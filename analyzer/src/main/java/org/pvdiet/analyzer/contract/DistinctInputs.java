package org.pvdiet.analyzer.contract;

import java.util.Arrays;

/** How many different inputs there were: counted exactly up to {@value #MOST}, beyond that known to be more. */
final class DistinctInputs {
    static final int MOST = 64;
    private static final int FIRST_SIZE = 4;

    /** Hashes in order. */
    private long[] hashes = new long[FIRST_SIZE];

    /** How many; {@link #MOST} + 1 for more than that. */
    private int count;

    /** The one added last, since the same often comes again; no part of what is known. */
    private long last;

    /** Takes an input into account, by a hash of 64 bits. */
    void add(long hash) {
        if (count > MOST || (hash == last && count > 0)) {
            return;
        }
        last = hash;
        int at = Arrays.binarySearch(hashes, 0, count, hash);
        if (at >= 0) {
            return;
        }
        if (count == MOST) {
            count = MOST + 1;
            hashes = new long[0];
            return;
        }
        if (count == hashes.length) {
            hashes = Arrays.copyOf(hashes, 2 * count);
        }
        int to = -at - 1;
        System.arraycopy(hashes, to, hashes, to + 1, count - to);
        hashes[to] = hash;
        count++;
    }

    void merge(DistinctInputs other) {
        if (other.count > MOST) {
            count = other.count;
            hashes = other.hashes;
            return;
        }
        for (int i = 0; i < other.count; i++) {
            add(other.hashes[i]);
        }
    }

    /** Their number, or {@link #MOST} + 1 for more than {@link #MOST}. */
    int count() {
        return count;
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof DistinctInputs other
                && count == other.count
                && (count > MOST || Arrays.equals(hashes, 0, count, other.hashes, 0, count));
    }

    @Override
    public int hashCode() {
        return count;
    }
}
