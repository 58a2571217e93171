package org.pvdiet.traces;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceWriterTest {
    private static final Options SMALL =
            Options.defaults().withPartRows(2_000).withRowGroupRows(1_000).withBatchRows(100);

    @TempDir
    Path directory;

    @Test
    void refusesWhatExistsUnlessAskedToReplaceATrace() throws IOException {
        Path path = directory.resolve("x.pvtrace");
        SyntheticRun.record(path, 1, RegisterMode.ARGS, 5_000, SMALL);
        TraceWriteException refused = assertThrows(
                TraceWriteException.class, () -> SyntheticRun.record(path, 1, RegisterMode.ARGS, 10, SMALL));
        assertTrue(refused.getMessage().contains("exists"), refused::getMessage);

        SyntheticRun.record(path, 1, RegisterMode.ARGS, 10, SMALL.withOverwrite(true));
        assertFalse(Files.exists(path.resolve("calls-00001.parquet")), "the old trace's parts are gone");
        try (TraceReader reader = TraceReader.open(path)) {
            assertEquals(10, reader.counts().calls());
        }
    }

    @Test
    void neverDeletesWhatIsNoTrace() throws IOException {
        Path path = directory.resolve("precious");
        Files.createDirectories(path);
        Path file = Files.writeString(path.resolve("thesis.txt"), "years of work");
        Files.writeString(path.resolve("trace.json"), "{}");
        assertThrows(
                TraceWriteException.class,
                () -> SyntheticRun.record(path, 1, RegisterMode.ARGS, 10, SMALL.withOverwrite(true)));
        assertTrue(Files.exists(file));
        assertThrows(
                TraceWriteException.class,
                () -> SyntheticRun.record(file, 1, RegisterMode.ARGS, 10, SMALL.withOverwrite(true)));
        assertTrue(Files.exists(file));
    }

    @Test
    void aWriterThatIsNotCompletedLeavesAnIncompleteTrace() {
        Path path = directory.resolve("x.pvtrace");
        try (TraceWriter writer =
                TraceWriter.create(path, SyntheticRun.info(RegisterMode.ARGS), SMALL, OpenCalls.ABANDON)) {
            new SyntheticRun(1, RegisterMode.ARGS).write(writer, 3_333);
        }
        try (TraceReader reader = TraceReader.open(path)) {
            assertFalse(reader.complete());
            assertTrue(reader.ending().isEmpty());
            assertEquals(3_333, reader.counts().calls());
            assertEquals(List.of(), reader.hooks());
        }
    }

    @Test
    void callsStandInOrderOfEntryWhateverTheOrderOfTheirEnds() {
        Path path = directory.resolve("x.pvtrace");
        try (TraceWriter writer =
                TraceWriter.create(path, SyntheticRun.info(RegisterMode.ARGS), SMALL, OpenCalls.ABANDON)) {
            RowBatch<CallColumn> outer = writer.callBatch();
            int row = begin(outer);
            for (int i = 0; i < 250; i++) {
                RowBatch<CallColumn> inner = writer.callBatch();
                end(inner, begin(inner), 1);
            }
            end(outer, row, 77);
            writer.complete(SyntheticRun.ending());
        }
        try (TraceReader reader = TraceReader.open(path);
                Batch<CallColumn> calls = reader.callRange(0, 1000)) {
            assertEquals(251, calls.rows());
            assertEquals(77, calls.get(CallColumn.INSTRUCTIONS, 0));
            assertEquals(Outcome.RETURNED.ordinal(), calls.get(CallColumn.OUTCOME, 0));
            for (int i = 0; i < calls.rows(); i++) {
                assertEquals(i, calls.get(CallColumn.SEQ, i));
            }
        }
    }

    /** Calls of two stacks, each nested, leave rows open in several batches, which are recycled meanwhile. */
    @Test
    void whatACallEndedWithIsInItsRowWhereverThatWaited() {
        Path path = directory.resolve("x.pvtrace");
        int[] stays = {1, 1, 1, 150, 1, 40, 1, 730, 1, 1};
        int count = 20_000;
        List<List<Runnable>> ends = new ArrayList<>();
        for (int i = 0; i <= count; i++) {
            ends.add(new ArrayList<>());
        }
        try (TraceWriter writer =
                TraceWriter.create(path, SyntheticRun.info(RegisterMode.ARGS), SMALL, OpenCalls.ABANDON)) {
            for (int i = 0; i < count; i++) {
                RowBatch<CallColumn> batch = writer.callBatch();
                int row = begin(batch);
                int seq = i;
                ends.get(Math.min(count, i + stays[i % stays.length])).add(() -> {
                    if (seq % 3 != 0) {
                        batch.set(CallColumn.RESULT, row, -seq);
                    }
                    end(batch, row, seq);
                });
                ends.get(i).forEach(Runnable::run);
            }
            ends.get(count).forEach(Runnable::run);
            writer.complete(SyntheticRun.ending());
        }
        try (TraceReader reader = TraceReader.open(path);
                Batch<CallColumn> calls = reader.callRange(0, count)) {
            assertEquals(count, calls.rows());
            for (int i = 0; i < count; i++) {
                assertEquals(i, calls.get(CallColumn.SEQ, i));
                assertEquals(i, calls.get(CallColumn.INSTRUCTIONS, i));
                assertEquals(i % 3 == 0, calls.isNull(CallColumn.RESULT, i));
                if (i % 3 != 0) {
                    assertEquals(-i, calls.get(CallColumn.RESULT, i));
                }
            }
        }
    }

    @Test
    void aCallThatStaysOpenForTooLongIsAbandoned() {
        Path path = directory.resolve("x.pvtrace");
        List<Long> abandoned = new ArrayList<>();
        OpenCalls openCalls = (batch, row) -> {
            abandoned.add(batch.firstRow() + row);
            OpenCalls.ABANDON.abandon(batch, row);
        };
        int held = 100 * (TraceWriter.MAX_WAITING_BATCHES + 1);
        try (TraceWriter writer = TraceWriter.create(path, SyntheticRun.info(RegisterMode.ARGS), SMALL, openCalls)) {
            begin(writer.callBatch());
            for (int i = 1; i < held; i++) {
                RowBatch<CallColumn> batch = writer.callBatch();
                end(batch, begin(batch), 1);
            }
            assertEquals(List.of(), abandoned, "all batches that may wait are waiting");
            begin(writer.callBatch());
            assertEquals(List.of(0L), abandoned);
            writer.complete(SyntheticRun.ending());
            assertEquals(List.of(0L, (long) held), abandoned);
        }
        try (TraceReader reader = TraceReader.open(path);
                Batch<CallColumn> calls = reader.callRange(0, 2)) {
            assertEquals(held + 1, reader.counts().calls());
            assertEquals(Outcome.ABANDONED.ordinal(), calls.get(CallColumn.OUTCOME, 0));
            assertTrue(calls.isNull(CallColumn.RFLAGS_AFTER, 0));
            assertEquals(Outcome.RETURNED.ordinal(), calls.get(CallColumn.OUTCOME, 1));
        }
    }

    @Test
    void aRowWithoutARequiredValueIsRefused() {
        Path path = directory.resolve("x.pvtrace");
        try (TraceWriter writer =
                TraceWriter.create(path, SyntheticRun.info(RegisterMode.ARGS), SMALL, OpenCalls.ABANDON)) {
            writer.effectBatch().append();
            TraceWriteException e =
                    assertThrows(TraceWriteException.class, () -> writer.complete(SyntheticRun.ending()));
            assertTrue(e.getMessage().contains("ordinal"), e::getMessage);
        }
    }

    /** A run that is killed leaves its finished parts, and says that it is incomplete. */
    @Test
    void whatAKilledRunHasFinishedCanBeRead() throws Exception {
        Path path = directory.resolve("x.pvtrace");
        Process process = start(path);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Files.exists(path.resolve("calls-00004.parquet.tmp")) && System.nanoTime() < deadline) {
            Thread.sleep(5);
        }
        process.destroyForcibly().waitFor();
        assertTrue(Files.exists(path.resolve("calls-00003.parquet")), "the run wrote parts");
        try (TraceReader reader = TraceReader.open(path)) {
            assertFalse(reader.complete());
            assertEquals(SyntheticRun.hooks(), reader.hooks());
            SyntheticRun run = new SyntheticRun(1, RegisterMode.ARGS);
            long calls = 0;
            for (Batch<CallColumn> batch : reader.calls(EnumSet.of(CallColumn.SEQ, CallColumn.ICOUNT))) {
                for (int row = 0; row < batch.rows(); row++) {
                    run.nextCall();
                    assertEquals(calls++, batch.get(CallColumn.SEQ, row));
                    assertEquals(run.call[CallColumn.ICOUNT.ordinal()], batch.get(CallColumn.ICOUNT, row));
                }
            }
            assertEquals(reader.counts().calls(), calls);
            assertTrue(calls >= 4 * 100_000, () -> "parts were finished");
            assertEquals(0, calls % 100_000);
        }
    }

    private static Process start(Path path) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-opens=java.base/java.nio=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EndlessRun.class.getName(),
                        path.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Records until it is killed. */
    static final class EndlessRun {
        private EndlessRun() {}

        public static void main(String[] args) {
            Options options = Options.defaults().withPartRows(100_000);
            try (TraceWriter writer = TraceWriter.create(
                    Path.of(args[0]), SyntheticRun.info(RegisterMode.ARGS), options, OpenCalls.ABANDON)) {
                writer.hooks(SyntheticRun.hooks());
                new SyntheticRun(1, RegisterMode.ARGS).write(writer, Long.MAX_VALUE);
            }
        }
    }

    /** A file system of one megabyte, which only root can mount. */
    @Test
    void aFullDiskIsReportedAndWhatWasFinishedIsKept() throws Exception {
        Path disk = Files.createDirectory(directory.resolve("disk"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()) == 0, "cannot mount a tmpfs");
        try {
            Path path = disk.resolve("x.pvtrace");
            TraceWriteException e = assertThrows(
                    TraceWriteException.class,
                    () -> SyntheticRun.record(
                            path,
                            1,
                            RegisterMode.ARGS,
                            10_000_000,
                            Options.defaults().withPartRows(50_000)));
            assertTrue(e.getMessage().contains("No space left on device"), e::getMessage);
            assertTrue(e.getMessage().contains(path.toString()), e::getMessage);
            try (TraceReader reader = TraceReader.open(path)) {
                assertFalse(reader.complete());
                assertTrue(reader.counts().calls() > 0);
                try (Batch<CallColumn> first = reader.callRange(0, 10)) {
                    assertEquals(10, first.rows());
                }
            }
        } finally {
            run("umount", disk.toString());
        }
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(new File("/dev/null"))
                .start()
                .waitFor();
    }

    private static int begin(RowBatch<CallColumn> batch) {
        int row = batch.open();
        for (CallColumn column : EnumSet.range(CallColumn.DEPTH, CallColumn.PHASE)) {
            batch.set(column, row, 0);
        }
        for (CallColumn column : EnumSet.range(CallColumn.RFLAGS, CallColumn.CR4)) {
            batch.set(column, row, 0);
        }
        return row;
    }

    private static void end(RowBatch<CallColumn> batch, int row, long instructions) {
        batch.set(CallColumn.INSTRUCTIONS, row, instructions);
        batch.set(CallColumn.HYPERCALLS, row, 0);
        batch.set(CallColumn.TRAPS, row, 0);
        batch.set(CallColumn.OUTCOME, row, Outcome.RETURNED);
        batch.finish(row);
    }
}
