package org.pvdiet.analyzer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.TraceReader;

/** A recording that was not let finish is a beginning, and says so. */
@Timeout(300)
class EndedEarlyTest {
    @TempDir
    Path directory;

    private Path trace;
    private Pvdiet program;

    @BeforeEach
    void start() {
        trace = directory.resolve("x.pvtrace");
        program = Pvdiet.start("record", "--kernel", Recordings.kernel(), "--platform", "native", "-o", trace);
    }

    private void awaitFile(String name) throws InterruptedException {
        while (!Files.exists(trace.resolve(name))) {
            assertTrue(program.process().isAlive(), () -> program.await().toString());
            Thread.sleep(20);
        }
    }

    /** Reads all that there is. */
    private long calls(TraceReader reader) {
        long calls = 0;
        for (Batch<CallColumn> batch : reader.calls(EnumSet.allOf(CallColumn.class).stream()
                .filter(reader.callColumns()::contains)
                .collect(Collectors.toSet()))) {
            calls += batch.rows();
        }
        return calls;
    }

    @Test
    void whatAKilledRunFinishedIsReadable() throws Exception {
        // A second part is begun once the first is finished.
        awaitFile("calls-00001.parquet.tmp");
        program.process().destroyForcibly().waitFor();
        try (TraceReader reader = TraceReader.open(trace)) {
            assertFalse(reader.complete());
            assertTrue(reader.counts().calls() > 100_000, () -> reader.counts().toString());
            assertEquals(reader.counts().calls(), calls(reader));
            assertEquals(84, reader.hooks().size());
        }
    }

    /** SIGINT takes the same way, unless the build itself runs where it is ignored. */
    @Test
    void aRunThatIsAskedToEndPutsAwayWhatItHas() throws Exception {
        awaitFile("calls-00000.parquet.tmp");
        program.process().destroy();
        program.await().failed(ExitCode.GUEST_FAILED, "interrupted");
        try (TraceReader reader = TraceReader.open(trace)) {
            assertFalse(reader.complete());
            assertTrue(reader.counts().calls() > 0);
            assertEquals(reader.counts().calls(), calls(reader));
        }
    }
}
