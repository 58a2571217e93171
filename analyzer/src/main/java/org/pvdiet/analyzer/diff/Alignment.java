package org.pvdiet.analyzer.diff;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Pairs the calls that two runs made at one site. As long as the runs line up, occurrence with occurrence; over a detour of
 * one of them, by finding a place soon after where both go on alike. What is left is paired as a set: with calls of the
 * other run that were given the same, in order. What then has no partner was done by one run only.
 */
final class Alignment {
    private static final int WINDOW = 48;
    /** Pairs that must agree after a detour before it is believed. */
    private static final int CONFIRM = 3;
    /** So that runs that do not line up at all cost no more than those that do. */
    private static final int MOST_DETOURS = 10_000;

    /** Sees the pairs: positions in the first and the second run. */
    interface Pairs {
        void pair(int first, int second);
    }

    private final ImmutableIntArray first;
    private final ImmutableIntArray second;
    private final BitSet pairedFirst = new BitSet();
    private final BitSet pairedSecond = new BitSet();

    private Alignment(ImmutableIntArray first, ImmutableIntArray second) {
        this.first = first;
        this.second = second;
    }

    /** Gives the pairs of two sequences of inputs; says how many there are. */
    static int pairs(ImmutableIntArray first, ImmutableIntArray second, Pairs pairs) {
        Alignment alignment = new Alignment(first, second);
        alignment.inOrder(pairs);
        alignment.asSets(pairs);
        return alignment.pairedFirst.cardinality();
    }

    private void inOrder(Pairs pairs) {
        int i = 0;
        int j = 0;
        int detours = 0;
        while (i < first.length() && j < second.length()) {
            if (first.get(i) == second.get(j)) {
                pair(i++, j++, pairs);
                continue;
            }
            int skip = detours++ < MOST_DETOURS ? skip(i, j) : -1;
            if (skip < 0) {
                return;
            }
            i += skip / WINDOW;
            j += skip % WINDOW;
        }
    }

    /** How many to skip in the first run, times {@link #WINDOW}, plus how many in the second; -1 where nothing helps. */
    private int skip(int i, int j) {
        for (int both = 1; both < WINDOW; both++) {
            for (int k = 0; k <= both; k++) {
                if (agree(i + k, j + both - k)) {
                    return k * WINDOW + both - k;
                }
            }
        }
        return -1;
    }

    private boolean agree(int i, int j) {
        for (int k = 0; k < CONFIRM; k++) {
            boolean endFirst = i + k >= first.length();
            boolean endSecond = j + k >= second.length();
            if (endFirst || endSecond) {
                return k > 0 && endFirst && endSecond;
            }
            if (first.get(i + k) != second.get(j + k)) {
                return false;
            }
        }
        return true;
    }

    private void asSets(Pairs pairs) {
        if (pairedFirst.cardinality() == first.length() || pairedSecond.cardinality() == second.length()) {
            return;
        }
        Map<Integer, Deque<Integer>> left = new HashMap<>();
        for (int j = pairedSecond.nextClearBit(0); j < second.length(); j = pairedSecond.nextClearBit(j + 1)) {
            left.computeIfAbsent(second.get(j), input -> new ArrayDeque<>()).add(j);
        }
        for (int i = pairedFirst.nextClearBit(0); i < first.length(); i = pairedFirst.nextClearBit(i + 1)) {
            Deque<Integer> same = left.get(first.get(i));
            if (same != null && !same.isEmpty()) {
                pair(i, same.remove(), pairs);
            }
        }
    }

    private void pair(int i, int j, Pairs pairs) {
        pairedFirst.set(i);
        pairedSecond.set(j);
        pairs.pair(i, j);
    }
}
