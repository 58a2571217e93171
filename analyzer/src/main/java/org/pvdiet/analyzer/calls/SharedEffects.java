package org.pvdiet.analyzer.calls;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.EffectColumn;
import org.pvdiet.traces.RowGroup;
import org.pvdiet.traces.TraceReader;

/**
 * The effects of several slices of a trace that are folded at the same time. Effects are fewer than calls, so a row group of
 * them belongs to several slices.
 */
final class SharedEffects implements AutoCloseable {
    private final List<RowGroup> calls;
    private final List<Group> groups = new ArrayList<>();

    private record Group(RowGroup rows, SharedBatch<EffectColumn> batch) {}

    /** The effects of one slice while they are needed. */
    final class Use implements AutoCloseable {
        private final List<Group> used;

        private Use(Slice slice) {
            this.used = used(slice);
        }

        /** At the first effect that did not happen before call {@code seq}, which began at {@code icount}. */
        EffectCursor cursor(long icount, long seq) {
            Iterator<Group> remaining = used.iterator();
            Iterator<Batch<EffectColumn>> batches = new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return remaining.hasNext();
                }

                @Override
                public Batch<EffectColumn> next() {
                    return remaining.next().batch.get();
                }
            };
            EffectCursor cursor = new EffectCursor(batches, icount);
            while (cursor.isBefore(icount, seq)) {
                cursor.skip();
            }
            return cursor;
        }

        /** Which of the slice's calls have any while its calls begin, by row of the slice. */
        BitSet rowsOfCalls(Batch<CallColumn> batch, Slice slice) {
            BitSet rows = new BitSet(slice.rows());
            if (slice.rows() == 0) {
                return rows;
            }
            long first = slice.seq(slice.from());
            long last = slice.seq(slice.to() - 1);
            long begin = batch.get(CallColumn.ICOUNT, slice.from());
            long end = batch.get(CallColumn.ICOUNT, slice.to() - 1) + 1;
            for (Group group : used) {
                Batch<EffectColumn> effects = group.batch.get();
                for (int i = EffectCursor.position(effects, begin), to = EffectCursor.position(effects, end);
                        i < to;
                        i++) {
                    long seq = effects.get(EffectColumn.SEQ, i);
                    if (seq >= first && seq <= last && !effects.isNull(EffectColumn.SEQ, i)) {
                        rows.set((int) (seq - first));
                    }
                }
            }
            return rows;
        }

        @Override
        public void close() {
            used.forEach(group -> group.batch.release());
        }
    }

    /**
     * @param calls row groups of calls
     * @param slices of them
     * @param wanted whether there are to be any effects
     */
    SharedEffects(TraceReader reader, List<RowGroup> calls, List<Slice> slices, boolean wanted) {
        this.calls = calls;
        if (wanted) {
            reader.effectGroups().stream()
                    .filter(group -> group.rows() > 0)
                    .forEach(rows -> groups.add(new Group(
                            rows, new SharedBatch<>(() -> reader.readEffects(rows, CallStream.EFFECT_COLUMNS)))));
        }
        for (Slice slice : slices) {
            used(slice).forEach(group -> group.batch.expectUser());
        }
    }

    /** The effects of a slice, which each slice must ask for once. */
    Use use(Slice slice) {
        return new Use(slice);
    }

    private List<Group> used(Slice slice) {
        int number = slice.number();
        long from = number == 0 ? Long.MIN_VALUE : calls.get(number - 1).lastIcount();
        long to = number == calls.size() - 1 ? Long.MAX_VALUE : slice.group().lastIcount();
        return groups.stream()
                .filter(group -> group.rows.lastIcount() >= from && group.rows.firstIcount() <= to)
                .toList();
    }

    /** Forgets what slices that were given up had in use. */
    @Override
    public void close() {
        groups.forEach(group -> group.batch.close());
    }
}
