package org.pvdiet.analyzer.calls;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.EffectColumn;
import org.pvdiet.traces.TraceReader;

/** Reads the calls of a trace together with what happened in them. */
public final class CallStream {
    static final Set<EffectColumn> EFFECT_COLUMNS =
            Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.of(EffectColumn.ORDINAL)));

    private CallStream() {}

    /**
     * Gives all calls of a trace to {@code consumer} on this thread, each when it has ended: calls that do not overlap in
     * order.
     */
    public static void read(TraceReader reader, Wanted wanted, Consumer<RecordedCall> consumer) {
        CallColumns columns = new CallColumns(wanted, reader.callColumns());
        CallJoin join = new CallJoin(
                columns,
                new LazyModes(reader.hooks()),
                0,
                Lazy.NONE,
                -1,
                wanted.effects()
                        ? new EffectCursor(reader.effects(EFFECT_COLUMNS).iterator(), 0)
                        : EffectCursor.empty(),
                consumer);
        for (Batch<CallColumn> batch : reader.calls(columns.present())) {
            join.add(batch);
        }
        join.finish();
    }

    /**
     * Summarises all calls of a trace, parts of it at the same time on all processors. {@code empty} is asked for a summary
     * for each part, and must be safe for several threads.
     *
     * <p>Calls are given by kind, and after those of a part their order. Calls that cross the border of parts are given by
     * themselves, before those that began after them. Memory does not grow with the trace, but for what summaries keep.
     */
    public static <S extends Summary<S>> S fold(TraceReader reader, Supplier<S> empty) {
        return fold(reader, empty, Slice.Limits.USUAL);
    }

    /** The same with other limits of slices. */
    static <S extends Summary<S>> S fold(TraceReader reader, Supplier<S> empty, Slice.Limits limits) {
        return new ParallelFold<>(reader, empty, limits).run();
    }
}
