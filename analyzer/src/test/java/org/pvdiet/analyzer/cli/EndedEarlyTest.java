package org.pvdiet.analyzer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.TraceReader;

/** A recording that was not let finish is a beginning, and says so. */
@Timeout(300)
class EndedEarlyTest {
    private static final String NATIVE = "native.pvtrace";
    private static final String XEN = "xen-pv.pvtrace";

    @TempDir
    Path directory;

    private Pvdiet program;

    private void start(Object... arguments) {
        program = Pvdiet.start(arguments);
    }

    private void awaitFile(String trace, String name) throws InterruptedException {
        while (!Files.exists(directory.resolve(trace).resolve(name))) {
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
        start("record", "--kernel", Recordings.kernel(), "--platform", "native", "-o", directory.resolve(NATIVE));
        // A second part is begun once the first is finished.
        awaitFile(NATIVE, "calls-00001.parquet.tmp");
        program.process().destroyForcibly().waitFor();
        try (TraceReader reader = TraceReader.open(directory.resolve(NATIVE))) {
            assertFalse(reader.complete());
            assertTrue(reader.counts().calls() > 100_000, () -> reader.counts().toString());
            assertEquals(reader.counts().calls(), calls(reader));
            assertEquals(84, reader.hooks().size());
        }
    }

    /** The user's Ctrl-C, and what a machine that shuts down sends. */
    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void aRunThatIsAskedToEndPutsAwayWhatItHas(String signal) throws Exception {
        start("record", "--kernel", Recordings.kernel(), "--platform", "native", "-o", directory.resolve(NATIVE));
        awaitFile(NATIVE, "calls-00000.parquet.tmp");
        program.signal(signal);
        Pvdiet.Result result = program.await().failed(ExitCode.GUEST_FAILED, "interrupted");
        long calls = readable(NATIVE);
        assertTrue(result.out().startsWith(calls + " calls, "), result::toString);
    }

    /** One request ends both guests. */
    @Test
    void aStudyThatIsAskedToEndPutsAwayWhatItHas() throws Exception {
        start("study", "--kernel", Recordings.kernel(), "-o", directory);
        awaitFile(NATIVE, "calls-00000.parquet.tmp");
        awaitFile(XEN, "calls-00000.parquet.tmp");
        program.signal("INT");
        program.await().failed(ExitCode.GUEST_FAILED, "interrupted");
        for (String name : List.of(NATIVE, XEN)) {
            assertTrue(readable(name) > 0, name);
        }
    }

    /** How many calls an incomplete trace has, all of which can be read. */
    private long readable(String name) {
        try (TraceReader reader = TraceReader.open(directory.resolve(name))) {
            assertFalse(reader.complete());
            assertEquals(reader.counts().calls(), calls(reader));
            return reader.counts().calls();
        }
    }
}
