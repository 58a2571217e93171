package org.pvdiet.analyzer.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.Column;
import org.pvdiet.traces.EffectColumn;
import org.pvdiet.traces.Options;
import org.pvdiet.traces.RowBatch;
import org.pvdiet.traces.TraceReader;
import org.pvdiet.traces.TraceWriter;

/** Copies of traces that are not quite what they were. */
final class AlteredTrace {
    private AlteredTrace() {}

    static Path copy(Path source, Path target) throws IOException {
        Files.createDirectory(target);
        try (Stream<Path> files = Files.list(source)) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
        return target;
    }

    /** A bit in the middle of the calls is another; the trace's own checksum tells. */
    static Path damaged(Path source, Path target) throws IOException {
        copy(source, target);
        Path calls = target.resolve("calls-00000.parquet");
        byte[] bytes = Files.readAllBytes(calls);
        bytes[bytes.length / 2] ^= 1;
        Files.write(calls, bytes);
        return target;
    }

    /** One value of one call is another. */
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
                    RowBatch<CallColumn> to = writer.callBatch();
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
                    RowBatch<EffectColumn> to = writer.effectBatch();
                    copy(effectColumns, from, row, to, to.append());
                }
            }
            writer.complete(reader.ending().orElseThrow());
        }
    }

    private static <C extends Enum<C> & Column> void copy(
            Set<C> columns, Batch<C> from, int row, RowBatch<C> to, int copy) {
        for (C column : columns) {
            if (!from.isNull(column, row)) {
                to.set(column, copy, from.get(column, row));
            }
        }
    }
}
