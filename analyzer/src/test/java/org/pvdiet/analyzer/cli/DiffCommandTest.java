package org.pvdiet.analyzer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pvdiet.analyzer.MadeTrace;
import org.pvdiet.analyzer.MadeTrace.MadeHook;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.Options;

/** {@code pvdiet diff}: damaged traces, two kernels, three traces. */
@Isolated("takes what is printed on standard output, which is everybody's")
class DiffCommandTest {
    private static final Path SAMPLES = Path.of("..", "traces", "samples");
    private static final Path NATIVE = SAMPLES.resolve("native.pvtrace");
    private static final Path XEN = SAMPLES.resolve("xen-pv.pvtrace");
    private static final MadeHook CR4 = new MadeHook("cpu.write_cr4", "void write_cr4(unsigned long val)", "x");
    private static final MadeHook SAVE = new MadeHook("irq.save_fl", "unsigned long save_fl(void)", "x");
    private static final MadeHook CR8 = new MadeHook("cpu.read_cr8", "unsigned long read_cr8(void)", "x");
    private static final MadeHook MULTI = new MadeHook("mmu.flush_tlb_multi", "void flush_tlb_multi(void)", "x");

    @TempDir
    private Path directory;

    private Path copy(Path trace, String name) throws IOException {
        return AlteredTrace.copy(trace, directory.resolve(name));
    }

