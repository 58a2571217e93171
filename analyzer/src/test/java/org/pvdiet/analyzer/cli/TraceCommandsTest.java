package org.pvdiet.analyzer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.pvdiet.analyzer.MadeTrace;
import org.pvdiet.analyzer.MadeTrace.MadeHook;
import org.pvdiet.traces.Options;

/** The commands that read traces, on the sample traces: parts of real recordings, natively and as a Xen PV guest. */
@Isolated("takes what is printed on standard output, which is everybody's")
class TraceCommandsTest {
    private static final Path SAMPLES = Path.of("..", "traces", "samples");
    private static final String NATIVE = SAMPLES.resolve("native.pvtrace").toString();
    private static final String XEN = SAMPLES.resolve("xen-pv.pvtrace").toString();

    @TempDir
    private Path directory;

    @Test
    void statsCountsEveryCall() {
        CommandRun ran = CommandRun.of(new StatsCommand(), NATIVE, "--format", "json");
        assertEquals(0, ran.exitCode(), ran.err());
        long calls = 0;
        for (JsonNode hook : ran.json().get("hooks")) {
            calls += hook.get("calls").asLong();
        }
        assertEquals(7500, calls);
        assertTrue(ran.hook("irq.save_fl").get("sites").asInt() > 10);
        assertEquals(446, ran.hook("irq.save_fl").get("knownSites").asInt());
    }

    /** Linux's xen_save_fl_direct sets only bit 9 of what native_save_fl gives (arch/x86/xen/xen-asm.S). */
    @Test
    void diffTellsThatOnlyTheInterruptFlagIsKept() {
        CommandRun ran = CommandRun.of(new DiffCommand(), NATIVE, XEN, "--format", "json");
        assertEquals(0, ran.exitCode(), ran.err());
        JsonNode divergence = ran.hook("irq.save_fl").get("divergences").get(0);
        assertEquals("result", divergence.get("kind").asText());
        assertEquals("returns RFLAGS", divergence.get("first").asText());
        assertTrue(divergence.get("second").asText().contains("interrupt flag"));
        assertTrue(divergence.get("witness").get("second").asLong() >= 0);
    }

    /** Linux keeps machine frame numbers in page tables under Xen PV; to its callers that is invisible. */
    @Test
    void diffDoesNotCallTranslatedFramesDifferent() {
        CommandRun ran = CommandRun.of(new DiffCommand(), NATIVE, XEN, "--format", "json");
        for (String hook : List.of("mmu.pte_val", "mmu.make_pte", "mmu.pmd_val", "mmu.pud_val", "mmu.p4d_val")) {
            assertTrue(ran.hook(hook).get("compared").asLong() > 0, hook);
            for (JsonNode divergence : ran.hook(hook).get("divergences")) {
                assertTrue(
                        List.of("target", "cost", "mechanism")
                                .contains(divergence.get("kind").asText()),
                        hook + " " + divergence);
            }
        }
    }

    /** Xen sets the user bit in entries that a PV kernel makes for itself (xen/arch/x86/pv/mm.h, adjust_guest_l1e). */
    @Test
    void diffTellsWhatXenSetsInEntries() {
        CommandRun ran = CommandRun.of(new DiffCommand(), NATIVE, XEN);
        assertTrue(ran.out().contains("the level 1 entry *ptep becomes pte with US and bit 52 set"), ran.out());
        assertTrue(ran.out().contains("hypercall mmu_update"), ran.out());
    }

    @Test
    void aTraceDoesNotDifferFromItself() {
        CommandRun ran = CommandRun.of(new DiffCommand(), XEN, XEN, "--format", "json", "--fail-on-divergence");
        assertEquals(0, ran.exitCode());
        assertEquals(7500, ran.json().get("summary").get("comparedCalls").asLong());
        assertEquals(0, ran.json().get("summary").get("differentCalls").asLong());
        assertEquals(
                ExitCode.FOUND,
                CommandRun.of(new DiffCommand(), NATIVE, XEN, "--fail-on-divergence")
                        .exitCode());
    }

    @Test
    void dietSaysWhyRuleByRule() {
        CommandRun ran = CommandRun.of(new DietCommand(), NATIVE, XEN, "--why", "save_fl");
        assertEquals(0, ran.exitCode(), ran.err());
        assertTrue(ran.out().contains("irq.save_fl: respecify"), ran.out());
        assertTrue(ran.out().contains("held     promises-too-much"), ran.out());
        assertTrue(ran.out().contains("not      unused"), ran.out());
    }

