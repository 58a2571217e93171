package org.pvdiet.analyzer.calls;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.EffectColumn;
import org.pvdiet.traces.RowGroup;
import org.pvdiet.traces.TraceReader;

/**
 * The effects of several parts of a trace that are read at the same time. Effects are fewer than calls, so a row group of
 * them belongs to several parts: it is decoded when the first of them needs it, and forgotten when the last is done.
 */
final class SharedEffects implements AutoCloseable {
    private final TraceReader reader;
    private final List<RowGroup> parts;
    private final List<Group> groups = new ArrayList<>();

    private final class Group {
        private final RowGroup rows;
        private int users;
        private @Nullable Batch<EffectColumn> batch;

        Group(RowGroup rows) {
            this.rows = rows;
        }

        synchronized Batch<EffectColumn> batch() {
            if (batch == null) {
                batch = reader.readEffects(rows, CallStream.EFFECT_COLUMNS);
            }
            return batch;
        }

        synchronized void release() {
            if (--users == 0) {
                close();
            }
        }

        synchronized void close() {
            if (batch != null) {
                batch.close();
                batch = null;
            }
        }
    }

    /** The effects of one part while they are needed. */
    final class Use implements AutoCloseable {
        private final int part;
        private final List<Group> used;

        private Use(int part) {
            this.part = part;
            this.used = used(part);
        }

        /** At the first effect that did not happen before the part before was over. */
        EffectCursor cursor() {
            Iterator<Group> remaining = used.iterator();
            EffectCursor cursor = new EffectCursor(new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return remaining.hasNext();
                }

                @Override
                public Batch<EffectColumn> next() {
                    return remaining.next().batch();
                }
            });
            if (part > 0) {
                RowGroup before = parts.get(part - 1);
                while (cursor.isBefore(before.lastIcount(), before.lastSeq())) {
                    cursor.skip();
                }
            }
            return cursor;
        }

        /** Which calls of the part have any while its calls begin, by row. */
        BitSet rowsOfCalls() {
            RowGroup calls = parts.get(part);
            BitSet rows = new BitSet(calls.rows());
            for (Group group : used) {
                Batch<EffectColumn> batch = group.batch();
                for (int i = position(batch, calls.firstIcount()), end = position(batch, calls.lastIcount() + 1);
                        i < end;
                        i++) {
                    long row = batch.get(EffectColumn.SEQ, i) - calls.firstSeq();
                    if (row >= 0 && row < calls.rows() && !batch.isNull(EffectColumn.SEQ, i)) {
                        rows.set((int) row);
                    }
                }
            }
            return rows;
        }

        /** The first row that did not happen before {@code icount}. */
        private static int position(Batch<EffectColumn> batch, long icount) {
            int low = 0;
            int high = batch.rows();
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (batch.get(EffectColumn.ICOUNT, middle) < icount) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }

        @Override
        public void close() {
            used.forEach(Group::release);
        }
    }

    /**
     * @param parts row groups of calls
     * @param wanted whether there are to be any effects
     */
    SharedEffects(TraceReader reader, List<RowGroup> parts, boolean wanted) {
        this.reader = reader;
        this.parts = parts;
        if (wanted) {
            reader.effectGroups().stream()
                    .filter(group -> group.rows() > 0)
                    .forEach(rows -> groups.add(new Group(rows)));
        }
        for (int part = 0; part < parts.size(); part++) {
            used(part).forEach(group -> group.users++);
        }
    }

    /** The effects of a part, which each part must ask for once. */
    Use use(int part) {
        return new Use(part);
    }

    private List<Group> used(int part) {
        long from = part == 0 ? Long.MIN_VALUE : parts.get(part - 1).lastIcount();
        long to = part == parts.size() - 1 ? Long.MAX_VALUE : parts.get(part).lastIcount();
        return groups.stream()
                .filter(group -> group.rows.lastIcount() >= from && group.rows.firstIcount() <= to)
                .toList();
    }

    /** Forgets what parts that were given up had in use. */
    @Override
    public void close() {
        groups.forEach(Group::close);
    }
}
