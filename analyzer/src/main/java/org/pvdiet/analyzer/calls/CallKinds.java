package org.pvdiet.analyzer.calls;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;

/**
 * Sorts the calls of a part by kind: calls are of one kind if all that was wanted of them is the same but when they were
 * made, and where if that is told by their order. Of a boot's calls, nine in ten repeat one before, and in most nothing
 * happens; these are told by their row alone.
 */
final class CallKinds {
    private static final int LAZY_MODES = Lazy.values().length;

    /** One kind, by its first call. */
    private static final class Kind {
        private final int number;
        private final int row;
        private final Lazy lazy;
        /** Where something happened in it. */
        private final @Nullable RecordedCall call;

        private long times;
        private long lastIcount;

        Kind(int number, int row, Lazy lazy, @Nullable RecordedCall call) {
            this.number = number;
            this.row = row;
            this.lazy = lazy;
            this.call = call;
        }

        void count(long icount) {
            times++;
            lastIcount = Math.max(lastIcount, icount);
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
    private final Batch<CallColumn> batch;
    private final AlikeRows rows;
    private final Slice slice;
    // By row of the slice.
    private final int[] order;
    private final long[] icounts;
    private final long[] parents;
    /** Calls in which something happened, or that go on after the part. */
    private final BitSet busy;
    /** These, and calls made in others or that change the lazy mode. */
    private final BitSet special = new BitSet();

    private final List<Kind> kinds = new ArrayList<>();
    /** By class of rows, from when on the hook led to where it led in the end. */
    private final long[] since;
    /** By circumstances, the kind in whose calls nothing happened. */
    private final @Nullable Kind[] plain;

    private final Map<Happened, Kind> happened = new HashMap<>();

    /**
     * @param batch the slice's row group
     * @param withEffects the slice's calls in which there are effects
     */
    CallKinds(
            CallColumns columns,
            LazyModes modes,
            SlotChanges changes,
            Batch<CallColumn> batch,
            Slice slice,
            BitSet withEffects) {
        this.columns = columns;
        this.batch = batch;
        this.slice = slice;
        this.busy = withEffects;
        this.rows = AlikeRows.of(batch, slice, columns.ofKinds(), columns.ofKindsWithoutArguments());
        this.order = new int[slice.rows()];
        Arrays.fill(order, CallOrder.BY_ITSELF);
        this.plain = new Kind[rows.classes() * LAZY_MODES * 4];
        this.since = new long[rows.classes()];
        this.icounts = new long[slice.rows()];
        this.parents = new long[slice.rows()];
        batch.copy(CallColumn.ICOUNT, slice.from(), icounts, 0);
        batch.copy(CallColumn.PARENT, slice.from(), parents, -1);
        findBusy();
        findSpecial(modes, changes);
    }

    private void findBusy() {
        long[] instructions = new long[slice.rows()];
        batch.copy(CallColumn.INSTRUCTIONS, slice.from(), instructions, 0);
        long first = slice.seq(slice.from());
        for (int i = 0; i < parents.length; i++) {
            if (parents[i] >= first) {
                busy.set((int) (parents[i] - first));
            }
            if (icounts[i] + instructions[i] >= icounts[icounts.length - 1]) {
                busy.set(i);
            }
        }
    }

    private void findSpecial(LazyModes modes, SlotChanges changes) {
        boolean[] changesMode = new boolean[rows.classes()];
        for (int number = 0; number < changesMode.length; number++) {
            int hook = batch.getInt(CallColumn.HOOK, slice.from() + rows.first(number));
            changesMode[number] = modes.isChangedBy(hook);
            since[number] = changes.since(hook);
        }
        special.or(busy);
        for (int i = 0; i < parents.length; i++) {
            if (parents[i] >= 0 || changesMode[rows.of(i)]) {
                special.set(i);
            }
        }
    }

    /**
     * Counts calls from row {@code from} of the slice on in which nothing happened, all of them made in this mode and in no
     * other call. Returns the first row that is no such call.
     */
    int plain(int from, Lazy lazy) {
        int next = special.nextSetBit(from);
        int to = next < 0 ? order.length : next;
        for (int i = from; i < to; i++) {
            plain(i, lazy, false);
        }
        return to;
    }

    /** Whether nothing happened in a call that is over before the part is. */
    boolean isPlain(int i) {
        return !busy.get(i);
    }

    /** A call in which nothing happened, made in this mode, and in another call or not. */
    void plain(int i, Lazy lazy, boolean isNested) {
        int circumstances = circumstances(i, lazy, isNested);
        Kind kind = plain[circumstances];
        if (kind == null) {
            kind = new Kind(kinds.size(), slice.from() + i, lazy, null);
            plain[circumstances] = kind;
            kinds.add(kind);
        }
        order[i] = kind.number;
        kind.count(icounts[i]);
    }

    /** A call of this batch that has ended. */
    void ended(RecordedCall call) {
        int i = slice.row(call.seq()) - slice.from();
        int circumstances = circumstances(i, call.lazy(), call.parent() >= 0);
        Kind next = new Kind(kinds.size(), slice.from() + i, call.lazy(), call);
        Kind kind = happened.putIfAbsent(new Happened(circumstances, call, call.hashOfHappened()), next);
        if (kind == null) {
            kind = next;
            kinds.add(kind);
        }
        order[i] = kind.number;
        kind.count(call.icount());
    }

    private int circumstances(int i, Lazy lazy, boolean isNested) {
        int number = rows.of(i);
        boolean isEarly = icounts[i] < since[number];
        return (number * LAZY_MODES + lazy.ordinal()) * 4 + (isNested ? 2 : 0) + (isEarly ? 1 : 0);
    }

    /** The seq of the call in which a call was made, or -1. */
    long parent(int i) {
        return parents[i];
    }

    /** When a call began. */
    long icount(int i) {
        return icounts[i];
    }

    /** Gives each kind once, by its first call. */
    void tell(Consumer<RecordedCall> to) {
        RecordedCall nothing = new RecordedCall(columns);
        long[] values = columns.room();
        for (Kind kind : kinds) {
            RecordedCall call = kind.call;
            if (call == null) {
                nothing.read(batch, kind.row, kind.lazy);
                call = nothing;
            }
            call.keep(values);
            call.standsFor(kind.number, kind.times, kind.lastIcount);
            to.accept(call);
        }
    }

    /** In which order the calls were made. */
    CallOrder order() {
        int[] sites = new int[columns.hasSites() ? slice.rows() : 0];
        for (int i = 0; i < sites.length; i++) {
            sites[i] = batch.getInt(CallColumn.SITE, slice.from() + i);
        }
        return new CallOrder(slice.seq(slice.from()), icounts, order, sites);
    }
}