    @Test
    void dietNamesTheHooksNearAnUnknownOne() {
        CommandRun ran = CommandRun.of(new DietCommand(), NATIVE, XEN, "--why", "cpu.write_cr5");
        assertEquals(ExitCode.BAD_INPUT, ran.exitCode());
        assertTrue(ran.err().contains("cpu.write_cr4"), ran.err());
    }

    @Test
    void dietOfOneTraceIsWrongUsage() {
        assertEquals(ExitCode.USAGE, CommandRun.of(new DietCommand(), NATIVE).exitCode());
    }

    @Test
    void dietGivesEveryHookAVerdict() {
        CommandRun ran = CommandRun.of(new DietCommand(), NATIVE, XEN, "--format", "json");
        assertEquals(0, ran.exitCode(), ran.err());
        assertEquals(84, ran.json().get("hooks").size());
        assertEquals("respecify", ran.hook("irq.save_fl").get("verdict").asText());
        assertEquals("keep", ran.hook("mmu.set_pte").get("verdict").asText());
        assertEquals(
                "remove", ran.hook("lock.queued_spin_unlock").get("verdict").asText());
        assertTrue(CommandRun.of(new DietCommand(), NATIVE, XEN, "--format", "md")
                .out()
                .startsWith("# Diet"));
    }

    @Test
    void showPrintsTheWitness() {
        CommandRun diff = CommandRun.of(new DiffCommand(), NATIVE, XEN, "--format", "json");
        long witness = diff.hook("mmu.set_pte")
                .get("divergences")
                .get(0)
                .get("witness")
                .get("second")
                .asLong();
        CommandRun ran = CommandRun.of(new ShowCommand(), XEN, witness, "-n", 2);
        assertEquals(0, ran.exitCode(), ran.err());
        assertTrue(ran.out().startsWith("#" + witness + " mmu.set_pte  at "), ran.out());
        assertTrue(ran.out().contains("pfn"), ran.out());
    }

    @Test
    void badInputIsSaidInASentence() {
        CommandRun none = CommandRun.of(new StatsCommand(), directory.resolve("none.pvtrace"));
        assertEquals(ExitCode.BAD_INPUT, none.exitCode());
        assertTrue(none.err().startsWith("pvdiet: There is no trace"), none.err());

        CommandRun beyond = CommandRun.of(new ShowCommand(), NATIVE, 7500);
        assertEquals(ExitCode.BAD_INPUT, beyond.exitCode());
        assertTrue(beyond.err().contains("has 7500 calls"), beyond.err());

        assertEquals(ExitCode.USAGE, CommandRun.of(new DietCommand(), NATIVE).exitCode());

        CommandRun one = CommandRun.of(new DiffCommand(), NATIVE);
        assertEquals(ExitCode.USAGE, one.exitCode());
        assertEquals(
                ExitCode.USAGE,
                CommandRun.of(new DiffCommand(), NATIVE, XEN, "--fail-on", "nonsense")
                        .exitCode());

        Path other = otherKernel();
        CommandRun diet = CommandRun.of(new DietCommand(), NATIVE, other);
        assertEquals(ExitCode.BAD_INPUT, diet.exitCode());
        assertTrue(diet.err().contains("traces of different kernels"), diet.err());
        CommandRun three = CommandRun.of(new DiffCommand(), NATIVE, XEN, other);
        assertEquals(ExitCode.BAD_INPUT, three.exitCode());
        assertTrue(three.err().contains("two at a time"), three.err());
    }

    private Path otherKernel() {
        return new MadeTrace(directory.resolve("other.pvtrace"), "native", "ff", List.of(hook()), Options.defaults())
                .write();
    }

    @Test
    void diffOfTwoKernelsIsByHook() {
        Path other = otherKernel();
        CommandRun ran = CommandRun.of(new DiffCommand(), NATIVE, other, "--format", "json");
        assertEquals(0, ran.exitCode(), ran.err());
        assertEquals(83, ran.json().get("summary").get("removed").asInt());
        assertEquals("removed", ran.hook("irq.save_fl").get("change").asText());
        assertEquals(446, ran.hook("irq.save_fl").get("sites").get("first").asInt());

        CommandRun failing = CommandRun.of(new DiffCommand(), NATIVE, other, "--fail-on", "added,removed");
        assertEquals(ExitCode.FOUND, failing.exitCode());
        assertTrue(failing.err().contains("failing on added,removed: "), failing.err());
        assertTrue(failing.err().contains("and 75 more"), failing.err());
        assertEquals(
                0,
                CommandRun.of(new DiffCommand(), NATIVE, other, "--fail-on", "added")
                        .exitCode());
    }

