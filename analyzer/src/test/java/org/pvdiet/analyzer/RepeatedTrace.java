package org.pvdiet.analyzer;

import java.nio.file.Path;
import java.util.EnumSet;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.Column;
import org.pvdiet.traces.EffectColumn;
import org.pvdiet.traces.OpenCalls;
import org.pvdiet.traces.Options;
import org.pvdiet.traces.Phase;
import org.pvdiet.traces.RowBatch;
import org.pvdiet.traces.TraceReader;
import org.pvdiet.traces.TraceWriter;

/**
 * Makes a long trace by writing the calls of a recording several times, each time later: to measure how analysis grows with
 * the trace. BENCHMARKS.md says how.
 */
public final class RepeatedTrace {
    private RepeatedTrace() {}

    /** Arguments: the recording, the long trace, how many times. */
    public static void main(String[] arguments) {
        try (TraceReader reader = TraceReader.open(Path.of(arguments[0]))) {
            write(reader, Path.of(arguments[1]), Integer.parseInt(arguments[2]), Options.defaults());
        }
    }

    /** Writes a recording's calls several times. */
    public static void write(TraceReader reader, Path to, int times, Options options) {
        try (TraceWriter writer = TraceWriter.create(to, reader.info(), options, OpenCalls.ABANDON)) {
            writer.hooks(reader.hooks());
            writer.sites(reader.sites());
            writer.symbols(reader.symbols());
            writer.frames(reader.frames());
            for (int i = 0; i < times; i++) {
                long calls = i * reader.counts().calls();
                long icount = i * (reader.ending().orElseThrow().icount() + 1);
                calls(reader, writer, calls, icount);
                effects(reader, writer, calls, icount);
            }
            writer.complete(reader.ending().orElseThrow());
        }
    }

    private static void calls(TraceReader reader, TraceWriter writer, long calls, long icount) {
        for (Batch<CallColumn> batch : reader.calls(reader.callColumns())) {
            for (int row = 0; row < batch.rows(); row++) {
                RowBatch<CallColumn> target = writer.callBatch();
                int at = target.append();
                copy(batch, row, target, at);
                shift(target, CallColumn.PARENT, at, calls);
                shift(target, CallColumn.ICOUNT, at, icount);
                if (calls > 0) {
                    // Start-up does not come twice.
                    target.set(CallColumn.PHASE, at, Phase.USER.ordinal());
                }
            }
        }
    }

    private static void effects(TraceReader reader, TraceWriter writer, long calls, long icount) {
        for (Batch<EffectColumn> batch : reader.effects(EnumSet.allOf(EffectColumn.class))) {
            for (int row = 0; row < batch.rows(); row++) {
                RowBatch<EffectColumn> target = writer.effectBatch();
                int at = target.append();
                copy(batch, row, target, at);
                shift(target, EffectColumn.SEQ, at, calls);
                shift(target, EffectColumn.ICOUNT, at, icount);
            }
        }
    }

    private static <C extends Enum<C> & Column> void copy(Batch<C> from, int row, RowBatch<C> to, int at) {
        for (C column : from.columns()) {
            if (!from.isNull(column, row)) {
                to.set(column, at, from.get(column, row));
            }
        }
    }

    private static <C extends Enum<C> & Column> void shift(RowBatch<C> batch, C column, int row, long by) {
        if (!batch.isNull(column, row)) {
            batch.set(column, row, batch.get(column, row) + by);
        }
    }
}
