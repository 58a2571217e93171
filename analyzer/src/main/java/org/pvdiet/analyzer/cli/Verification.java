package org.pvdiet.analyzer.cli;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.pvdiet.emulator.machine.Machine;
import org.pvdiet.emulator.session.Guest;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.Column;
import org.pvdiet.traces.EffectColumn;
import org.pvdiet.traces.TraceInfo;
import org.pvdiet.traces.TraceReader;

/** Records a guest a second time and compares, row by row. */
final class Verification {
    /** The first row in which two tables differ. */
    private record Difference(String table, long row, String column, String recorded, String replayed) {}

    private Verification() {}

    static int run(TraceReader recorded, Guest guest) throws IOException {
        TraceInfo info = recorded.info();
        Path directory = Files.createTempDirectory("pvdiet-replay");
        try (Interruption interruption = Interruption.begin()) {
            Path again = directory.resolve("again.pvtrace");
            RecordingRun run = RecordingRun.record(
                    guest,
                    again,
                    info.registers(),
                    false,
                    Optional.empty(),
                    info.until().map(Pattern::compile),
                    info.maxInstructions().orElse(Machine.UNLIMITED),
                    interruption);
            try (TraceReader replayed = TraceReader.open(again)) {
                Optional<Difference> difference = compare(recorded, replayed);
                if (difference.isEmpty()) {
                    System.out.printf(
                            Locale.ROOT,
                            "verified: %d calls and %d effects are as recorded%s%n",
                            recorded.counts().calls(),
                            recorded.counts().effects(),
                            recorded.complete()
                                    ? ""
                                    : " (the recording is incomplete; it was compared as far as it goes)");
                    return ExitCode.DONE;
                }
                Difference first = difference.get();
                System.out.printf(
                        Locale.ROOT,
                        "%s %d differs first: %s is %s in the recording, %s in the replay%n",
                        first.table(),
                        first.row(),
                        first.column(),
                        first.recorded(),
                        first.replayed());
                return ExitCode.FOUND;
            }
        } finally {
            MoreFiles.deleteRecursively(directory, RecursiveDeleteOption.ALLOW_INSECURE);
        }
    }

    private static Optional<Difference> compare(TraceReader recorded, TraceReader replayed) {
        Set<CallColumn> calls = EnumSet.copyOf(recorded.callColumns());
        Optional<Difference> difference =
                compare("call", recorded.calls(calls), replayed.calls(calls), recorded.complete(), calls);
        Set<EffectColumn> effects = EnumSet.allOf(EffectColumn.class);
        return difference.or(() ->
                compare("effect", recorded.effects(effects), replayed.effects(effects), recorded.complete(), effects));
    }

    private static <C extends Enum<C> & Column> Optional<Difference> compare(
            String table, Iterable<Batch<C>> recorded, Iterable<Batch<C>> replayed, boolean complete, Set<C> columns) {
        Rows<C> left = new Rows<>(recorded.iterator());
        Rows<C> right = new Rows<>(replayed.iterator());
        for (long row = 0; ; row++) {
            boolean more = left.next();
            boolean moreReplayed = right.next();
            if (!more) {
                return moreReplayed && complete
                        ? Optional.of(new Difference(table, row, "it", "absent", "present"))
                        : Optional.empty();
            }
            if (!moreReplayed) {
                return Optional.of(new Difference(table, row, "it", "present", "absent"));
            }
            for (C column : columns) {
                String a = left.value(column);
                String b = right.value(column);
                if (!a.equals(b)) {
                    return Optional.of(new Difference(table, row, column.columnName(), a, b));
                }
            }
        }
    }

    /** Rows of all batches, one after the other. */
    private static final class Rows<C extends Enum<C> & Column> {
        private final Iterator<Batch<C>> batches;
        private Batch<C> batch;
        private int row;

        Rows(Iterator<Batch<C>> batches) {
            this.batches = batches;
        }

        boolean next() {
            row++;
            while (batch == null || row >= batch.rows()) {
                if (!batches.hasNext()) {
                    return false;
                }
                batch = batches.next();
                row = 0;
            }
            return true;
        }

        String value(C column) {
            return batch.isNull(column, row) ? "null" : String.format("%#x", batch.get(column, row));
        }
    }
}
