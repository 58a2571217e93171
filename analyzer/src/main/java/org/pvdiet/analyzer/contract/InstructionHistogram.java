package org.pvdiet.analyzer.contract;

import java.util.Arrays;

/**
 * How many instructions calls took. Exact below 32; above, each power of two is split into 16 classes, so that a
 * percentile is at most 6.25 % too high. Least and most are exact.
 */
final class InstructionHistogram {
    private static final int EXACT = 32;
    private static final int CLASSES = 16;
    private static final int EXACT_BITS = 5;
    private static final int SIZE = EXACT + (Long.SIZE - EXACT_BITS) * CLASSES;

    private final long[] counts = new long[SIZE];
    private long calls;
    private long least = Long.MAX_VALUE;
    private long most = -1;

    /** Takes so many calls into account. */
    void add(long instructions, long times) {
        counts[index(instructions)] += times;
        calls += times;
        least = Math.min(least, instructions);
        most = Math.max(most, instructions);
    }

    void merge(InstructionHistogram other) {
        for (int i = 0; i < SIZE; i++) {
            counts[i] += other.counts[i];
        }
        calls += other.calls;
        least = Math.min(least, other.least);
        most = Math.max(most, other.most);
    }

    private static int index(long value) {
        if (value < EXACT) {
            return (int) Math.max(value, 0);
        }
        int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(value);
        int within = (int) (value >>> (exponent - 4)) & (CLASSES - 1);
        return EXACT + (exponent - EXACT_BITS) * CLASSES + within;
    }

    /** The greatest value of a class. */
    private static long greatest(int index) {
        if (index < EXACT) {
            return index;
        }
        int exponent = (index - EXACT) / CLASSES + EXACT_BITS;
        long within = (index - EXACT) % CLASSES;
        return (CLASSES + within + 1 << (exponent - 4)) - 1;
    }

    long calls() {
        return calls;
    }

    long least() {
        return least;
    }

    long most() {
        return most;
    }

    /** So many instructions were enough for this part of the calls, 0 to 1. */
    long percentile(double part) {
        long wanted = (long) Math.ceil(part * calls);
        long before = 0;
        for (int i = 0; i < SIZE; i++) {
            before += counts[i];
            if (before >= wanted && before > 0) {
                return Math.min(greatest(i), most);
            }
        }
        return most;
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof InstructionHistogram other
                && least == other.least
                && most == other.most
                && Arrays.equals(counts, other.counts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(counts);
    }
}
