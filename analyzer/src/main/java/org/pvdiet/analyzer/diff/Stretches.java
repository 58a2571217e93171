package org.pvdiet.analyzer.diff;

import java.util.Arrays;

/** Stretches of numbers that occur once in each of two sequences, in the same order in both. */
final class Stretches {
    private static final int POSITION_BITS = 28;
    private static final long POSITION = (1L << POSITION_BITS) - 1;
    /** Odd, with bits all over: the golden ratio's first 64. */
    private static final long MIX = 0x9e3779b97f4a7c15L;

    private Stretches() {}

    static int first(long anchor) {
        return (int) (anchor >>> 32);
    }

    static int second(long anchor) {
        return (int) anchor;
    }

    /**
     * Where they begin, in order: {@link #first} in the first sequence, {@link #second} in the second. Of those that cannot
     * all stand in order, as many as possible; none if those are not even half, for then it is chance that they occur in
     * both.
     */
    static long[] common(int[] a, int from, int to, int[] b, int secondFrom, int secondTo, int length) {
        long[] inFirst = unique(a, from, to, length);
        long[] inSecond = unique(b, secondFrom, secondTo, length);
        long[] pairs = new long[Math.min(inFirst.length, inSecond.length)];
        int count = 0;
        int j = 0;
        for (long stretch : inFirst) {
            long hash = stretch >>> POSITION_BITS;
            while (j < inSecond.length && inSecond[j] >>> POSITION_BITS < hash) {
                j++;
            }
            if (j < inSecond.length && inSecond[j] >>> POSITION_BITS == hash) {
                int x = from + (int) (stretch & POSITION);
                int y = secondFrom + (int) (inSecond[j] & POSITION);
                if (Arrays.equals(a, x, x + length, b, y, y + length)) {
                    pairs[count++] = (long) x << 32 | y;
                }
            }
        }
        long[] found = Arrays.copyOf(pairs, count);
        Arrays.sort(found);
        long[] ordered = increasing(found);
        return 2 * ordered.length < count ? new long[0] : ordered;
    }

    /** Hash and position of each stretch whose hash occurs once, sorted by hash. */
    private static long[] unique(int[] values, int from, int to, int length) {
        int count = (int) Math.min(to - from - length + 1, POSITION + 1);
        if (count <= 0) {
            return new long[0];
        }
        long outgoing = 1;
        for (int i = 1; i < length; i++) {
            outgoing *= MIX;
        }
        long[] stretches = new long[count];
        long hash = 0;
        for (int i = 0; i < length - 1; i++) {
            hash = hash * MIX + values[from + i] + 1;
        }
        for (int i = 0; i < count; i++) {
            hash = hash * MIX + values[from + i + length - 1] + 1;
            // The highest bits depend on all of the stretch.
            stretches[i] = (hash ^ hash >>> 29) * MIX >>> POSITION_BITS + 1 << POSITION_BITS | i;
            hash -= (values[from + i] + 1) * outgoing;
        }
        Arrays.sort(stretches);
        int kept = 0;
        for (int i = 0; i < count; i++) {
            long own = stretches[i] >>> POSITION_BITS;
            boolean before = i > 0 && stretches[i - 1] >>> POSITION_BITS == own;
            boolean after = i + 1 < count && stretches[i + 1] >>> POSITION_BITS == own;
            if (!before && !after) {
                stretches[kept++] = stretches[i];
            }
        }
        return Arrays.copyOf(stretches, kept);
    }

    /** A longest selection of pairs, sorted by their first position, whose second positions increase. */
    private static long[] increasing(long[] pairs) {
        int[] last = new int[pairs.length];
        int[] before = new int[pairs.length];
        int length = 0;
        for (int i = 0; i < pairs.length; i++) {
            int low = 0;
            int high = length;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (second(pairs[last[middle]]) < second(pairs[i])) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            before[i] = low == 0 ? -1 : last[low - 1];
            last[low] = i;
            length = Math.max(length, low + 1);
        }
        long[] chosen = new long[length];
        int at = length == 0 ? -1 : last[length - 1];
        for (int i = length - 1; i >= 0; i--) {
            chosen[i] = pairs[at];
            at = before[at];
        }
        return chosen;
    }
}
