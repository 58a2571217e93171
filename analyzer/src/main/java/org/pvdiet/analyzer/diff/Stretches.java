package org.pvdiet.analyzer.diff;

import java.util.Arrays;

/**
 * The stretches of one length in a part of a sequence: a table of their hashes, which tells which of them occur once. It is as
 * large as there are different ones, which in long sequences are few.
 */
final class Stretches {
    private static final int SMALLEST = 64;
    /** Odd, with bits all over: the golden ratio's first 64. */
    private static final long MIX = 0x9e3779b97f4a7c15L;
    /** Where a stretch was that occurs again. */
    private static final int AGAIN = -1;

    private final int length;
    /** Mixed hashes, at the place that the hash says or after it; valid where {@link #places} is not 0. */
    private long[] hashes = new long[SMALLEST];
    /** Positions plus 1. */
    private int[] places = new int[SMALLEST];

    private int count;

    private Stretches(int[] values, int from, int to, int length) {
        this.length = length;
        Rolling rolling = new Rolling(values, from, length);
        for (int at = from; at + length <= to; at++) {
            add(rolling.next(), at);
        }
    }

    /** The hashes of the stretches that begin at each position, one after another. */
    private static final class Rolling {
        private final int[] values;
        private final int length;
        private final long outgoing;
        private int at;
        private long hash;

        Rolling(int[] values, int from, int length) {
            this.values = values;
            this.length = length;
            this.at = from;
            long power = 1;
            for (int i = 1; i < length; i++) {
                power *= MIX;
            }
            this.outgoing = power;
            for (int i = from; i < Math.min(values.length, from + length - 1); i++) {
                hash = hash * MIX + values[i] + 1;
            }
        }

        long next() {
            long whole = hash * MIX + values[at + length - 1] + 1;
            hash = whole - (values[at] + 1) * outgoing;
            at++;
            // The highest bits depend on all of the stretch.
            return (whole ^ whole >>> 29) * MIX;
        }
    }

    static int first(long anchor) {
        return (int) (anchor >>> 32);
    }

    static int second(long anchor) {
        return (int) anchor;
    }

    /**
     * Where stretches begin that occur once in each of two sequences, in order: {@link #first} in the first sequence,
     * {@link #second} in the second. Of those that cannot all stand in order, as many as possible; none if those are not even
     * half, for then it is chance that they occur in both.
     */
    static long[] common(int[] a, int from, int to, int[] b, int secondFrom, int secondTo, int length) {
        Stretches inFirst = new Stretches(a, from, to, length);
        Stretches inSecond = new Stretches(b, secondFrom, secondTo, length);
        long[] pairs = new long[Math.min(inFirst.count, inSecond.count)];
        int count = 0;
        for (int i = 0; i < inFirst.places.length; i++) {
            int x = inFirst.places[i] - 1;
            int y = x >= 0 ? inSecond.once(inFirst.hashes[i]) : AGAIN;
            if (y >= 0 && Arrays.equals(a, x, x + length, b, y, y + length)) {
                pairs[count++] = (long) x << 32 | y;
            }
        }
        long[] found = Arrays.copyOf(pairs, count);
        Arrays.sort(found);
        long[] ordered = increasing(found);
        return 2 * ordered.length < count ? new long[0] : ordered;
    }

    private void add(long hash, int at) {
        int place = place(hash);
        if (places[place] != 0) {
            places[place] = AGAIN;
            return;
        }
        hashes[place] = hash;
        places[place] = at + 1;
        if (2 * ++count > places.length) {
            grow();
        }
    }

    /** The position of the stretch with this hash, if it occurs once; else negative. */
    private int once(long hash) {
        int place = places[place(hash)];
        return place > 0 ? place - 1 : AGAIN;
    }

    /** Where a hash is, or would be. */
    private int place(long hash) {
        int mask = places.length - 1;
        int place = (int) (hash >>> 32) & mask;
        while (places[place] != 0 && hashes[place] != hash) {
            place = (place + 1) & mask;
        }
        return place;
    }

    private void grow() {
        long[] oldHashes = hashes;
        int[] oldPlaces = places;
        hashes = new long[2 * oldHashes.length];
        places = new int[2 * oldPlaces.length];
        for (int i = 0; i < oldPlaces.length; i++) {
            if (oldPlaces[i] != 0) {
                int place = place(oldHashes[i]);
                hashes[place] = oldHashes[i];
                places[place] = oldPlaces[i];
            }
        }
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
