package org.pvdiet.traces;

import java.util.Arrays;

/** Words of a column in order, as runs of an index into those that are different. */
final class WordDictionary {
    private long[] words = new long[16];
    private int size;
    /** Hash table: indices into {@link #words} plus 1; 0 is free. */
    private int[] table = new int[64];

    private int[] runs = new int[64];
    private int[] lengths = new int[64];
    private int runCount;
    private long last;

    /** Makes it as new, its memory kept. */
    void clear() {
        Arrays.fill(table, 0);
        size = 0;
        runCount = 0;
    }

    /** Adds {@code count} times {@code word}. */
    void add(long word, int count) {
        if (word == last && runCount > 0) {
            lengths[runCount - 1] += count;
            return;
        }
        last = word;
        if (runCount == runs.length) {
            runs = Arrays.copyOf(runs, 2 * runCount);
            lengths = Arrays.copyOf(lengths, 2 * runCount);
        }
        runs[runCount] = index(word);
        lengths[runCount++] = count;
    }

    /** The index of a word, which is added if it is not there. */
    int index(long word) {
        int at = slot(word);
        while (table[at] != 0) {
            if (words[table[at] - 1] == word) {
                return table[at] - 1;
            }
            at = at + 1 & table.length - 1;
        }
        if (size == words.length) {
            words = Arrays.copyOf(words, 2 * size);
        }
        words[size++] = word;
        table[at] = size;
        if (2 * size > table.length) {
            grow();
        }
        return size - 1;
    }

    private int slot(long word) {
        // Fibonacci hashing: the upper bits of the product depend on all bits of the word.
        return (int) (word * 0x9e3779b97f4a7c15L >>> 32) & table.length - 1;
    }

    private void grow() {
        table = new int[2 * table.length];
        for (int i = 0; i < size; i++) {
            int at = slot(words[i]);
            while (table[at] != 0) {
                at = at + 1 & table.length - 1;
            }
            table[at] = i + 1;
        }
    }

    /** How many words are different. */
    int size() {
        return size;
    }

    /** The word with this index; they are numbered in order of appearance. */
    long word(int index) {
        return words[index];
    }

    int runs() {
        return runCount;
    }

    /** The index of a run's word. */
    int run(int i) {
        return runs[i];
    }

    int length(int i) {
        return lengths[i];
    }
}
