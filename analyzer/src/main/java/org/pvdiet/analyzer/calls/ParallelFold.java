package org.pvdiet.analyzer.calls;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.RowGroup;
import org.pvdiet.traces.TraceReader;

/**
 * Folds a trace slice by slice. Threads summarise the calls that begin and end in a slice, each kind of call once, and note
 * what belongs to calls that began in an earlier one; the caller's thread goes through the slices in order, brings together
 * the calls that cross the borders, and merges.
 */
final class ParallelFold<S extends Summary<S>> {
    /** What a thread found in a slice; {@code open} are the calls that have not ended in it. {@code endSeq} is the next slice's first. */
    private record Part<S>(S summary, List<CallJoin.Late> late, UnderWay open, long lastIcount, long endSeq) {}

    /** Slices under way or waiting to be merged. */
    private static final int MOST_AHEAD = 3 * Processors.COUNT;

    private final Supplier<S> empty;
    private final S whole;
    private final CallColumns columns;
    private final LazyModes modes;
    private final SlotChanges changes;
    private final List<RowGroup> groups;
    private final Slice.Limits limits;
    private final List<Slice> slices;
    /** By number of the row group. */
    private final List<SharedBatch<CallColumn>> calls = new ArrayList<>();

    private final SharedEffects effects;

    ParallelFold(TraceReader reader, Supplier<S> empty, Slice.Limits limits) {
        this.empty = empty;
        this.whole = empty.get();
        Wanted wanted = whole.wanted();
        this.columns = new CallColumns(wanted, reader.callColumns());
        this.modes = new LazyModes(reader.hooks());
        this.changes = new SlotChanges(reader.hooks());
        this.groups = reader.callGroups();
        this.limits = limits;
        this.slices = Slice.of(groups, limits);
        for (RowGroup group : groups) {
            calls.add(new SharedBatch<>(() -> reader.readCalls(group, columns.present())));
        }
        slices.forEach(slice -> calls.get(slice.number()).expectUser());
        this.effects = new SharedEffects(reader, groups, slices, wanted.effects());
    }

    S run() {
        Deque<Future<Part<S>>> ahead = new ArrayDeque<>();
        List<Future<?>> readings = new ArrayList<>();
        UnderWay open = new UnderWay();
        try {
            CompletableFuture<Lazy> mode = CompletableFuture.completedFuture(Lazy.NONE);
            for (int next = 0; next < slices.size() || !ahead.isEmpty(); ) {
                // Parts are merged in order: while one takes long, those after it are not to wait for it, as far as
                // memory goes.
                if (next < slices.size() && ahead.size() < MOST_AHEAD) {
                    Slice slice = slices.get(next++);
                    if (slice.isFirst()) {
                        readAhead(slice.number() + 1).ifPresent(readings::add);
                    }
                    CompletableFuture<Lazy> before = mode;
                    CompletableFuture<Lazy> after = new CompletableFuture<>();
                    mode = after;
                    ahead.add(Processors.begin(() -> summarise(slice, before, after)));
                } else {
                    merge(open, Processors.result(ahead.remove()));
                }
            }
            open.endBefore(Long.MAX_VALUE, whole::add);
            return whole;
        } finally {
            // No task may use the reader any more.
            Processors.end(ahead);
            Processors.end(readings);
            calls.forEach(SharedBatch::close);
            effects.close();
        }
    }

    /** Reads a row group of several slices, that these need not wait for the first of them to do it. */
    private Optional<Future<?>> readAhead(int number) {
        return number < groups.size() && limits.count(groups.get(number)) > 1
                ? Optional.of(Processors.begin(() -> calls.get(number).get()))
                : Optional.empty();
    }

    /** On one of the threads. */
    private Part<S> summarise(Slice slice, CompletableFuture<Lazy> before, CompletableFuture<Lazy> after)
            throws InterruptedException, ExecutionException {
        SharedBatch<CallColumn> shared = calls.get(slice.number());
        try (SharedEffects.Use used = effects.use(slice)) {
            Batch<CallColumn> batch = shared.get();
            Lazy change = modes.afterAll(batch, slice);
            if (change != null) {
                after.complete(change);
            }
            // Slices are taken up in order, so the one before is already being folded.
            Lazy mode = before.get();
            after.complete(mode);
            long start = start(batch, slice);
            CallKinds kinds = new CallKinds(columns, modes, changes, batch, slice, used.rowsOfCalls(batch, slice));
            EffectCursor cursor = used.cursor(start, slice.seq(slice.from() - 1));
            CallJoin join = new CallJoin(columns, modes, slice.seq(slice.from()), mode, start, cursor, kinds::ended);
            join.add(batch, slice, kinds);
            if (slice.equals(slices.get(slices.size() - 1))) {
                join.effectsBefore(Long.MAX_VALUE, Long.MAX_VALUE);
            }
            S summary = empty.get();
            kinds.tell(summary::add);
            summary.order(kinds.order());
            return new Part<>(summary, join.late(), join.underWay(), join.now(), slice.seq(slice.to()));
        } finally {
            after.completeExceptionally(new IllegalStateException("slice " + slice + " could not be read"));
            shared.release();
        }
    }

    /** When the last call before a slice began; -1 if there is none. */
    private long start(Batch<CallColumn> batch, Slice slice) {
        if (!slice.isFirst()) {
            return batch.get(CallColumn.ICOUNT, slice.from() - 1);
        }
        return slice.number() == 0 ? -1 : groups.get(slice.number() - 1).lastIcount();
    }

    private void merge(UnderWay open, Part<S> part) {
        // Calls that began before this slice come before those that began in it.
        for (CallJoin.Late late : part.late()) {
            open.endBefore(late.now(), whole::add);
            if (late instanceof CallJoin.LateEffect effect) {
                open.deliver(effect.effect(), effect.seq());
            } else if (late instanceof CallJoin.LateNested nested) {
                open.nest(nested.parent(), nested.hook(), nested.icount(), nested.instructions());
            }
        }
        open.endBefore(part.lastIcount(), whole::add);
        whole.merge(part.summary());
        open.take(part.open());
        whole.settle(open.firstToReturn(part.endSeq()));
    }
}
