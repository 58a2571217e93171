package org.pvdiet.analyzer.diff;

import java.util.Arrays;

/**
 * Pairs the calls that two runs made at one site: only calls that were given the same, as many as possible in the order in
 * which both runs made them.
 *
 * <p>The order is that of a longest common subsequence, found in linear space (Myers, "An O(ND) Difference Algorithm and Its
 * Variations", Algorithmica 1, 1986), as long as the runs differ in no more than {@value #MOST_EDITS} calls each way. Beyond
 * that, stretches of calls that occur once in each run divide the rest, so that a long detour of one run does not draw in
 * the calls after it; between them the way that got furthest is taken.
 */
final class Alignment {
    static final int MOST_EDITS = 4096;

    /** Lengths of the stretches that divide the runs, in the order in which they are tried. */
    private static final int[] STRETCHES = {32, 8, 2};

    /** How many edits are searched for from either end, before each division and after the last. */
    private static final int[] EDITS = {MOST_EDITS, 1024, 512, 192};

    static final int NONE = -1;

    private final int[] first;
    private final int[] second;
    private final int[] partners;
    private int[] forward = {};
    private int[] backward = {};
    private int splitFirst;
    private int splitSecond;
    /** The diagonals that the search got to in its last step. */
    private int lowestReached;

    private int highestReached;

    private Alignment(int[] first, int[] second, int[] partners) {
        this.first = first;
        this.second = second;
        this.partners = partners;
    }

    /**
     * For each call of the first run the position of its partner in the second that was made in the same order, or
     * {@link #NONE}.
     *
     * @param first numbers of what the first run's calls were given
     * @param second those of the second run's
     */
    static int[] inOrder(int[] first, int[] second) {
        int[] partners = new int[first.length];
        Arrays.fill(partners, NONE);
        inOrder(first, 0, first.length, second, 0, second.length, partners);
        return partners;
    }

    /** The same for a part of each run; {@code partners} gets the partners of these calls, where it has none yet. */
    static void inOrder(int[] first, int from, int to, int[] second, int secondFrom, int secondTo, int[] partners) {
        new Alignment(first, second, partners).align(from, to, secondFrom, secondTo, 0);
    }

    private void align(int from, int to, int secondFrom, int secondTo, int stretch) {
        int a = from;
        int aEnd = to;
        int b = secondFrom;
        int bEnd = secondTo;
        while (true) {
            while (a < aEnd && b < bEnd && first[a] == second[b]) {
                partners[a++] = b++;
            }
            while (a < aEnd && b < bEnd && first[aEnd - 1] == second[bEnd - 1]) {
                partners[--aEnd] = --bEnd;
            }
            if (a == aEnd || b == bEnd) {
                return;
            }
            boolean divisible = stretch < STRETCHES.length;
            boolean hopeless = Math.abs(aEnd - a - (bEnd - b)) > 2 * EDITS[stretch];
            if ((divisible && hopeless) || !split(a, aEnd, b, bEnd, EDITS[stretch])) {
                if (divisible) {
                    divide(a, aEnd, b, bEnd, stretch);
                    return;
                }
                furthest(a, aEnd, b, bEnd);
            }
            int x = splitFirst;
            int y = splitSecond;
            align(a, x, b, y, stretch);
            a = x;
            b = y;
        }
    }

    /** Aligns between stretches that occur once in each run, and along them. */
    private void divide(int a, int aEnd, int b, int bEnd, int stretch) {
        int length = STRETCHES[stretch];
        int doneFirst = a;
        int doneSecond = b;
        for (long anchor : Stretches.common(first, a, aEnd, second, b, bEnd, length)) {
            int x = Stretches.first(anchor);
            int y = Stretches.second(anchor);
            if (x < doneFirst || y < doneSecond) {
                continue;
            }
            align(doneFirst, x, doneSecond, y, stretch + 1);
            while (x < aEnd && y < bEnd && first[x] == second[y]) {
                partners[x++] = y++;
            }
            doneFirst = x;
            doneSecond = y;
        }
        align(doneFirst, aEnd, doneSecond, bEnd, stretch + 1);
    }

    /**
     * Finds a place on a shortest way through both: what is before it in both runs can be aligned apart from what is after.
     * False if there is none within {@code most} edits from either end; then {@link #forward} tells how far they led.
     */
    private boolean split(int a, int aEnd, int b, int bEnd, int most) {
        if (forward.length == 0) {
            forward = new int[2 * MOST_EDITS + 4];
            backward = new int[2 * MOST_EDITS + 4];
        }
        // The loops below are where an alignment's time goes; what they use is at hand in locals.
        int[] left = first;
        int[] right = second;
        int[] ahead = forward;
        int[] back = backward;
        int n = aEnd - a;
        int m = bEnd - b;
        int delta = n - m;
        boolean odd = (delta & 1) != 0;
        int zero = MOST_EDITS + 1;
        ahead[zero + 1] = 0;
        back[zero + 1] = 0;
        lowestReached = 0;
        highestReached = -1;
        for (int d = 0; d <= most; d++) {
            int lowest = -(d - 2 * Math.max(0, d - m));
            int highest = d - 2 * Math.max(0, d - n);
            fence(ahead, d);
            for (int k = lowest; k <= highest; k += 2) {
                int x = Math.max(ahead[zero + k - 1] + 1, ahead[zero + k + 1]);
                int y = x - k;
                while (x < n && y < m && left[a + x] == right[b + y]) {
                    x++;
                    y++;
                }
                ahead[zero + k] = x;
                int opposite = delta - k;
                if (odd && isReached(opposite) && x + back[zero + opposite] >= n) {
                    splitFirst = a + x;
                    splitSecond = b + y;
                    return true;
                }
            }
            lowestReached = lowest;
            highestReached = highest;
            fence(back, d);
            for (int k = lowest; k <= highest; k += 2) {
                int x = Math.max(back[zero + k - 1] + 1, back[zero + k + 1]);
                int y = x - k;
                while (x < n && y < m && left[aEnd - 1 - x] == right[bEnd - 1 - y]) {
                    x++;
                    y++;
                }
                back[zero + k] = x;
                int opposite = delta - k;
                if (!odd && isReached(opposite) && x + ahead[zero + opposite] >= n) {
                    splitFirst = aEnd - x;
                    splitSecond = bEnd - y;
                    return true;
                }
            }
        }
        return false;
    }

    /** What is reached with {@code d} edits is reached from diagonals nearer than {@code d}: those beyond lose. */
    private static void fence(int[] reached, int d) {
        int zero = MOST_EDITS + 1;
        reached[zero - d - 1] = -2;
        if (d > 0) {
            reached[zero + d + 1] = -2;
        }
    }

    private boolean isReached(int diagonal) {
        return diagonal >= lowestReached && diagonal <= highestReached;
    }

    /** Splits where the search from the beginning got furthest. */
    private void furthest(int a, int aEnd, int b, int bEnd) {
        int zero = MOST_EDITS + 1;
        int best = -1;
        for (int k = lowestReached; k <= highestReached; k += 2) {
            int x = a + forward[zero + k];
            int y = b + forward[zero + k] - k;
            // A step down from the last row, or right from the last column, leads out.
            if (x <= aEnd && y <= bEnd && x - a + y - b > best) {
                best = x - a + y - b;
                splitFirst = x;
                splitSecond = y;
            }
        }
    }
}
