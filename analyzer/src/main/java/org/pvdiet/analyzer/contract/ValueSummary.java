package org.pvdiet.analyzer.contract;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The values that calls returned, or wrote to one place, and how they go with what was known before. */
final class ValueSummary {
    /** So many different values are told apart; of more, none. */
    private static final int MOST_VALUES = 8;

    private final BitRelation[] relations;
    private final Map<Long, Occurrences> values = new TreeMap<>();
    private boolean manyValues;
    /** The value that came last, since the same often comes again. */
    private long lastValue;

    private @Nullable Occurrences last;

    private long ones;
    private long zeros;
    private final Occurrences seen = new Occurrences();

    /** For so many sources. */
    ValueSummary(int sources) {
        relations = new BitRelation[sources];
    }

    /** Takes a value into account. {@code present} says which sources have a value. */
    void add(long value, long[] sources, long present, Moment moment) {
        seen.add(moment);
        ones |= value;
        zeros |= ~value;
        if (!manyValues) {
            of(value).add(moment);
            limit();
        }
        for (int i = 0; i < sources.length; i++) {
            if ((present >>> i & 1) != 0) {
                relation(i).add(value, sources[i], moment);
            }
        }
    }

    private Occurrences of(long value) {
        if (last == null || value != lastValue) {
            last = values.computeIfAbsent(value, v -> new Occurrences());
            lastValue = value;
        }
        return last;
    }

    void merge(ValueSummary other) {
        seen.merge(other.seen);
        ones |= other.ones;
        zeros |= other.zeros;
        manyValues |= other.manyValues;
        other.values.forEach((value, calls) ->
                values.computeIfAbsent(value, v -> new Occurrences()).merge(calls));
        limit();
        for (int i = 0; i < relations.length; i++) {
            if (other.relations[i] != null) {
                relation(i).merge(other.relations[i]);
            }
        }
    }

    private void limit() {
        if (manyValues || values.size() > MOST_VALUES) {
            manyValues = true;
            values.clear();
        }
    }

    /** How the values go with source {@code i}. */
    BitRelation relation(int i) {
        if (relations[i] == null) {
            relations[i] = new BitRelation();
        }
        return relations[i];
    }

    /** Values taken into account. */
    long seen() {
        return seen.calls();
    }

    /** The calls that have one; a call with several counts as often. */
    Occurrences calls() {
        return seen;
    }

    /** The different values, if they are few; else empty. */
    Map<Long, Occurrences> values() {
        return values;
    }

    /** Bits that were not the same in all values. */
    long varied() {
        return ones & zeros;
    }

    /** Bits that were 1 in all values. */
    long constantOnes() {
        return ones & ~zeros;
    }

    /** Bits that were 0 in all values. */
    long constantZeros() {
        return zeros & ~ones;
    }

    @Override
    public boolean equals(Object object) {
        if (!(object instanceof ValueSummary other) || relations.length != other.relations.length) {
            return false;
        }
        for (int i = 0; i < relations.length; i++) {
            if (!relation(i).equals(other.relation(i))) {
                return false;
            }
        }
        return seen.equals(other.seen)
                && ones == other.ones
                && zeros == other.zeros
                && manyValues == other.manyValues
                && values.equals(other.values);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(ones * 31 + zeros);
    }
}