    private static void refuses(Path first, Path second, Path damaged) {
        CommandRun ran = CommandRun.of(new DiffCommand(), first, second);
        assertEquals(ExitCode.BAD_INPUT, ran.exitCode(), ran.err());
        assertEquals("", ran.out());
        assertTrue(ran.err().startsWith("pvdiet: "), ran.err());
        assertTrue(ran.err().contains(damaged.toString()), ran.err());
        assertFalse(ran.err().contains("Exception") || ran.err().contains("\tat "), ran.err());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "calls-00000.parquet",
                "effects-00000.parquet",
                "hooks.parquet",
                "sites.parquet",
                "symbols.parquet",
                "frames.parquet"
            })
    void aDamagedPartIsNamed(String part) throws IOException {
        byte[] good = Files.readAllBytes(XEN.resolve(part));
        Path trace = copy(XEN, "damaged.pvtrace");
        Path file = trace.resolve(part);
        Files.write(file, Arrays.copyOf(good, good.length / 2));
        refuses(NATIVE, trace, file);
        refuses(trace, NATIVE, file);
        byte[] flipped = good.clone();
        flipped[good.length / 3] ^= 0x10;
        Files.write(file, flipped);
        refuses(NATIVE, trace, file);
        Files.write(file, new byte[0]);
        refuses(NATIVE, trace, file);
        Files.writeString(file, "PAR1 of someone else's PAR1");
        refuses(NATIVE, trace, file);
    }

    /** What a run that was killed leaves, of which a part is damaged besides. */
    @Test
    void aDamagedPartOfAnIncompleteTraceIsNamed() throws IOException {
        MadeTrace made = new MadeTrace(directory.resolve("killed.pvtrace"), "native", List.of(CR4));
        made.call("cpu.write_cr4").arguments(5).end();
        Path trace = made.killed();
        CommandRun ran = CommandRun.of(new DiffCommand(), trace, trace);
        assertEquals(0, ran.exitCode(), ran.err());
        assertTrue(ran.err().contains("incomplete"), ran.err());
        Path calls = trace.resolve("calls-00000.parquet");
        byte[] bytes = Files.readAllBytes(calls);
        Files.write(calls, Arrays.copyOf(bytes, bytes.length - 5));
        refuses(trace, trace, calls);
    }

    private Path kernel(String image, List<MadeHook> hooks, Consumer<MadeTrace> calls) {
        MadeTrace trace =
                new MadeTrace(directory.resolve(image + ".pvtrace"), "native", image, hooks, Options.defaults());
        calls.accept(trace);
        return trace.write();
    }

    private static Consumer<MadeTrace> writes(boolean interrupts) {
        return trace -> {
            for (int i = 0; i < 12; i++) {
                trace.callAt("cpu.write_cr4", 0, interrupts).arguments(5).end();
            }
        };
    }

    /** A hook is added, one removed, one promises less of its result, one is called where it was not before. */
    @ParameterizedTest
    @CsvSource({
        "added, mmu.flush_tlb_multi (added)",
        "removed, cpu.read_cr8 (removed)",
        "changed, cpu.write_cr4 (changed)",
        "result, irq.save_fl (result)",
        "precondition, cpu.write_cr4 (precondition)",
        "any, cpu.read_cr8 (removed)"
    })
    void aWidenedContractFailsACi(String kind, String words) {
        Path before = kernel(
                "aa",
                List.of(CR4, SAVE, CR8),
                writes(false)
                        .andThen(
                                trace -> trace.call("irq.save_fl").result(0x246).end()));
        Path after = kernel(
                "bb",
                List.of(MULTI, SAVE, CR4),
                writes(false)
                        .andThen(writes(true))
                        .andThen(
                                trace -> trace.call("irq.save_fl").result(0x200).end()));
        CommandRun ran = CommandRun.of(new DiffCommand(), before, after, "--fail-on", kind);
        assertEquals(ExitCode.FOUND, ran.exitCode(), ran.out());
        assertTrue(ran.err().contains("failing on " + kind + ": "), ran.err());
        assertTrue(ran.err().contains(words), ran.err());
        assertTrue(ran.out().contains("1 hooks added, 1 removed, 2 changed"), ran.out());
    }

    @Test
    void twoKernelsThatPromiseTheSameFailNothing() {
        Path before = kernel("aa", List.of(CR4, SAVE), writes(false));
        Path after = kernel("bb", List.of(SAVE, CR4), writes(false));
        CommandRun ran = CommandRun.of(
                new DiffCommand(), before, after, "--fail-on", "any,added,removed,changed,precondition,prototype");
        assertEquals(0, ran.exitCode(), ran.err() + ran.out());
    }

    /** Two recordings of one kernel natively, of which one holds no more than the other: nothing differs at all. */
    @Test
    void twoNativeTracesOfOneKernelDoNotDiverge() throws IOException {
        CommandRun ran = CommandRun.of(new DiffCommand(), NATIVE, copy(NATIVE, "again.pvtrace"), "--format", "json");
        assertEquals(0, ran.exitCode(), ran.err());
        JsonNode summary = ran.json().get("summary");
        assertEquals(7500, summary.get("comparedCalls").asInt());
        for (String none :
                List.of("divergentHooks", "differentCalls", "onlyFirst", "onlySecond", "varying", "outOfOrder")) {
            assertEquals(0, summary.get(none).asInt(), none);
        }
        assertTrue(ran.json().get("environment").isEmpty(), ran.out());
        for (JsonNode hook : ran.json().get("hooks")) {
            assertTrue(hook.get("divergences").isEmpty(), hook::toString);
            assertTrue(hook.get("explained").isEmpty(), hook::toString);
        }
    }

    /** Three columns; what two of them share is told once, and each trace's own is in its column. */
    @Test
    void threeTracesStandSideBySide() throws IOException {
        Path altered = directory.resolve("altered.pvtrace");
        CommandRun pair = CommandRun.of(new DiffCommand(), NATIVE, XEN, "--format", "json");
        long witness = pair.hook("irq.save_fl")
                .get("divergences")
                .get(0)
                .get("witness")
                .get("second")
                .asLong();
        AlteredTrace.write(XEN, altered, witness, CallColumn.RESULT, 0xabcd200);
        CommandRun ran = CommandRun.of(new DiffCommand(), NATIVE, XEN, altered, "--format", "json");
        assertEquals(0, ran.exitCode(), ran.err());
        assertEquals(3, ran.json().get("traces").size());
        assertEquals(2, ran.json().get("diffs").size());
        JsonNode rows = ran.hook("irq.save_fl").get("rows");
        long ofSecond = 0;
        long ofThird = 0;
        for (JsonNode row : rows) {
            assertEquals(3, row.get("cells").size());
            if (row.get("kind").asText().equals("result")) {
                ofSecond += calls(row.get("cells").get(1));
                ofThird += calls(row.get("cells").get(2));
            }
        }
        assertEquals(ofSecond, ofThird);
        assertEquals(2, results(rows), rows::toString);
        CommandRun text = CommandRun.of(new DiffCommand(), NATIVE, XEN, altered);
        for (String label : List.of("A native", "B xen-pv", "C xen-pv")) {
            assertTrue(text.out().contains(label), text.out());
        }
        assertTrue(text.out().lines().allMatch(line -> line.length() <= 200), text.out());
    }

    private static long calls(JsonNode cell) {
        return cell.isNull() ? 0 : cell.get("calls").asLong();
    }

    private static long results(JsonNode rows) {
        long count = 0;
        for (JsonNode row : rows) {
            count += row.get("kind").asText().equals("result") ? 1 : 0;
        }
        return count;
    }
}
