package org.pvdiet.analyzer.contract;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** How the bits of a value went with those of a source, over all calls that have both. */
final class BitRelation {
    /** More bits that differ in one call are no pattern. */
    private static final int FEW_BITS = 12;

    /** Bits that were seen 1 in both, 0 in both, 1 only in the value, 1 only in the source. */
    private long bothSet;

    private long bothClear;
    private long onlyValue;
    private long onlySource;
    private long compared;
    /** Calls in which a bit, and few others, were set (0 to 63) or cleared (64 to 127); made when first needed. */
    private long @Nullable [] changes;

    private final Occurrences equal = new Occurrences();
    private final Occurrences different = new Occurrences();
    /** The value in the first call in which they were not the same. */
    private long firstDifferent;

    void add(long value, long source, Moment moment) {
        compared += moment.times();
        bothSet |= value & source;
        bothClear |= ~value & ~source;
        onlyValue |= value & ~source;
        onlySource |= source & ~value;
        if (value == source) {
            equal.add(moment);
        } else {
            if (different.startsAfter(moment.seq())) {
                firstDifferent = value;
            }
            different.add(moment);
        }
        long changed = value ^ source;
        if (changed != 0 && Long.bitCount(changed) <= FEW_BITS) {
            count(changed & value, 0, moment.times());
            count(changed & source, Long.SIZE, moment.times());
        }
    }

    private void count(long mask, int from, long times) {
        if (changes == null) {
            changes = new long[2 * Long.SIZE];
        }
        for (long rest = mask; rest != 0; rest &= rest - 1) {
            changes[from + Long.numberOfTrailingZeros(rest)] += times;
        }
    }

    void merge(BitRelation other) {
        compared += other.compared;
        bothSet |= other.bothSet;
        bothClear |= other.bothClear;
        onlyValue |= other.onlyValue;
        onlySource |= other.onlySource;
        if (different.startsAfter(other.different.witness())) {
            firstDifferent = other.firstDifferent;
        }
        equal.merge(other.equal);
        different.merge(other.different);
        if (other.changes != null) {
            if (changes == null) {
                changes = new long[2 * Long.SIZE];
            }
            for (int i = 0; i < changes.length; i++) {
                changes[i] += other.changes[i];
            }
        }
    }

    /** Calls that have both. */
    long compared() {
        return compared;
    }

    /** Calls in which both were the same. */
    Occurrences equal() {
        return equal;
    }

    /** Calls in which they were not. */
    Occurrences different() {
        return different;
    }

    /** The value in the first of them. */
    long firstDifferent() {
        return firstDifferent;
    }

    /** Bits that were the same in every call. */
    long agreeing() {
        return ~(onlyValue | onlySource);
    }

    /** Bits that were the same in every call, and seen as 0 and as 1. */
    long following() {
        return agreeing() & bothSet & bothClear;
    }

    /** Bits that the source had and the value never: whenever set, they were dropped. */
    long alwaysCleared() {
        return onlySource & ~bothSet & ~onlyValue;
    }

    /** Bits that the source lacked and the value always had. */
    long alwaysSet() {
        return onlyValue & ~bothClear & ~onlySource;
    }

    /** Bits that differed in some calls and not in others of the same input bit, or in both ways. */
    long sometimesChanged() {
        return (onlyValue | onlySource) & ~alwaysCleared() & ~alwaysSet();
    }

    /** Whether all changes set bits, or all cleared them. */
    boolean oneWay() {
        return onlyValue == 0 || onlySource == 0;
    }

    /** Calls in which a bit was set, or else cleared, on the way, if few bits were. */
    long changes(int bit, boolean set) {
        return changes == null ? 0 : changes[set ? bit : Long.SIZE + bit];
    }

    /** Bits of the source that were not the same in all calls. */
    long sourceVaried() {
        return (bothSet | onlySource) & (bothClear | onlyValue);
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof BitRelation other
                && compared == other.compared
                && bothSet == other.bothSet
                && bothClear == other.bothClear
                && onlyValue == other.onlyValue
                && onlySource == other.onlySource
                && firstDifferent == other.firstDifferent
                && equal.equals(other.equal)
                && different.equals(other.different)
                && Arrays.equals(changes, other.changes);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(bothSet * 31 + onlyValue);
    }
}
