package org.pvdiet.traces;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is written is read back, and the same is written every time. */
class RoundTripTest {
    private static final long SEED = 20240101;
    private static final int CALLS = 50_000;
    private static final Options SMALL =
            Options.defaults().withPartRows(20_000).withRowGroupRows(7_000).withBatchRows(1_000);

    @TempDir
    Path directory;

    @ParameterizedTest(name = "registers {0}, seed " + SEED)
    @EnumSource(RegisterMode.class)
    void readsBackWhatWasWritten(RegisterMode registers) {
        Path path = directory.resolve("x.pvtrace");
        SyntheticRun.record(path, SEED, registers, CALLS, SMALL);
        try (TraceReader reader = TraceReader.open(path)) {
            assertTrue(reader.complete());
            assertEquals(SyntheticRun.info(registers), reader.info());
            assertEquals(SyntheticRun.ending(), reader.ending().orElseThrow());
            assertEquals(SyntheticRun.hooks(), reader.hooks());
            assertEquals(SyntheticRun.sites(), reader.sites());
            assertEquals(SyntheticRun.symbols(), reader.symbols());
            assertEquals(SyntheticRun.frames(), reader.frames());
            assertEquals(CALLS, reader.counts().calls());
            assertEquals(3 + 3 + 2, reader.callGroups().size());
            compareRows(reader, registers);
        }
    }

    private static void compareRows(TraceReader reader, RegisterMode registers) {
        SyntheticRun run = new SyntheticRun(SEED, registers);
        long calls = 0;
        for (Batch<CallColumn> batch : reader.calls(reader.callColumns())) {
            for (int row = 0; row < batch.rows(); row++) {
                run.nextCall();
                for (CallColumn column : reader.callColumns()) {
                    boolean has = run.callHas[column.ordinal()];
                    assertEquals(has, !batch.isNull(column, row), () -> column + " present");
                    if (has) {
                        assertEquals(run.call[column.ordinal()], batch.get(column, row), () -> column + "");
                    }
                }
                calls++;
            }
        }
        assertEquals(CALLS, calls);
        SyntheticRun again = new SyntheticRun(SEED, registers);
        long effects = 0;
        int ordinal = 0;
        int left = 0;
        for (Batch<EffectColumn> batch : reader.effects(EnumSet.allOf(EffectColumn.class))) {
            for (int row = 0; row < batch.rows(); row++) {
                while (ordinal == left) {
                    left = again.nextCall();
                    ordinal = 0;
                }
                again.nextEffect(ordinal++);
                for (EffectColumn column : EffectColumn.values()) {
                    boolean has = again.effectHas[column.ordinal()];
                    assertEquals(has, !batch.isNull(column, row), () -> column + " present");
                    if (has) {
                        assertEquals(again.effect[column.ordinal()], batch.get(column, row), () -> column + "");
                    }
                }
                effects++;
            }
        }
        assertEquals(reader.counts().effects(), effects);
        assertTrue(effects > 1000);
    }

    @Test
    void readsOnlyTheColumnsAskedForAndThoseTheyNeed() {
        Path path = directory.resolve("x.pvtrace");
        SyntheticRun.record(path, SEED, RegisterMode.FULL, 1000, SMALL);
        try (TraceReader reader = TraceReader.open(path)) {
            for (Batch<CallColumn> batch : reader.calls(EnumSet.of(CallColumn.HOOK, CallColumn.RBX_AFTER))) {
                assertEquals(
                        List.of(CallColumn.HOOK, CallColumn.RFLAGS_AFTER, CallColumn.RBX, CallColumn.RBX_AFTER),
                        batch.columns());
                assertFalse(batch.has(CallColumn.SITE));
            }
        }
    }

    @Test
    void findsCallsAndTheirEffectsBySeq() {
        Path path = directory.resolve("x.pvtrace");
        SyntheticRun.record(path, SEED, RegisterMode.ARGS, CALLS, SMALL);
        try (TraceReader reader = TraceReader.open(path)) {
            // Across the boundary of parts at 20,000 and of row groups at 27,000 (20,000 + 7,000).
            for (long from : new long[] {0, 19_995, 26_990, CALLS - 5}) {
                try (Batch<CallColumn> calls = reader.callRange(from, from + 20);
                        Batch<EffectColumn> effects = reader.effectRange(from, from + 20)) {
                    assertEquals(Math.min(20, CALLS - from), calls.rows());
                    for (int row = 0; row < calls.rows(); row++) {
                        assertEquals(from + row, calls.get(CallColumn.SEQ, row));
                    }
                    for (int row = 0; row < effects.rows(); row++) {
                        long seq = effects.get(EffectColumn.SEQ, row);
                        assertTrue(seq >= from && seq < from + 20);
                    }
                }
            }
            try (Batch<CallColumn> none = reader.callRange(CALLS, CALLS + 1)) {
                assertEquals(0, none.rows());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(RegisterMode.class)
    void sameCallsGiveTheSameBytes(RegisterMode registers) throws IOException {
        Path a = directory.resolve("a.pvtrace");
        Path b = directory.resolve("b.pvtrace");
        SyntheticRun.record(a, SEED, registers, CALLS, SMALL);
        SyntheticRun.record(b, SEED, registers, CALLS, SMALL);
        List<Path> files;
        try (Stream<Path> list = Files.list(a)) {
            files = list.sorted().toList();
        }
        assertEquals(3 + 1 + 4 + 1, files.size(), files::toString);
        for (Path file : files) {
            assertArrayEquals(
                    Files.readAllBytes(file), Files.readAllBytes(b.resolve(file.getFileName())), file::toString);
        }
    }

    @Test
    void aTraceWithoutCallsHasAllTables() throws IOException {
        Path path = directory.resolve("x.pvtrace");
        try (TraceWriter writer =
                TraceWriter.create(path, SyntheticRun.info(RegisterMode.ARGS), Options.defaults(), OpenCalls.ABANDON)) {
            writer.complete(SyntheticRun.ending());
        }
        for (Table table : Table.values()) {
            assertTrue(Files.exists(path.resolve(table.fileName(0))), table::tableName);
        }
        try (TraceReader reader = TraceReader.open(path)) {
            assertEquals(List.of(), reader.hooks());
            assertEquals(List.of(), reader.callGroups());
        }
    }
}
