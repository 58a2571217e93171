package org.pvdiet.analyzer.calls;

/**
 * The calls of a part of a trace in the order in which they began, of each only when it began and which kind it is of. Valid
 * until {@link Summary#order} returns.
 */
public final class CallOrder {
    /** The kind of a call that was given to {@link Summary#add} by itself, at another time. */
    public static final int BY_ITSELF = -1;

    private final long firstSeq;
    private final long[] icounts;
    private final int[] kinds;

    /**
     * @param firstSeq of the first call
     * @param icounts when each began
     * @param kinds of each
     */
    CallOrder(long firstSeq, long[] icounts, int[] kinds) {
        this.firstSeq = firstSeq;
        this.icounts = icounts;
        this.kinds = kinds;
    }

    /** The seq of the first call. */
    public long firstSeq() {
        return firstSeq;
    }

    /** The kind of each call, as {@link RecordedCall#kind} told it; {@link #BY_ITSELF}: to be passed over. May be kept. */
    public int[] kinds() {
        return kinds;
    }

    /** When call {@code i} began. */
    long icount(int i) {
        return icounts[i];
    }
}
