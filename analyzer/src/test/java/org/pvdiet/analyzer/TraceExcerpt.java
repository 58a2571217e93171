package org.pvdiet.analyzer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.Column;
import org.pvdiet.traces.EffectColumn;
import org.pvdiet.traces.Ending;
import org.pvdiet.traces.OpenCalls;
import org.pvdiet.traces.Options;
import org.pvdiet.traces.Phase;
import org.pvdiet.traces.RowBatch;
import org.pvdiet.traces.Symbol;
import org.pvdiet.traces.TraceInfo;
import org.pvdiet.traces.TraceReader;
import org.pvdiet.traces.TraceWriter;

/**
 * Cuts a small trace out of a recording: calls from the beginning, and calls from the first user instruction on, numbered
 * anew, with the symbols that their values lie in. This is how {@code traces/samples} was made.
 */
final class TraceExcerpt {
    private final TraceReader source;
    private final int fromStart;
    private final int fromUser;
    private final Map<Long, Long> numbers = new HashMap<>();
    private final TreeSet<Long> addresses = new TreeSet<>();

    private TraceExcerpt(TraceReader source, int fromStart, int fromUser) {
        this.source = source;
        this.fromStart = fromStart;
        this.fromUser = fromUser;
    }

    /** Arguments: the recording, the excerpt, how many calls from the beginning, how many from user code on. */
    public static void main(String[] arguments) {
        Path from = Path.of(arguments[0]);
        Path to = Path.of(arguments[1]);
        try (TraceReader reader = TraceReader.open(from)) {
            new TraceExcerpt(reader, Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3])).write(to);
        }
    }

    private void write(Path to) {
        try (TraceWriter writer = TraceWriter.create(to, info(), Options.defaults(), OpenCalls.ABANDON)) {
            writer.hooks(source.hooks());
            writer.sites(source.sites());
            writer.frames(source.frames());
            calls(writer);
            effects(writer);
            writer.symbols(symbols());
            Ending ending = source.ending().orElseThrow();
            writer.complete(new Ending(
                    "excerpt",
                    "an excerpt of a longer recording; that run: " + ending.detail(),
                    ending.exitCode(),
                    ending.icount(),
                    ending.consoleTail(),
                    ending.unimplementedHypercalls()));
        }
    }

    /** Where the image lay on somebody's machine says nothing elsewhere. */
    private TraceInfo info() {
        TraceInfo info = source.info();
        TraceInfo.Image image = info.image();
        return new TraceInfo(
                info.producer(),
                new TraceInfo.Image(
                        Path.of(image.path()).getFileName().toString(),
                        image.sha256(),
                        image.buildId(),
                        image.banner()),
                info.platform(),
                info.cpuModel(),
                info.commandLine(),
                info.memoryBytes(),
                info.seed(),
                info.initrd(),
                info.workload(),
                info.registers(),
                info.maxInstructions(),
                info.until());
    }

    private void calls(TraceWriter writer) {
        int user = 0;
        for (Batch<CallColumn> batch : source.calls(source.callColumns())) {
            for (int row = 0; row < batch.rows(); row++) {
                long seq = batch.get(CallColumn.SEQ, row);
                boolean isUser = batch.getInt(CallColumn.PHASE, row) == Phase.USER.ordinal();
                if (seq >= fromStart && !(isUser && user++ < fromUser)) {
                    continue;
                }
                RowBatch<CallColumn> target = writer.callBatch();
                int copy = target.open();
                copy(batch, row, target, copy, source.callColumns());
                numbers.put(seq, target.firstRow() + copy);
                if (!batch.isNull(CallColumn.PARENT, row)) {
                    Long parent = numbers.get(batch.get(CallColumn.PARENT, row));
                    if (parent == null) {
                        target.setNull(CallColumn.PARENT, copy);
                    } else {
                        target.set(CallColumn.PARENT, copy, parent);
                    }
                }
                target.finish(copy);
            }
        }
    }

    private void effects(TraceWriter writer) {
        EnumSet<EffectColumn> columns = EnumSet.allOf(EffectColumn.class);
        for (Batch<EffectColumn> batch : source.effects(columns)) {
            for (int row = 0; row < batch.rows(); row++) {
                Long seq = batch.isNull(EffectColumn.SEQ, row) ? null : numbers.get(batch.get(EffectColumn.SEQ, row));
                if (seq != null) {
                    RowBatch<EffectColumn> target = writer.effectBatch();
                    int copy = target.append();
                    copy(batch, row, target, copy, columns);
                    target.set(EffectColumn.SEQ, copy, seq);
                }
            }
        }
    }

    private <C extends Enum<C> & Column> void copy(
            Batch<C> batch, int row, RowBatch<C> target, int copy, Iterable<C> columns) {
        for (C column : columns) {
            if (!batch.isNull(column, row)) {
                long value = batch.get(column, row);
                target.set(column, copy, value);
                if (value < 0) {
                    addresses.add(value);
                }
            }
        }
    }

    private List<Symbol> symbols() {
        List<Symbol> kept = new ArrayList<>();
        List<Symbol> all = source.symbols();
        for (int i = 0; i < all.size(); i++) {
            long from = all.get(i).address();
            long to = i + 1 < all.size() ? all.get(i + 1).address() : from + 1;
            boolean used =
                    from < 0 && !addresses.subSet(from, Math.max(from + 1, to)).isEmpty();
            if (used || all.get(i).name().equals("_text") || all.get(i).name().equals("_end")) {
                kept.add(all.get(i));
            }
        }
        return kept;
    }
}
