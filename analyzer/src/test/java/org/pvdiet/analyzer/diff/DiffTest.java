package org.pvdiet.analyzer.diff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pvdiet.analyzer.MadeTrace;
import org.pvdiet.analyzer.MadeTrace.MadeHook;
import org.pvdiet.analyzer.RepeatedTrace;
import org.pvdiet.analyzer.contract.ContractReport;
import org.pvdiet.analyzer.contract.Contracts;
import org.pvdiet.analyzer.contract.Statement;
import org.pvdiet.analyzer.diff.DiffReport.Both;
import org.pvdiet.analyzer.diff.DiffReport.ContractDifference;
import org.pvdiet.analyzer.diff.DiffReport.Divergence;
import org.pvdiet.analyzer.diff.DiffReport.HookDiff;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;
import org.pvdiet.traces.Options;
import org.pvdiet.traces.Outcome;
import org.pvdiet.traces.TraceReader;

class DiffTest {
    private static final long POINTER = 0xffff888001234568L;
    private static final long OTHER_POINTER = 0xffff888007654568L;
    private static final long ENTRY = 0x8000000000000063L;
    private static final int MMU_UPDATE = 1;

    @TempDir
    private Path directory;

    private int made;

    private static List<MadeHook> hooks(String prefix) {
        return List.of(
                new MadeHook("mmu.make_pte", "pte_t make_pte(pteval_t pte)", "x"),
                new MadeHook("mmu.set_pte", "void set_pte(pte_t *ptep, pte_t pte)", prefix + "set_pte"),
                new MadeHook("irq.save_fl", "unsigned long save_fl(void)", "x"),
                new MadeHook("cpu.write_cr4", "void write_cr4(unsigned long val)", "x"),
                new MadeHook("cpu.read_msr_safe", "u64 read_msr_safe(unsigned int msr, int *err)", "x"),
                new MadeHook("lazy_mode.enter", "void enter(void)", "x"),
                new MadeHook("lazy_mode.leave", "void leave(void)", "x"),
                new MadeHook("cpu.write_cr0", "void write_cr0(unsigned long val)", "x"),
                new MadeHook("mmu.flush_tlb_user", "void flush_tlb_user(void)", "x"),
                new MadeHook("cpu.set_ldt", "void set_ldt(const void *addr, unsigned int entries)", "x"));
    }

    /** Compares a native and a Xen PV trace; on the latter, pseudo-physical frame 0x100 is machine frame 0x9100. */
    private DiffReport diff(Consumer<MadeTrace> bare, Consumer<MadeTrace> xen) {
        int number = made++;
        MadeTrace a = new MadeTrace(directory.resolve("a" + number), "native", hooks("x"));
        MadeTrace b = new MadeTrace(directory.resolve("b" + number), "xen-pv", hooks("x")).frames(0x100, 0x9100);
        bare.accept(a);
        xen.accept(b);
        try (TraceReader first = a.read();
                TraceReader second = b.read()) {
            return Diff.of(first, second);
        }
    }

