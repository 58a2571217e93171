package org.pvdiet.analyzer.cli;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.Column;
import org.pvdiet.traces.EffectColumn;
import org.pvdiet.traces.Options;
import org.pvdiet.traces.TraceReader;
import org.pvdiet.traces.TraceWriter;

/** A copy of a trace in which one value of one call is another. */
final class AlteredTrace {
    private AlteredTrace() {}

    static void write(Path source, Path target, long seq, CallColumn altered, long value) {
        try (TraceReader reader = TraceReader.open(source);
                TraceWriter writer =
                        TraceWriter.create(target, reader.info(), Options.defaults(), (batch, row) -> {})) {
            writer.hooks(reader.hooks());
            writer.sites(reader.sites());
            writer.symbols(reader.symbols());
            writer.frames(reader.frames());
            Set<CallColumn> columns = EnumSet.copyOf(reader.callColumns());
            for (Batch<CallColumn> from : reader.calls(columns)) {
                for (int row = 0; row < from.rows(); row++) {
                    Batch<CallColumn> to = writer.callBatch();
                    int copy = to.append();
                    copy(columns, from, row, to, copy);
                    if (from.get(CallColumn.SEQ, row) == seq) {
                        to.set(altered, copy, value);
                    }
                }
            }
            Set<EffectColumn> effectColumns = EnumSet.allOf(EffectColumn.class);
            for (Batch<EffectColumn> from : reader.effects(effectColumns)) {
                for (int row = 0; row < from.rows(); row++) {
                    Batch<EffectColumn> to = writer.effectBatch();
                    copy(effectColumns, from, row, to, to.append());
                }
            }
            writer.complete(reader.ending().orElseThrow());
        }
    }

    private static <C extends Enum<C> & Column> void copy(
            Set<C> columns, Batch<C> from, int row, Batch<C> to, int copy) {
        for (C column : columns) {
            if (!from.isNull(column, row)) {
                to.set(column, copy, from.get(column, row));
            }
        }
    }
}
