package org.pvdiet.analyzer.contract;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * In how many calls something was seen, and under which circumstances: counts by {@link Circumstances}' keys. Of more
 * than {@value #MOST} keys only the predicates are told apart, of which there can be 2^16; so memory is bounded, and
 * parts merge in any order.
 */
final class Occurrences {
    private static final int MOST = 1024;
    private static final long NONE = Long.MAX_VALUE;

    private final Map<Long, long[]> counts = new HashMap<>();
    private final DistinctInputs inputs = new DistinctInputs();
    private boolean collapsed;
    private long calls;
    private long witness = NONE;
    private long lastKey = -1;
    private long[] last = {};

    /** Takes calls into account. */
    void add(Moment moment) {
        calls += moment.times();
        witness = Math.min(witness, moment.seq());
        inputs.add(moment.input());
        long effective = collapsed ? Circumstances.predicates(moment.key()) : moment.key();
        if (effective != lastKey) {
            last = counts.computeIfAbsent(effective, k -> new long[1]);
            lastKey = effective;
            collapseIfMany();
        }
        last[0] += moment.times();
    }

    void merge(Occurrences other) {
        calls += other.calls;
        witness = Math.min(witness, other.witness);
        inputs.merge(other.inputs);
        if (other.collapsed) {
            collapse();
        }
        other.counts.forEach((key, count) ->
                counts.computeIfAbsent(collapsed ? Circumstances.predicates(key) : key, k -> new long[1])[0] +=
                        count[0]);
        collapseIfMany();
    }

    private void collapseIfMany() {
        if (!collapsed && counts.size() > MOST) {
            collapse();
        }
    }

    private void collapse() {
        if (collapsed) {
            return;
        }
        collapsed = true;
        Map<Long, long[]> byKey = new HashMap<>(counts);
        counts.clear();
        byKey.forEach(
                (key, count) -> counts.computeIfAbsent(Circumstances.predicates(key), k -> new long[1])[0] += count[0]);
        last = counts.getOrDefault(Circumstances.predicates(lastKey), last);
        lastKey = Circumstances.predicates(lastKey);
    }

    long calls() {
        return calls;
    }

    /** Takes the first call of {@code other} as witness, since it shows more. */
    void witnessedBy(Occurrences other) {
        witness = other.witness;
    }

    /** Different inputs among them, at most {@link DistinctInputs#MOST} + 1. */
    int inputs() {
        return inputs.count();
    }

    /** The first call's seq; -1 if there is none. */
    long witness() {
        return witness == NONE ? -1 : witness;
    }

    /** Whether call {@code seq} is before the first, or there is none; never for a {@code seq} of -1. */
    boolean startsAfter(long seq) {
        return seq >= 0 && seq < witness;
    }

    /** Whether arguments' values are told apart. */
    boolean tellsSelectors() {
        return !collapsed;
    }

    /** Calls by key, or by predicates alone. */
    Map<Long, Long> counts(boolean bySelector) {
        Map<Long, Long> result = new TreeMap<>();
        counts.forEach(
                (key, count) -> result.merge(bySelector ? key : Circumstances.predicates(key), count[0], Long::sum));
        return result;
    }

    /** Whether a predicate held, or never did, in all calls. */
    boolean always(int predicate, boolean holds) {
        return calls > 0 && counts.keySet().stream().allMatch(key -> (key >>> predicate & 1) == (holds ? 1 : 0));
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof Occurrences other
                && calls == other.calls
                && witness == other.witness
                && collapsed == other.collapsed
                && inputs.equals(other.inputs)
                && counts(true).equals(other.counts(true));
    }

    @Override
    public int hashCode() {
        return Long.hashCode(calls * 31 + witness);
    }

    @Override
    public String toString() {
        return calls + " calls, first " + witness() + " " + counts(true);
    }
}
