package org.pvdiet.analyzer.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pvdiet.analyzer.diff.Diff;
import org.pvdiet.analyzer.diff.DiffReport;
import org.pvdiet.analyzer.diff.TraceLog;
import org.pvdiet.emulator.session.PlatformName;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.TraceReader;

/** The same inputs make the same run, and a recording that says otherwise is found out. */
class ReplayTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void recordingTwiceInterpretedAndTranslatedGivesTheSameBytes(PlatformName platform) throws IOException {
        Path first = Recordings.brief(platform).trace();
        Path second = Recordings.briefAgain(platform).trace();
        TreeMap<String, byte[]> files = files(first);
        assertTrue(files.containsKey("calls-00000.parquet"), files.keySet()::toString);
        TreeMap<String, byte[]> again = files(second);
        assertEquals(files.keySet(), again.keySet());
        files.forEach((name, bytes) -> assertArrayEquals(bytes, again.get(name), name));
    }

    private static TreeMap<String, byte[]> files(Path trace) throws IOException {
        TreeMap<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> list = Files.list(trace)) {
            for (Path file : list.toList()) {
                files.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        return files;
    }

    @ParameterizedTest
    @EnumSource
    void aReplayIsVerified(PlatformName platform) {
        Path trace = Recordings.brief(platform).trace();
        String said = Pvdiet.run("replay", trace, "--verify").done().out();
        assertTrue(said.matches("(?s)verified: \\d{5,} calls and \\d{3,} effects are as recorded\n"), said);
    }

    /** Other machine frames are all that a guest can tell. */
    @Test
    void theSeedDecidesWhichFramesAXenGuestGets() throws IOException {
        Pvdiet first = seeded(41);
        seeded(42).await().done();
        first.await().done();
        Path trace = directory.resolve("41.pvtrace");
        Path other = directory.resolve("42.pvtrace");
        assertNotEquals(-1, Files.mismatch(trace.resolve("frames.parquet"), other.resolve("frames.parquet")));
        try (TraceReader one = TraceReader.open(trace);
                TraceReader two = TraceReader.open(other)) {
            assertEquals(41, one.info().seed());
            DiffReport.Summary summary =
                    Diff.of(TraceLog.of(one), TraceLog.of(two)).summary();
            assertTrue(summary.comparedCalls() > 5000, summary::toString);
            assertEquals(0, summary.divergentHooks(), summary::toString);
        }
        Pvdiet.run("replay", trace, "--verify").done();
    }

    private Pvdiet seeded(long seed) {
        return Pvdiet.start(
                "record",
                "--kernel",
                Recordings.kernel(),
                "--platform",
                PlatformName.XEN_PV,
                "--max-instructions",
                15_000_000,
                "--seed",
                seed,
                "-o",
                directory.resolve(seed + ".pvtrace"));
    }

    @Test
    void aDifferenceIsNamed() {
        Path altered = directory.resolve("altered.pvtrace");
        AlteredTrace.write(Recordings.brief(PlatformName.NATIVE).trace(), altered, 12345, CallColumn.RFLAGS, 0x42);
        Pvdiet.Result result = Pvdiet.run("replay", altered, "--verify");
        assertEquals(ExitCode.FOUND, result.exitCode(), result::toString);
        assertTrue(
                result.out().startsWith("call 12345 differs first: rflags is 0x42 in the recording, 0x"), result::out);
    }

    @ParameterizedTest
    @EnumSource
    void theMachineIsShownBeforeACall(PlatformName platform) {
        Path trace = Recordings.brief(platform).trace();
        String shown = Pvdiet.run("replay", trace, "--at", "20000").done().out();
        for (String part : List.of("call 20000: ", "rax ", "cr3 ", "walk of rip", "level 2", "code", "stack")) {
            assertTrue(shown.contains(part), () -> part + " is missing in " + shown);
        }
    }

    @Test
    void aCallThatIsNotThereIsSaid() {
        Path trace = Recordings.brief(PlatformName.NATIVE).trace();
        Pvdiet.run("replay", trace, "--at", "999999999").failed(ExitCode.BAD_INPUT, "there is no call 999999999");
    }
}