    @Test
    void diffOfThreeIsSideBySide() {
        CommandRun ran =
                CommandRun.of(new DiffCommand(), NATIVE, XEN, NATIVE, "--format", "json", "--fail-on", "fault");
        assertEquals(0, ran.exitCode(), ran.err());
        assertEquals(3, ran.json().get("traces").size());
        assertEquals(3, ran.hook("irq.save_fl").get("columns").size());
        JsonNode cells = ran.hook("irq.save_fl").get("rows").get(0).get("cells");
        assertEquals("returns RFLAGS", cells.get(0).get("did").asText());
        assertTrue(cells.get(1).get("did").asText().contains("interrupt flag"));
        assertTrue(cells.get(2).isNull());
    }

    @Test
    void diffFailsOnWhatItIsAskedToFailOn() {
        assertEquals(
                0,
                CommandRun.of(new DiffCommand(), NATIVE, XEN, "--fail-on", "added,removed,prototype,changed")
                        .exitCode());
        CommandRun ran = CommandRun.of(new DiffCommand(), NATIVE, XEN, "--fail-on", "result");
        assertEquals(ExitCode.FOUND, ran.exitCode());
        assertTrue(ran.err().contains("irq.save_fl (result)"), ran.err());
    }

    @Test
    void ofARunThatWasKilledTheBeginningIsAnalysedAndSaidToBeThat() {
        MadeTrace trace = new MadeTrace(directory.resolve("killed.pvtrace"), "native", List.of(hook()));
        trace.call("cpu.wbinvd").end();
        CommandRun ran = CommandRun.of(new StatsCommand(), trace.killed(), "--format", "json");
        assertEquals(0, ran.exitCode(), ran.err());
        assertTrue(ran.err().contains("incomplete"), ran.err());
        assertEquals(1, ran.hook("cpu.wbinvd").get("calls").asInt());
        assertTrue(Files.exists(directory.resolve("killed.pvtrace")));
    }

    private static MadeHook hook() {
        return new MadeHook("cpu.wbinvd", "void wbinvd(void)", "native_wbinvd");
    }

    @Test
    void contractFindsAHookWithoutItsGroup() {
        CommandRun ran = CommandRun.of(new ContractCommand(), NATIVE, "save_fl");
        assertEquals(0, ran.exitCode(), ran.err());
        assertTrue(ran.out().startsWith("irq.save_fl    unsigned long save_fl(void)"), ran.out());
        assertTrue(ran.out().contains("returns RFLAGS  [1,363 calls, over 64 inputs, #36]"), ran.out());
    }

    @Test
    void contractSuggestsHooksThatAreNear() {
        CommandRun ran = CommandRun.of(new ContractCommand(), NATIVE, "mmu.set_ptr");
        assertEquals(ExitCode.BAD_INPUT, ran.exitCode());
        assertEquals("", ran.out());
        assertTrue(ran.err().contains("This kernel has no hook mmu.set_ptr. Near: mmu.set_pte, "), ran.err());
    }

    @Test
    void contractSaysThatAHookWasNeverCalled() {
        CommandRun ran = CommandRun.of(new ContractCommand(), NATIVE, "cpu.read_pmc");
        assertEquals(0, ran.exitCode(), ran.err());
        assertTrue(ran.out().contains("leads to native_read_pmc; never called"), ran.out());
    }

    @Test
    void contractPrintsWhatJsonMdSays() {
        CommandRun ran = CommandRun.of(new ContractCommand(), XEN, "irq.save_fl", "--format", "json");
        JsonNode statement = ran.hook("irq.save_fl").get("statements").get(0);
        assertEquals("result", statement.get("aspect").asText());
        assertFalse(statement.get("thin").asBoolean());
        JsonNode claim = ran.json().get("claims").get(0);
        assertEquals("returns RFLAGS", claim.get("claim").asText());
        assertTrue(claim.get("contradicted").asLong() > 0);
    }
}
