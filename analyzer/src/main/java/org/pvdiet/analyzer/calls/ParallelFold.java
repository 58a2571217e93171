package org.pvdiet.analyzer.calls;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.RowGroup;
import org.pvdiet.traces.TraceReader;

/**
 * Folds a trace part by part, a part being a row group of calls. Threads summarise the calls that begin and end in a part,
 * each kind of call once, and note what belongs to calls that began in an earlier one; the caller's thread goes through the
 * parts in order, brings together the calls that cross the borders, and merges.
 */
final class ParallelFold<S extends Summary<S>> {
    /** What a thread found in a part; {@code open} are the calls that have not ended in it. {@code endSeq} is the next part's first. */
    private record Part<S>(S summary, List<CallJoin.Late> late, UnderWay open, long lastIcount, long endSeq) {}

    private final TraceReader reader;
    private final Supplier<S> empty;
    private final S whole;
    private final CallColumns columns;
    private final LazyModes modes;
    private final List<RowGroup> groups;
    private final SharedEffects effects;

    ParallelFold(TraceReader reader, Supplier<S> empty) {
        this.reader = reader;
        this.empty = empty;
        this.whole = empty.get();
        Wanted wanted = whole.wanted();
        this.columns = new CallColumns(wanted, reader.callColumns());
        this.modes = new LazyModes(reader.hooks());
        this.groups = reader.callGroups();
        this.effects = new SharedEffects(reader, groups, wanted.effects());
    }

    S run() {
        Deque<Future<Part<S>>> ahead = new ArrayDeque<>();
        UnderWay open = new UnderWay();
        try {
            CompletableFuture<Lazy> mode = CompletableFuture.completedFuture(Lazy.NONE);
            for (int next = 0; next < groups.size() || !ahead.isEmpty(); ) {
                // One more than there are threads, so that none waits while parts are merged.
                if (next < groups.size() && ahead.size() <= Processors.COUNT) {
                    int part = next++;
                    CompletableFuture<Lazy> before = mode;
                    CompletableFuture<Lazy> after = new CompletableFuture<>();
                    mode = after;
                    ahead.add(Processors.begin(() -> summarise(part, before, after)));
                } else {
                    merge(open, Processors.result(ahead.remove()));
                }
            }
            open.endBefore(Long.MAX_VALUE, whole::add);
            return whole;
        } finally {
            // No task may use the reader any more.
            Processors.end(ahead);
            effects.close();
        }
    }

    /** On one of the threads. */
    private Part<S> summarise(int part, CompletableFuture<Lazy> before, CompletableFuture<Lazy> after)
            throws InterruptedException, ExecutionException {
        RowGroup group = groups.get(part);
        try (Batch<CallColumn> batch = reader.readCalls(group, columns.present());
                SharedEffects.Use used = effects.use(part)) {
            Lazy change = modes.afterAll(batch);
            if (change != null) {
                after.complete(change);
            }
            // Parts are taken up in order, so the one before is already being read.
            Lazy mode = before.get();
            after.complete(mode);
            long start = part == 0 ? -1 : groups.get(part - 1).lastIcount();
            CallKinds kinds = new CallKinds(columns, batch, group.firstSeq(), used.rowsOfCalls());
            CallJoin join = new CallJoin(columns, modes, group.firstSeq(), mode, start, used.cursor(), kinds::ended);
            join.add(batch, kinds);
            if (part == groups.size() - 1) {
                join.effectsBefore(Long.MAX_VALUE, Long.MAX_VALUE);
            }
            S summary = empty.get();
            kinds.tell(summary::add);
            summary.order(kinds.order());
            return new Part<>(summary, join.late(), join.underWay(), join.now(), group.lastSeq() + 1);
        } finally {
            after.completeExceptionally(new IllegalStateException("part " + part + " could not be read"));
        }
    }

    private void merge(UnderWay open, Part<S> part) {
        // Calls that began before this part come before those that began in it.
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