    private static HookDiff hook(DiffReport report, String name) {
        return report.hooks().stream()
                .filter(hook -> hook.hook().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> kinds(DiffReport report, String name) {
        return hook(report, name).divergences().stream().map(Divergence::kind).toList();
    }

    /** What was read once serves several comparisons: the diff's, the diet's, those with a third trace. */
    @Test
    void comparingChangesNothing() {
        Path samples = Path.of("..", "traces", "samples");
        try (TraceReader first = TraceReader.open(samples.resolve("native.pvtrace"));
                TraceReader second = TraceReader.open(samples.resolve("xen-pv.pvtrace"))) {
            List<TraceLog> logs = TraceLog.of(List.of(first, second));
            DiffReport once = Diff.of(logs.get(0), logs.get(1));
            assertEquals(once, Diff.of(logs.get(0), logs.get(1)));
        }
    }

    /**
     * Xen fills in its slots of a root that the guest loads, 256 to 271 (public/arch-x86/xen-x86_64.h), and maps LDTs in tables of
     * its own.
     */
    @Test
    void whatAHypervisorKeepsForItselfIsNoDifference() {
        DiffReport report = diff(
                trace -> trace.call("mmu.flush_tlb_user").end(),
                trace -> trace.call("mmu.flush_tlb_user")
                        .effect(EffectKind.PAGE_TABLE_ENTRY, 0x9101800, 4, 0, 0xcc00063, EffectOutcome.DONE)
                        .effect(EffectKind.PAGE_TABLE_ENTRY, 0xcc01008, 1, 0x9102061, 0, EffectOutcome.DONE)
                        .hypercall(26, 0, 1, 1, 0, 0x7ff0)
                        .end());
        assertEquals(List.of("mechanism", "cost"), kinds(report, "mmu.flush_tlb_user"));
        report = diff(
                trace -> trace.call("mmu.flush_tlb_user").end(),
                trace -> trace.call("mmu.flush_tlb_user")
                        .effect(EffectKind.PAGE_TABLE_ENTRY, 0x9101ff8, 4, 0, 0x9102063, EffectOutcome.DONE)
                        .hypercall(26, 0, 1, 1, 0, 0x7ff0)
                        .end());
        assertEquals(List.of("effect_extra", "mechanism", "cost"), kinds(report, "mmu.flush_tlb_user"));
    }

    /** Linux has its LDT's descriptor in slot 10 of its GDT (asm/segment.h), Xen in one of its own (xen/arch/x86/include/asm/desc.h). */
    @Test
    void whichSelectorAnLdtHasIsNoDifference() {
        HookDiff same = hook(diff(ldt(0x50), ldt(0xe050)), "cpu.set_ldt");
        assertEquals(List.of(), same.divergences());
        HookDiff none = hook(diff(ldt(0x50), ldt(0)), "cpu.set_ldt");
        assertEquals("effect_different", none.divergences().get(0).kind());
        assertEquals("LDTR becomes a selector", none.divergences().get(0).first());
        assertEquals("LDTR becomes 0", none.divergences().get(0).second());
    }

    private static Consumer<MadeTrace> ldt(long selector) {
        return trace -> trace.call("cpu.set_ldt")
                .arguments(0xffff888001234000L, 3)
                .effect(EffectKind.DESCRIPTOR_TABLE, 2, -1, 0, selector, EffectOutcome.DONE)
                .end();
    }

    /** "The processor is always free to invalidate additional entries" (SDM volume 3, 4.10.4.1); it may not keep stale ones. */
    @Test
    void callersCannotTellThatMoreWasFlushed() {
        Consumer<MadeTrace> nothing = trace -> trace.call("mmu.flush_tlb_user").end();
        Consumer<MadeTrace> flush = trace -> trace.call("mmu.flush_tlb_user")
                .effect(EffectKind.TLB_FLUSH, 0, -1, -1, 0, EffectOutcome.DONE)
                .end();
        HookDiff more = hook(diff(nothing, flush), "mmu.flush_tlb_user");
        assertEquals(List.of(), more.divergences());
        assertEquals("spare_flush", more.explained().get(0).explainedBy().cause());
        assertEquals(List.of("effect_missing"), kinds(diff(flush, nothing), "mmu.flush_tlb_user"));
    }

    @Test
    void framesThatOnlyLieElsewhereAreNoDifference() {
        DiffReport report = diff(
                trace -> {
                    trace.call("mmu.make_pte")
                            .arguments(0x102063)
                            .result(0x102063)
                            .end();
                    trace.call("mmu.set_pte")
                            .arguments(POINTER, 0x102063)
                            .entry(0x1234568, 0x102063)
                            .end();
                },
                trace -> {
                    trace.call("mmu.make_pte")
                            .arguments(0x102063)
                            .result(0x9102063)
                            .end();
                    trace.call("mmu.set_pte")
                            .arguments(OTHER_POINTER, 0x9102063)
                            .entry(0x9654568, 0x9102063)
                            .end();
                });
        assertEquals(List.of(), kinds(report, "mmu.make_pte"));
        assertEquals(List.of(), kinds(report, "mmu.set_pte"));
        assertEquals(2, report.summary().comparedCalls());
        assertEquals(0, report.summary().divergentHooks());
    }

    @Test
    void aWrongFrameIsADifference() {
        DiffReport report = diff(
                trace -> trace.call("mmu.make_pte")
                        .arguments(0x102063)
                        .result(0x102063)
                        .end(),
                trace -> trace.call("mmu.make_pte")
                        .arguments(0x102063)
                        .result(0x9103063)
                        .end());
        assertEquals(List.of("result"), kinds(report, "mmu.make_pte"));
    }

    /**
     * The kernel's check for writable and executable mappings also meets pages that Xen lent it, of which xen_pte_val says
     * that they are not present (Linux, arch/x86/xen/mmu_pv.c, pte_mfn_to_pfn). Natively there is no such page, and so no
     * call that was given the same.
     */
    @Test
    void anEntryOfAFrameThatIsNotTheGuestsIsAnotherInput() {
        List<MadeHook> hooks = List.of(new MadeHook("mmu.pte_val", "pteval_t pte_val(pte_t pte)", "x"));
        MadeTrace bare = new MadeTrace(directory.resolve("bare"), "native", hooks);
        MadeTrace xen = new MadeTrace(directory.resolve("xen"), "xen-pv", hooks).frames(0x100, 0x9100);
        bare.call("mmu.pte_val").arguments(0x102063).result(0x102063).end();
        bare.call("mmu.pte_val").arguments(0x103063).result(0x103063).end();
        xen.call("mmu.pte_val").arguments(0x110067).result(0x66).end();
        xen.call("mmu.pte_val").arguments(0x9103063).result(0x103063).end();
        try (TraceReader first = bare.read();
                TraceReader second = xen.read()) {
            HookDiff hook = hook(Diff.of(first, second), "mmu.pte_val");
            assertEquals(List.of(), hook.divergences());
            assertEquals(1, hook.compared());
            assertEquals(1, hook.onlySecond());
        }
    }

    /** As ptep_modify_prot_commit does under Xen, whose ptep_modify_prot_start leaves the entry in place. */
    @Test
    void whatWasSoAlreadyIsNotMissing() {
        DiffReport report = diff(
                trace -> trace.call("mmu.set_pte")
                        .arguments(POINTER, 0x102063)
                        .entry(0x1234568, 0x102063)
                        .end(),
                trace -> trace.call("mmu.set_pte")
                        .arguments(POINTER, 0x9102063)
                        .effect(EffectKind.PAGE_TABLE_ENTRY, 0x1234568, 1, 0x9102063, 0x9102063, EffectOutcome.DONE)
                        .end());
        assertEquals(List.of(), kinds(report, "mmu.set_pte"));
        Divergence found = hook(report, "mmu.set_pte").explained().get(0);
        assertEquals("effect_missing", found.kind());
        assertEquals("already_so", found.explainedBy().cause());
        assertTrue(found.second().endsWith("becomes pte, which it was already"), found::toString);
    }

    /** Callers of cpuid can tell a platform that hides features; natively it is the processor that differs. */
    @Test
    void whatCpuidAnswersIsPartOfWhatACallDid() {
        Consumer<MadeTrace> bare = trace -> trace.call("cpu.write_cr4")
                .arguments(5)
                .cpuid(1, 0, 2, 3, 1 << 3 | 1)
                .end();
        DiffReport report = diff(
                bare,
                trace -> trace.call("cpu.write_cr4")
                        .arguments(5)
                        .cpuid(1, 0, 2, 3, 1)
                        .end());
        Divergence found = hook(report, "cpu.write_cr4").divergences().get(0);
        assertEquals("effect_different", found.kind());
        assertEquals("CPUID answers leaf 0x1 with EDX 0x9 (with PSE)", found.first());
        assertEquals("CPUID answers leaf 0x1 with EDX 0x1", found.second());
        assertEquals(1, found.calls());
        assertEquals(List.of(), kinds(diff(bare, bare), "cpu.write_cr4"));
    }

    @Test
    void aFlagThatThePlatformAddsIsADifference() {
        DiffReport report = diff(
                trace -> trace.call("mmu.set_pte")
                        .arguments(POINTER, ENTRY | 0x102000)
                        .entry(0x1234568, ENTRY | 0x102000)
                        .end(),
                trace -> trace.call("mmu.set_pte")
                        .arguments(POINTER, ENTRY | 0x9102000)
                        .entry(0x9234568, ENTRY | 0x9102004)
                        .hypercall(MMU_UPDATE, 0, 1, 1)
                        .end());
        List<Divergence> found = hook(report, "mmu.set_pte").divergences();
        assertEquals(
                List.of("effect_different", "mechanism", "cost"),
                found.stream().map(Divergence::kind).toList());
        assertTrue(
                found.get(0).second().contains("pte with US set"), found.get(0).second());
        assertEquals(new Both<>(0L, 0L), found.get(0).witness());
        assertEquals(1, found.get(0).calls());
        assertTrue(found.get(1).second().contains("mmu_update"), found.get(1).second());
    }

    /** Linux's xen_set_pte only queues in lazy mode; what was queued last is carried out when the mode is left. */
    @Test
    void anEffectThatLazyModePutsOffBelongsToTheCallThatAskedForIt() {
        Consumer<MadeTrace> bare = trace -> {
            trace.call("mmu.set_pte")
                    .arguments(POINTER, 0x102063)
                    .entry(0x1234568, 0x102063)
                    .end();
            trace.call("lazy_mode.enter").end();
            trace.call("mmu.set_pte")
                    .arguments(POINTER, 0x102063)
                    .entry(0x1234568, 0x102063)
                    .end();
            trace.call("mmu.set_pte")
                    .arguments(POINTER + 8, 0x103063)
                    .entry(0x1234570, 0x103063)
                    .end();
            trace.call("lazy_mode.leave").end();
        };
        DiffReport report = diff(bare, trace -> {
            trace.call("mmu.set_pte")
                    .arguments(POINTER, 0x9102063)
                    .entry(0x1234568, 0x9102063)
                    .end();
            trace.call("lazy_mode.enter").end();
            trace.call("mmu.set_pte").arguments(POINTER, 0x9102063).end();
            trace.call("mmu.set_pte").arguments(POINTER + 8, 0x9103063).end();
            trace.call("lazy_mode.leave")
                    .entry(0x1234568, 0x9102063)
                    .entry(0x1234570, 0x9103067)
                    .end();
        });
        HookDiff hook = hook(report, "mmu.set_pte");
        List<Divergence> late = hook.explained();
        assertEquals(1, late.size(), late::toString);
        assertEquals("effect_missing", late.get(0).kind());
        assertEquals("lazy_mode", late.get(0).explainedBy().cause());
        assertTrue(late.get(0).second().endsWith("put off until lazy_mode.leave"), late::toString);
        assertEquals(1, late.get(0).calls());
        assertFalse(late.get(0).contract());

        List<Divergence> found = hook.divergences();
        assertEquals(
                List.of("effect_different"),
                found.stream().map(Divergence::kind).toList());
        assertTrue(found.get(0).second().contains("pte with US set, put off until"), found::toString);
        assertEquals(List.of(), kinds(report, "lazy_mode.leave"));
    }

    /** Stretches of lazy mode are settled as the trace is read, wherever its parts end. */
    @ParameterizedTest
    @ValueSource(ints = {97, 1009})
    void theSizeOfATracesPartsChangesNothing(int rows) {
        Path samples = Path.of("..", "traces", "samples");
        try (TraceReader first = TraceReader.open(samples.resolve("native.pvtrace"));
                TraceReader second = TraceReader.open(samples.resolve("xen-pv.pvtrace"))) {
            Path path = directory.resolve("parts");
            RepeatedTrace.write(second, path, 1, new Options(false, 512 * rows, rows, 4096, 1));
            try (TraceReader parts = TraceReader.open(path)) {
                DiffReport expected = Diff.of(first, second);
                assertTrue(
                        expected.hooks().stream()
                                .flatMap(hook -> hook.explained().stream())
                                .anyMatch(one -> one.explainedBy().cause().equals("lazy_mode")),
                        "something is put off");
                assertEquals(expected.hooks(), Diff.of(first, parts).hooks());
            }
        }
    }

    /** What no call asked for, or what was asked for before the mode was entered, stays where it was recorded. */
    @Test
    void anEffectThatNobodyPutOffIsExtra() {
        Consumer<MadeTrace> bare = trace -> {
            trace.call("mmu.set_pte").arguments(POINTER, 0x102063).end();
            trace.call("lazy_mode.enter").end();
            trace.call("lazy_mode.leave").end();
        };
        DiffReport report = diff(bare, trace -> {
            trace.call("mmu.set_pte").arguments(POINTER, 0x9102063).end();
            trace.call("lazy_mode.enter").end();
            trace.call("lazy_mode.leave")
                    .hypercall(MMU_UPDATE, 0, 1, 1)
                    .entry(0x9101568, 0x9102063)
                    .end();
        });
        assertEquals(List.of("effect_extra", "mechanism", "cost"), kinds(report, "lazy_mode.leave"));
        assertEquals(List.of(), kinds(report, "mmu.set_pte"));
    }

    @Test
    void translationOfFramesExplainsAResult() {
        DiffReport report = diff(
                trace -> trace.call("mmu.make_pte")
                        .arguments(0x102063)
                        .result(0x102063)
                        .end(),
                trace -> trace.call("mmu.make_pte")
                        .arguments(0x102063)
                        .result(0x9102063)
                        .end());
        Divergence explained = hook(report, "mmu.make_pte").explained().get(0);
        assertEquals("result", explained.kind());
        assertEquals("frame_translation", explained.explainedBy().cause());
        assertFalse(explained.contract());
        assertEquals(0, report.summary().differentCalls());
    }

    /** Native code itself does no port access before set-up; so the phase makes the difference, and not the platform. */
    @Test
    void aPhaseExplainsWhatOneRunShowsItToDecide() {
        Consumer<MadeTrace> early = trace -> trace.call("cpu.write_cr4")
                .phase(1)
                .arguments(5)
                .effect(EffectKind.PORT_OUT, 0x80, 1, -1, 0, EffectOutcome.DONE)
                .end();
        DiffReport report = diff(early, trace -> {
            trace.call("cpu.write_cr4").arguments(5).end();
        });
        assertEquals(List.of("effect_missing"), kinds(report, "cpu.write_cr4"));

        DiffReport explained = diff(
                trace -> {
                    early.accept(trace);
                    trace.callAt("cpu.write_cr4", 1, true).arguments(5).end();
                },
                trace -> trace.call("cpu.write_cr4").arguments(5).end());
        assertEquals(List.of(), kinds(explained, "cpu.write_cr4"));
        Divergence found = hook(explained, "cpu.write_cr4").explained().get(0);
        assertEquals("start_up", found.explainedBy().cause());
        assertTrue(found.explainedBy().sentence().contains("after sites were patched"), found::toString);
        assertTrue(found.explainedBy().sentence().contains("call 1"), found::toString);
    }

    @Test
    void aControlRegisterExplainsWhatOneRunShowsItToDecide() {
        DiffReport report = diff(
                trace -> {
                    trace.call("cpu.write_cr4").arguments(5).exception(13).end();
                    trace.callAt("cpu.write_cr4", 1, true)
                            .cr4(0x670)
                            .arguments(5)
                            .end();
                },
                trace -> trace.call("cpu.write_cr4").cr4(0x670).arguments(5).end());
        assertEquals(List.of("cost"), kinds(report, "cpu.write_cr4"));
        assertTrue(
                hook(report, "cpu.write_cr4")
                        .explained()
                        .get(0)
                        .explainedBy()
                        .sentence()
                        .contains("CR4.PGE is clear"),
                report::toString);
    }

    @Test
    void whatWasAroundTheRunsIsTold() {
        DiffReport report = diff(
                trace -> trace.call("cpu.write_cr4")
                        .arguments(5)
                        .cpuid(1, 0, 2, 3, 4)
                        .end(),
                trace -> trace.call("cpu.write_cr4")
                        .arguments(5)
                        .cpuid(1, 0, 2, 0x80000003L, 4)
                        .end());
        assertEquals(
                List.of(
                        new DiffReport.Surrounding(
                                "CPUID leaf 0x1 subleaf 0 ECX",
                                "0x3",
                                "0x80000003",
                                "hypervisor only on xen-pv",
                                new Both<>(0L, 0L)),
                        new DiffReport.Surrounding(
                                "features that show in no call", "none", "hypervisor", "", new Both<>(-1L, -1L))),
                report.environment());
    }

    /** A kernel sets a bit of CR4 only where CPUID has its feature (SDM volume 3, section 2.5), and so with registers. */
    @Test
    void whatGoesWithAFeatureOfCpuidIsTold() {
        DiffReport report = diff(
                trace -> {
                    trace.call("cpu.write_cr4")
                            .cr4(0x20)
                            .arguments(5)
                            .cpuid(1, 0, 2, 3, 1 << 13 | 1 << 12 | 1 << 11)
                            .end();
                    trace.call("cpu.read_msr_safe")
                            .cr4(0xa0)
                            .arguments(0x2ff, POINTER)
                            .end();
                    trace.call("cpu.read_msr_safe")
                            .cr4(0xa0)
                            .arguments(0x174, POINTER)
                            .end();
                },
                trace -> {
                    trace.call("cpu.write_cr4")
                            .cr4(0x20)
                            .arguments(5)
                            .cpuid(1, 0, 2, 3, 0)
                            .end();
                    trace.call("cpu.read_msr_safe")
                            .cr4(0x20)
                            .arguments(0x174, POINTER)
                            .end();
                });
        Map<String, DiffReport.Surrounding> around = report.environment().stream()
                .collect(Collectors.toMap(DiffReport.Surrounding::what, Function.identity()));
        assertEquals(
                "SEP MTRR PGE only on native",
                around.get("CPUID leaf 0x1 subleaf 0 EDX").meaning());
        assertEquals(
                new DiffReport.Surrounding(
                        "CR4.PGE before calls",
                        "set in 2 of 3",
                        "never set",
                        "CPUID has PGE only on native",
                        new Both<>(1L, -1L)),
                around.get("CR4.PGE before calls"));
        assertEquals(
                new DiffReport.Surrounding(
                        "calls about MTRRs", "1", "none", "CPUID has MTRR only on native", new Both<>(1L, -1L)),
                around.get("calls about MTRRs"));
        // Both runs ask for IA32_SYSENTER_CS: that SEP is missing changes nothing.
        assertEquals("SEP", around.get("features that show in no call").first());
        assertEquals(4, around.size(), report.environment()::toString);
        assertTrue(DiffText.of(report).contains("Explained by frame translation or lazy mode or"), DiffText.of(report));
    }

    /** A site may be called from another place first: its calls come in another order, and are compared all the same. */
    @Test
    void callsInAnotherOrderAreComparedAndCounted() {
        DiffReport report = diff(
                trace -> {
                    trace.call("cpu.read_msr_safe").arguments(1, POINTER).end();
                    trace.call("cpu.read_msr_safe").arguments(2, POINTER).end();
                },
                trace -> {
                    trace.call("cpu.read_msr_safe").arguments(2, POINTER).end();
                    trace.call("cpu.read_msr_safe").arguments(1, POINTER).end();
                });
        HookDiff hook = hook(report, "cpu.read_msr_safe");
        assertEquals(2, hook.compared());
        assertEquals(1, hook.outOfOrder());
    }

    @Test
    void aResultThatHoldsLessIsADifference() {
        DiffReport report = diff(
                trace -> {
                    trace.callAt("irq.save_fl", 0, true).result(0x246).end();
                    trace.callAt("irq.save_fl", 0, false).result(0x46).end();
                },
                trace -> {
                    trace.callAt("irq.save_fl", 0, true).result(0x200).end();
                    trace.callAt("irq.save_fl", 0, false).result(0).end();
                });
        List<Divergence> found = hook(report, "irq.save_fl").divergences();
        assertEquals(1, found.size());
        assertEquals("result", found.get(0).kind());
        assertEquals(2, found.get(0).calls());
        assertEquals("returns RFLAGS", found.get(0).first());
    }

    @Test
    void bitsThatAreDroppedSilentlyAreADifference() {
        DiffReport report = diff(
                trace -> trace.call("cpu.write_cr4")
                        .arguments(0x6f0)
                        .effect(EffectKind.CONTROL_REGISTER, 4, -1, 0x670, 0x6f0, EffectOutcome.DONE)
                        .end(),
                trace -> trace.call("cpu.write_cr4")
                        .arguments(0x6f0)
                        .effect(EffectKind.CONTROL_REGISTER, 4, -1, 0x670, 0x670, EffectOutcome.EMULATED)
                        .end());
        List<Divergence> found = hook(report, "cpu.write_cr4").divergences();
        assertEquals("effect_different", found.get(0).kind());
        assertTrue(found.get(0).second().contains("PGE cleared"), found.get(0).second());
    }

    @Test
    void faultsAndOutcomesAreDifferences() {
        DiffReport report = diff(
                trace -> {
                    trace.call("cpu.read_msr_safe")
                            .arguments(0x10, POINTER)
                            .result(0)
                            .exception(13)
                            .end();
                    trace.call("cpu.write_cr4").arguments(0x6f0).end();
                },
                trace -> {
                    trace.call("cpu.read_msr_safe")
                            .arguments(0x10, POINTER)
                            .result(0)
                            .end();
                    trace.call("cpu.write_cr4")
                            .arguments(0x6f0)
                            .outcome(Outcome.FAULTED)
                            .end();
                });
        assertTrue(kinds(report, "cpu.read_msr_safe").contains("fault"));
        assertEquals(List.of("outcome"), kinds(report, "cpu.write_cr4"));
    }

    @Test
    void otherFunctionsAndCostsAreDifferencesThatCallersCannotTell() {
        MadeTrace a = new MadeTrace(directory.resolve("a"), "native", hooks("native_"));
        MadeTrace b = new MadeTrace(directory.resolve("b"), "xen-pv", hooks("xen_"));
        a.call("mmu.set_pte").arguments(POINTER, 0).end(2);
        b.call("mmu.set_pte").arguments(POINTER, 0).end(200);
        try (TraceReader first = a.read();
                TraceReader second = b.read()) {
            DiffReport report = Diff.of(first, second);
            assertEquals(List.of("target", "cost"), kinds(report, "mmu.set_pte"));
            assertEquals(0, report.summary().divergentHooks());
            assertEquals(
                    new Both<>("native_set_pte", "xen_set_pte"),
                    hook(report, "mmu.set_pte").target());
        }
    }

    @Test
    void aDetourOfOneRunIsNoDivergence() {
        Consumer<MadeTrace> common = trace -> {
            for (int i = 0; i < 100; i++) {
                trace.call("cpu.write_cr4").arguments(i).end();
            }
        };
        DiffReport report = diff(
                trace -> {
                    common.accept(trace);
                    common.accept(trace);
                },
                trace -> {
                    common.accept(trace);
                    trace.call("cpu.write_cr4").arguments(1000).end();
                    trace.call("cpu.write_cr4").arguments(1001).end();
                    common.accept(trace);
                });
        HookDiff hook = hook(report, "cpu.write_cr4");
        assertEquals(List.of(), hook.divergences());
        assertEquals(200, hook.compared());
        assertEquals(0, hook.onlyFirst());
        assertEquals(2, hook.onlySecond());
    }

    @Test
    void whatVariesWithinEachRunIsNotThePlatforms() {
        DiffReport report = diff(
                trace -> {
                    trace.call("cpu.write_cr4").arguments(5).end();
                    trace.call("cpu.write_cr4").arguments(5).exception(13).end();
                },
                trace -> {
                    trace.call("cpu.write_cr4").arguments(5).exception(13).end();
                    trace.call("cpu.write_cr4").arguments(5).end();
                });
        assertEquals(2, hook(report, "cpu.write_cr4").varying());
        assertEquals(0, report.summary().divergentHooks());
    }

    /** Twelve calls at one site, then more at another. */
    private static void writes(MadeTrace trace, boolean interrupts) {
        for (int i = 0; i < 12; i++) {
            trace.callAt("cpu.write_cr4", 0, interrupts).arguments(5).end();
        }
    }

    /** xen_write_cr4 may rely on interrupts being off if no caller leaves them on. */
    @Test
    void whatHoldsBeforeEveryCallOfOneRunOnlyIsAPrecondition() {
        DiffReport report = diff(trace -> writes(trace, false), trace -> {
            trace.callAt("cpu.write_cr4", 0, true).arguments(5).end();
            writes(trace, false);
        });
        Divergence found = hook(report, "cpu.write_cr4").divergences().get(0);
        assertEquals("precondition", found.kind());
        assertTrue(found.contract());
        assertEquals("was always called with interrupts off", found.first());
        assertEquals("was called with interrupts on in 1 of 13 calls", found.second());
        assertEquals(new Both<>(0L, 0L), found.witness());
        assertEquals(1, found.calls());
        assertEquals(List.of(new Change("cpu.write_cr4", "precondition", true)), report.changes());
    }

    /** Xen PV's page tables are mapped read-only, and the kernel asks for every change of one (xen/arch/x86/mm.c). */
    @Test
    void thatAPageTableMustBeReadOnlyIsAPrecondition() {
        Consumer<MadeTrace> bare = trace -> {
            for (int i = 0; i < 12; i++) {
                trace.call("mmu.set_pte").arguments(POINTER, 0).end();
            }
        };
        DiffReport report = diff(bare, trace -> {
            for (int i = 0; i < 12; i++) {
                trace.call("mmu.set_pte").readOnlyTable().arguments(POINTER, 0).end();
            }
        });
        Divergence found = hook(report, "mmu.set_pte").divergences().get(0);
        assertEquals("precondition", found.kind());
        assertEquals("was called when ptep's page is writable in 12 of 12 calls", found.first());
        assertEquals("was always called when ptep's page is read-only", found.second());
        assertEquals(12, found.calls());
        assertEquals(new Both<>(0L, 0L), found.witness());
    }

    /** A caller that one run alone reached says nothing of the platform. */
    @Test
    void aCallThatOneRunAloneMadeExplainsAPrecondition() {
        DiffReport report = diff(
                trace -> {
                    writes(trace, false);
                    trace.callAt("cpu.write_cr4", 1, true).phase(1).arguments(6).end();
                },
                trace -> writes(trace, false));
        assertEquals(List.of(), kinds(report, "cpu.write_cr4"));
        Divergence found = hook(report, "cpu.write_cr4").explained().get(0);
        assertEquals("was always called with interrupts off", found.second());
        assertEquals("start_up", found.explainedBy().cause());
        assertTrue(found.explainedBy().sentence().contains("caller_of_write_cr4+0x1"), found::toString);
        assertEquals(new Both<>(12L, 0L), found.witness());
        assertEquals(List.of(), report.changes());

        Consumer<MadeTrace> reads = trace -> {
            for (int i = 0; i < 12; i++) {
                trace.call("cpu.read_msr_safe").arguments(0x10, POINTER).end();
            }
        };
        DiffReport later = diff(
                reads,
                reads.andThen(trace -> trace.callAt("cpu.read_msr_safe", 1, true)
                        .phase(3)
                        .arguments(0x11, POINTER)
                        .end()));
        found = hook(later, "cpu.read_msr_safe").explained().get(0);
        assertEquals("msr was always 0x10", found.first());
        assertEquals("msr was 0x11 in 1 of 13 calls", found.second());
        assertEquals("other_way", found.explainedBy().cause());
    }

    @Test
    void whatFewCallsHaveInCommonIsNoPrecondition() {
        DiffReport report = diff(
                trace -> trace.callAt("cpu.write_cr4", 0, false).arguments(5).end(),
                trace -> trace.callAt("cpu.write_cr4", 0, true).arguments(5).end());
        assertEquals(List.of(), kinds(report, "cpu.write_cr4"));
    }

    /** What {@code pvdiet contract} says of a hook, the diff says in the same words, with the same calls and witnesses. */
    @Test
    void contractsAreComparedAsTheyArePrinted() {
        Path samples = Path.of("..", "traces", "samples");
        try (TraceReader first = TraceReader.open(samples.resolve("native.pvtrace"));
                TraceReader second = TraceReader.open(samples.resolve("xen-pv.pvtrace"))) {
            ContractReport ofFirst = Contracts.of(first);
            ContractReport ofSecond = Contracts.of(second);
            int found = 0;
            for (HookDiff hook : Diff.of(first, second).hooks()) {
                for (ContractDifference difference : hook.contracts()) {
                    assertTrue(statements(ofFirst, hook.hook()).containsAll(difference.first()), hook::toString);
                    assertTrue(statements(ofSecond, hook.hook()).containsAll(difference.second()), hook::toString);
                    found += difference.first().size() + difference.second().size();
                }
            }
            assertTrue(found > 50, "only " + found);
        }
    }

    private static List<Statement> statements(ContractReport report, String name) {
        return report.hooks().stream()
                .filter(hook -> hook.hook().equals(name))
                .findFirst()
                .orElseThrow()
                .statements();
    }

    private static List<String> contracts(HookDiff hook) {
        return hook.contracts().stream()
                .map(one ->
                        one.aspect() + " " + claims(one.first()) + " / " + claims(one.second()) + ": " + one.calls())
                .toList();
    }

    private static String claims(List<Statement> statements) {
        return statements.stream().map(Statement::claim).collect(Collectors.joining(", "));
    }

    /** xen_make_pte translates, and nothing else (Linux, arch/x86/xen/mmu_pv.c). */
    @Test
    void contractsThatDifferInTranslationAreExplained() {
        DiffReport report = diff(
                trace -> {
                    for (long frame = 0x100; frame < 0x120; frame++) {
                        long entry = frame << 12 | 0x63;
                        trace.call("mmu.make_pte")
                                .arguments(entry)
                                .result(entry)
                                .end();
                    }
                },
                trace -> {
                    for (long frame = 0x100; frame < 0x120; frame++) {
                        long entry = frame << 12 | 0x63;
                        trace.call("mmu.make_pte")
                                .arguments(entry)
                                .result(entry + 0x9000000)
                                .end();
                    }
                });
        assertEquals(
                List.of("result returns pte / returns pte with the frame number translated to a machine frame:"
                        + " frame_translation"),
                contracts(hook(report, "mmu.make_pte")));
    }

    /** Xen alone writes tables in use: what a hook writes itself that was given no entry, was a table once (xen_pgd_alloc). */
    @Test
    void aPageThatWasATableOnceIsNoneAnyMore() {
        DiffReport report = diff(
                trace -> trace.call("lazy_mode.leave").end(),
                trace -> trace.call("lazy_mode.leave").entry(0x1234568, 0).end());
        assertEquals(List.of(), kinds(report, "lazy_mode.leave"));
        assertEquals(List.of(), contracts(hook(report, "lazy_mode.leave")));
    }

    /** Where CR0 got what it held, which was the argument, is what another run says in the argument's name. */
    @Test
    void aValueThatHasTwoNamesIsNoDifference() {
        DiffReport report = diff(
                trace -> {
                    writesCr0(trace, 0x80050033L, 0x80050033L);
                    writesCr0(trace, 0x80050033L, 0xc0050033L);
                },
                trace -> writesCr0(trace, 0x80050033L, 0x80050033L));
        assertEquals(List.of(), contracts(hook(report, "cpu.write_cr0")));
    }

    private static void writesCr0(MadeTrace trace, long old, long value) {
        trace.call("cpu.write_cr0")
                .arguments(value)
                .effect(EffectKind.CONTROL_REGISTER, 0, 0, old, value, EffectOutcome.DONE)
                .end();
    }

    /** Writing CR3 with what it holds is for the flush (SDM volume 3, 4.10.4.1), which Xen has a hypercall for. */
    @Test
    void aFlushByRegisterIsAFlush() {
        DiffReport report = diff(
                trace -> trace.call("mmu.flush_tlb_user")
                        .effect(EffectKind.CONTROL_REGISTER, 3, 0, 0x1000, 0x1000, EffectOutcome.DONE)
                        .end(),
                trace -> trace.call("mmu.flush_tlb_user")
                        .effect(EffectKind.TLB_FLUSH, 0, -1, -1, 0, EffectOutcome.DONE)
                        .end());
        assertEquals(List.of(), contracts(hook(report, "mmu.flush_tlb_user")));
    }

    /** Xen adds US to kernel entries: a difference, though both contracts say that the entry becomes the argument. */
    @Test
    void bitsThatAreAlteredAtTimesAreADifference() {
        DiffReport report = diff(trace -> entries(trace, 0x102000, 0), trace -> entries(trace, 0x9102000, 4));
        assertEquals(
                List.of("effect *ptep becomes pte / *ptep becomes pte; at times US set: shown"),
                contracts(hook(report, "mmu.set_pte")));
    }

    private static void entries(MadeTrace trace, long frame, long set) {
        for (int i = 0; i < 40; i++) {
            long entry = frame | 0x43 | (i & 1) << 2 | (i & 2) << 4;
            trace.call("mmu.set_pte")
                    .arguments(POINTER, entry)
                    .entry(0x1234568, i % 4 == 0 ? entry | set : entry)
                    .end();
        }
    }

    /** A call that one run alone made changes its contract, and says nothing of the platform. */
    @Test
    void contractsThatDifferInOtherCallsOnlyAreTold() {
        Consumer<MadeTrace> same = trace -> {
            for (int i = 0; i < 12; i++) {
                trace.call("cpu.write_cr4").arguments(5).end();
            }
        };
        Consumer<MadeTrace> more = same.andThen(trace -> trace.callAt("cpu.write_cr4", 1, true)
                .arguments(6)
                .exception(13)
                .end());
        HookDiff hook = hook(diff(same, more), "cpu.write_cr4");
        assertEquals(
                List.of(), hook.divergences().stream().map(Divergence::kind).toList());
        assertTrue(contracts(hook).contains("fault  / raises #GP: not_shown"), contracts(hook)::toString);
    }

    /** Differences that the pairs show are the platforms'. */
    @Test
    void contractsThatDifferInPairsAreShown() {
        DiffReport report = diff(
                trace -> trace.call("cpu.write_cr4").arguments(5).end(),
                trace -> trace.call("cpu.write_cr4").arguments(5).exception(13).end());
        HookDiff hook = hook(report, "cpu.write_cr4");
        assertTrue(contracts(hook).contains("fault  / raises #GP: shown"), contracts(hook)::toString);
        assertTrue(DiffText.of(report).contains("xen-pv   raises #GP  [#0, thin]"), DiffText.of(report));
    }

    /** One run makes more of the dear calls: that is no other cost of the same calls. */
    @Test
    void costIsThatOfTheSameCalls() {
        Consumer<MadeTrace> cheap = trace -> {
            for (int i = 0; i < 12; i++) {
                trace.call("cpu.write_cr4").arguments(5).end();
            }
        };
        Consumer<MadeTrace> dear = trace -> {
            for (int i = 0; i < 12; i++) {
                trace.callAt("cpu.write_cr4", 1, true).arguments(6).end(1000);
            }
        };
        HookDiff hook = hook(diff(cheap, cheap.andThen(dear)), "cpu.write_cr4");
        assertFalse(kindsOf(hook).contains("cost"), hook::toString);
        assertTrue(hook.cost().second().instructions() > 500);
        assertEquals(
                hook.comparedCost().first().instructions(),
                hook.comparedCost().second().instructions());
        assertEquals(hook.cost().first(), hook.comparedCost().first());

        HookDiff other = hook(diff(cheap.andThen(dear), dear.andThen(dear)), "cpu.write_cr4");
        assertFalse(kindsOf(other).contains("cost"), other::toString);
        assertTrue(kindsOf(hook(
                        diff(cheap, trace -> {
                            for (int i = 0; i < 12; i++) {
                                trace.call("cpu.write_cr4").arguments(5).end(1000);
                            }
                        }),
                        "cpu.write_cr4"))
                .contains("cost"));
    }

    private static List<String> kindsOf(HookDiff hook) {
        return hook.divergences().stream().map(Divergence::kind).toList();
    }

    /** xen_ptep_modify_prot_start leaves the entry, so that only the trace's column tells what it was. */
    @Test
    void anEntryThatIsReturnedIsComparedWithWhatWasThere() {
        List<MadeHook> hooks = List.of(new MadeHook("mmu.start", "pte_t start(pte_t *ptep)", "x"));
        MadeTrace bare = new MadeTrace(directory.resolve("bare"), "native", hooks);
        MadeTrace xen = new MadeTrace(directory.resolve("xen"), "xen-pv", hooks);
        for (long entry : new long[] {ENTRY, ENTRY | 0x5000}) {
            bare.call("mmu.start")
                    .arguments(POINTER)
                    .pointsTo(entry)
                    .result(entry)
                    .end();
            xen.call("mmu.start")
                    .arguments(POINTER)
                    .pointsTo(entry)
                    .result(entry == ENTRY ? entry : entry & ~0x40)
                    .end();
        }
        try (TraceReader first = bare.read();
                TraceReader second = xen.read()) {
            Divergence found =
                    hook(Diff.of(first, second), "mmu.start").divergences().get(0);
            assertEquals("result", found.kind());
            assertEquals(1, found.calls());
            assertEquals("returns the old value", found.first());
            assertEquals("returns the old value with 0x40 cleared", found.second());
        }
    }

    /** RBX is the caller's by the System V ABI, RCX is not. */
    @Test
    void aRegisterThatOnePlatformDoesNotKeepIsADivergence() {
        MadeTrace bare = MadeTrace.full(directory.resolve("bare"), "native", hooks("x"));
        MadeTrace xen = MadeTrace.full(directory.resolve("xen"), "xen-pv", hooks("x"));
        for (int i = 0; i < 12; i++) {
            bare.call("cpu.write_cr4").changes(1).arguments(i).end();
            xen.call("cpu.write_cr4").changes(i == 5 ? 3 : 1).arguments(i).end();
        }
        try (TraceReader first = bare.read();
                TraceReader second = xen.read()) {
            DiffReport report = Diff.of(first, second);
            Divergence found = hook(report, "cpu.write_cr4").divergences().get(0);
            assertEquals("clobber", found.kind());
            assertTrue(found.contract());
            assertEquals("keeps RBX, RSP, RBP and R12 to R15, as its callers rely on; changes RCX", found.first());
            assertTrue(
                    found.second().startsWith("changes RBX, which its callers may rely on in 1 of 12"), found::second);
            assertEquals(1, found.calls());
            assertEquals(new Both<>(0L, 5L), found.witness());
            assertEquals(List.of(), report.notCompared());
        }
    }

    @Test
    void thatRegistersAreNotRecordedIsSaid() {
        DiffReport report = diff(
                trace -> trace.call("cpu.write_cr4").arguments(5).end(),
                trace -> trace.call("cpu.write_cr4").arguments(5).end());
        assertEquals(1, report.notCompared().size());
        assertTrue(DiffText.of(report).contains("Not compared: which registers calls change:"), DiffText.of(report));
    }

    @Test
    void tracesOfDifferentKernelsAreNotCompared() {
        MadeTrace a = new MadeTrace(directory.resolve("a"), "native", "aa", hooks("x"), Options.defaults());
        MadeTrace b = new MadeTrace(directory.resolve("b"), "native", "bb", hooks("x"), Options.defaults());
        try (TraceReader first = a.read();
                TraceReader second = b.read()) {
            assertTrue(SameKernel.objection(first, second).orElseThrow().contains("different kernels"));
            assertTrue(SameKernel.objection(first, first).isEmpty());
        }
    }
}
