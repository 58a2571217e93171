package org.pvdiet.analyzer.calls;

import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;

/**
 * The calls of a part of a trace in the order in which they began, of each only when it began and which kind it is of. Valid
 * until {@link Summary#order} returns.
 */
public final class CallOrder {
    /** The kind of a call that was given to {@link Summary#add} by itself, at another time. */
    public static final int BY_ITSELF = -1;

    private final Batch<CallColumn> batch;
    private final Slice slice;
    private final int[] kinds;

    CallOrder(Batch<CallColumn> batch, Slice slice, int[] kinds) {
        this.batch = batch;
        this.slice = slice;
        this.kinds = kinds;
    }

    /** How many calls there are. */
    public int calls() {
        return kinds.length;
    }

    /** The kind of call {@code i}, as {@link RecordedCall#kind} told it; {@link #BY_ITSELF}: to be passed over. */
    public int kind(int i) {
        return kinds[i];
    }

    /** The same of all calls; may be kept. */
    public int[] kinds() {
        return kinds;
    }

    /** The seq of call {@code i}. */
    public long seq(int i) {
        return slice.seq(slice.from() + i);
    }

    /** When call {@code i} began. */
    public long icount(int i) {
        return batch.get(CallColumn.ICOUNT, slice.from() + i);
    }
}
