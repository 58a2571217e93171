package org.pvdiet.analyzer.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How many calls began when, in a bounded number of buckets. A bucket is 2 to the power of {@link #shift} instructions long;
 * that doubles when a call comes after the last bucket, so that what is counted does not depend on the order of calls.
 */
final class Timeline {
    static final int BUCKETS = 512;

    private long[] calls = new long[BUCKETS];
    private int shift;

    void add(long icount) {
        while (icount >>> shift >= BUCKETS) {
            coarsen();
        }
        calls[(int) (icount >>> shift)]++;
    }

    void merge(Timeline other) {
        coarsen(other.shift);
        other.coarsen(shift);
        for (int i = 0; i < BUCKETS; i++) {
            calls[i] += other.calls[i];
        }
    }

    int shift() {
        return shift;
    }

    /** Makes buckets at least 2 to the power of {@code wanted} instructions long. */
    void coarsen(int wanted) {
        while (shift < wanted) {
            coarsen();
        }
    }

    private void coarsen() {
        long[] coarser = new long[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) {
            coarser[i / 2] += calls[i];
        }
        calls = coarser;
        shift++;
    }

    /** By bucket, without zeros at the end. */
    List<Long> calls() {
        int end = BUCKETS;
        while (end > 0 && calls[end - 1] == 0) {
            end--;
        }
        List<Long> list = new ArrayList<>();
        for (int i = 0; i < end; i++) {
            list.add(calls[i]);
        }
        return Collections.unmodifiableList(list);
    }
}
