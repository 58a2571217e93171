package org.pvdiet.analyzer.contract;

/** How the bits of a value went with those of a source, over all calls that have both. */
final class BitRelation {
    /** Bits that were seen 1 in both, 0 in both, 1 only in the value, 1 only in the source. */
    private long bothSet;

    private long bothClear;
    private long onlyValue;
    private long onlySource;
    private long compared;
    private final Occurrences equal = new Occurrences();
    private final Occurrences different = new Occurrences();

    void add(long value, long source, Moment moment) {
        compared++;
        bothSet |= value & source;
        bothClear |= ~value & ~source;
        onlyValue |= value & ~source;
        onlySource |= source & ~value;
        (value == source ? equal : different).add(moment);
    }

    void merge(BitRelation other) {
        compared += other.compared;
        bothSet |= other.bothSet;
        bothClear |= other.bothClear;
        onlyValue |= other.onlyValue;
        onlySource |= other.onlySource;
        equal.merge(other.equal);
        different.merge(other.different);
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

    /** Of these, those that were only ever set. */
    long sometimesSet() {
        return sometimesChanged() & ~onlySource;
    }

    /** Of these, those that were only ever cleared. */
    long sometimesCleared() {
        return sometimesChanged() & ~onlyValue;
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
                && equal.equals(other.equal)
                && different.equals(other.different);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(bothSet * 31 + onlyValue);
    }
}
