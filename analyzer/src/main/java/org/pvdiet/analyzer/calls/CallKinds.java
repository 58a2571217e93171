package org.pvdiet.analyzer.calls;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;

/**
 * Sorts the calls of a part by kind: calls are of one kind if all that was wanted of them is the same but when they were
 * made. Of a boot's calls, nine in ten repeat one before, and in most nothing happens; these are told by their row alone.
 */
final class CallKinds {
    /** When a call was made, and in which other: no part of what it is. */
    private static final Set<CallColumn> TIME = EnumSet.of(CallColumn.SEQ, CallColumn.ICOUNT, CallColumn.PARENT);

    private static final int LAZY_MODES = Lazy.values().length;

    /** One kind, by its first call. */
    private static final class Kind {
        private final int row;
        private final Lazy lazy;
        /** Where something happened in it. */
        private final @Nullable RecordedCall call;

        private long times;
        private long lastIcount;

        Kind(int row, Lazy lazy, @Nullable RecordedCall call) {
            this.row = row;
            this.lazy = lazy;
            this.call = call;
        }
    }

    /** What tells kinds apart in whose calls something happened. */
    private record Happened(int circumstances, RecordedCall call, long hash) {
        @Override
        public boolean equals(@Nullable Object object) {
            return object instanceof Happened other
                    && hash == other.hash
                    && circumstances == other.circumstances
                    && call.sameHappened(other.call);
        }

        @Override
        public int hashCode() {
            return Long.hashCode(hash) * 31 + circumstances;
        }
    }

    private final CallColumns columns;
    private final SlotChanges changes;
    private final Batch<CallColumn> batch;
    private final AlikeRows rows;
    private final Slice slice;
    private final int[] order;
    private final List<Kind> kinds = new ArrayList<>();
    /** By circumstances, the number of the kind in whose calls nothing happened; -1 where there is none. */
    private final int[] plain;

    private final Map<Happened, Integer> happened = new HashMap<>();
    /** Rows of calls in which something happened, or that go on after the part. */
    private final BitSet busy;

    /**
     * @param batch the slice's row group
     * @param withEffects rows of the slice's calls in which there are effects
     */
    CallKinds(CallColumns columns, SlotChanges changes, Batch<CallColumn> batch, Slice slice, BitSet withEffects) {
        this.columns = columns;
        this.changes = changes;
        this.batch = batch;
        this.slice = slice;
        this.busy = withEffects;
        this.rows = AlikeRows.of(
                batch,
                slice,
                columns.present().stream()
                        .filter(column -> !TIME.contains(column))
                        .toList());
        this.order = new int[slice.rows()];
        Arrays.fill(order, CallOrder.BY_ITSELF);
        this.plain = new int[rows.classes() * LAZY_MODES * 4];
        Arrays.fill(plain, -1);
        findBusy();
    }

    private void findBusy() {
        long end = slice.rows() == 0 ? 0 : batch.get(CallColumn.ICOUNT, slice.to() - 1);
        for (int row = slice.from(); row < slice.to(); row++) {
            if (!batch.isNull(CallColumn.PARENT, row)) {
                long parent = batch.get(CallColumn.PARENT, row);
                if (parent >= slice.seq(slice.from())) {
                    busy.set(slice.row(parent));
                }
            }
            if (batch.get(CallColumn.ICOUNT, row) + batch.get(CallColumn.INSTRUCTIONS, row) >= end) {
                busy.set(row);
            }
        }
    }

    /** Whether nothing happened in a call that is over before the part is. */
    boolean isPlain(int row) {
        return !busy.get(row);
    }

    /** A call in which nothing happened, made in this mode, and in another call or not. */
    void plain(int row, Lazy lazy, boolean isNested, long icount) {
        int circumstances = circumstances(row, lazy, isNested, icount);
        if (plain[circumstances] < 0) {
            plain[circumstances] = kinds.size();
            kinds.add(new Kind(row, lazy, null));
        }
        count(row, plain[circumstances], icount);
    }

    /** A call of this batch that has ended. */
    void ended(RecordedCall call) {
        int row = slice.row(call.seq());
        int circumstances = circumstances(row, call.lazy(), call.parent() >= 0, call.icount());
        Integer next = kinds.size();
        Integer known = happened.putIfAbsent(new Happened(circumstances, call, call.hashOfHappened()), next);
        if (known == null) {
            kinds.add(new Kind(row, call.lazy(), call));
        }
        count(row, known == null ? next : known, call.icount());
    }

    private int circumstances(int row, Lazy lazy, boolean isNested, long icount) {
        boolean isEarly = changes.isBefore(batch.getInt(CallColumn.HOOK, row), icount);
        return (rows.of(row - slice.from()) * LAZY_MODES + lazy.ordinal()) * 4 + (isNested ? 2 : 0) + (isEarly ? 1 : 0);
    }

    private void count(int row, int number, long icount) {
        order[row - slice.from()] = number;
        Kind kind = kinds.get(number);
        kind.times++;
        kind.lastIcount = Math.max(kind.lastIcount, icount);
    }

    /** Gives each kind once, by its first call. */
    void tell(Consumer<RecordedCall> to) {
        RecordedCall nothing = new RecordedCall(columns);
        for (int number = 0; number < kinds.size(); number++) {
            Kind kind = kinds.get(number);
            RecordedCall call = kind.call;
            if (call == null) {
                nothing.read(batch, kind.row, kind.lazy);
                call = nothing;
            }
            call.standsFor(number, kind.times, kind.lastIcount);
            to.accept(call);
        }
    }

    /** In which order the calls were made. */
    CallOrder order() {
        return new CallOrder(batch, slice, order);
    }
}
