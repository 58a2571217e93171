package org.pvdiet.analyzer.diet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pvdiet.analyzer.MadeTrace;
import org.pvdiet.analyzer.MadeTrace.MadeHook;
import org.pvdiet.analyzer.diet.DietReport.HookVerdict;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;
import org.pvdiet.traces.TraceReader;

class DietTest {
    private static final long POINTER = 0xffff888001234568L;

    @TempDir
    private Path directory;

    private Map<String, HookVerdict> verdicts;

    private static List<MadeHook> hooks(boolean xen) {
        String prefix = xen ? "xen_" : "native_";
        return List.of(
                new MadeHook("cpu.wbinvd", "void wbinvd(void)", "native_wbinvd"),
                new MadeHook("cpu.store_tr", "unsigned long store_tr(void)", prefix + "store_tr"),
                new MadeHook("cpu.io_delay", "void io_delay(void)", xen ? "_paravirt_nop" : "native_io_delay"),
                new MadeHook("cpu.cpuid", "void cpuid(unsigned int *eax)", prefix + "cpuid"),
                new MadeHook("cpu.read_pmc", "u64 read_pmc(int counter)", prefix + "read_pmc"),
                new MadeHook("irq.save_fl", "unsigned long save_fl(void)", prefix + "save_fl"),
                new MadeHook("mmu.set_pte", "void set_pte(pte_t *ptep, pte_t pte)", prefix + "set_pte"),
                new MadeHook("mmu.pte_val", "pteval_t pte_val(pte_t pte)", prefix + "pte_val"),
                new MadeHook("cpu.same", "unsigned long same(unsigned long val)", prefix + "same"),
                new MadeHook("mmu.forward", "void forward(pte_t *ptep, pte_t pte)", prefix + "forward"));
    }

    @BeforeEach
    void judge() {
        MadeTrace bare = new MadeTrace(directory.resolve("native"), "native", hooks(false));
        MadeTrace xen = new MadeTrace(directory.resolve("xen"), "xen-pv", hooks(true)).frames(0x100, 0x9100);
        for (MadeTrace trace : List.of(bare, xen)) {
            boolean onXen = trace == xen;
            long entry = onXen ? 0x9102063 : 0x102063;
            trace.call("cpu.wbinvd").end();
            if (onXen) {
                trace.call("cpu.io_delay").end();
            } else {
                trace.call("cpu.io_delay")
                        .effect(EffectKind.PORT_OUT, 0x80, 1, -1, 0, EffectOutcome.DONE)
                        .end();
            }
            trace.call("cpu.cpuid")
                    .arguments(POINTER)
                    .effect(EffectKind.CPUID, 1, -1, -1, 0, onXen ? EffectOutcome.EMULATED : EffectOutcome.DONE)
                    .end();
            trace.call("cpu.read_pmc")
                    .arguments(0xc1)
                    .effect(EffectKind.MSR_READ, 0xc1, -1, -1, 7, onXen ? EffectOutcome.EMULATED : EffectOutcome.DONE)
                    .result(7)
                    .end();
            trace.call("irq.save_fl").result(onXen ? 0x200 : 0x246).end();
            setPte(trace.call("mmu.set_pte").arguments(POINTER, entry), onXen, entry)
                    .end();
            trace.call("mmu.pte_val").arguments(entry).result(0x102063).end();
            trace.call("cpu.same").arguments(0x123456).result(0x123456).end();
            MadeTrace.MadeCall outer = trace.call("mmu.forward").arguments(POINTER, entry);
            setPte(trace.call("mmu.set_pte").in(outer).arguments(POINTER, entry), onXen, entry)
                    .end();
            outer.end();
        }
        try (TraceReader first = bare.read();
                TraceReader second = xen.read()) {
            verdicts = Diet.of(DietTrace.of(List.of(first, second))).hooks().stream()
                    .collect(Collectors.toMap(HookVerdict::hook, Function.identity()));
        }
    }

    private static MadeTrace.MadeCall setPte(MadeTrace.MadeCall call, boolean xen, long entry) {
        call.entry(0x1234568, entry);
        return xen ? call.hypercall(1, 0, 1, 1, 0, 0x7ff0) : call;
    }

    private void verdict(String hook, Verdict verdict, String finding) {
        HookVerdict found = verdicts.get(hook);
        assertEquals(verdict.word(), found.verdict(), found::toString);
        assertEquals(finding, found.evidence().get(0).finding(), found::toString);
        assertEquals(verdict.word(), found.evidence().get(0).supports(), found::toString);
    }

    @Test
    void whatNothingRestsOnCanGo() {
        verdict("cpu.wbinvd", Verdict.REMOVE, SameFunction.ID);
        verdict("cpu.same", Verdict.REMOVE, Identity.ID);
    }

    /** Xen's own function was not called: what it does is not known, and no reason to remove its hook. */
    @Test
    void whatWasNotSeenStays() {
        verdict("cpu.store_tr", Verdict.KEEP, NotSeen.ID);
        assertTrue(verdicts.get("cpu.store_tr").evidence().stream()
                .anyMatch(reason -> reason.finding().equals(NeverCalled.ID)));
    }

    @Test
    void anInstructionCanTakeThePlaceOfWhatIsNothingOrTraps() {
        verdict("cpu.io_delay", Verdict.REPLACE, NothingOnPlatform.ID);
        verdict("cpu.read_pmc", Verdict.REPLACE, TrapsAnyway.ID);
        assertEquals(
                "by an alternative: out %al, $0x80, or nothing",
                verdicts.get("cpu.io_delay").becomes());
        assertEquals("by rdpmc", verdicts.get("cpu.read_pmc").becomes());
    }

    /** CPUID does not trap below ring 0 by itself (SDM volume 2, CPUID): the platform's function made it. */
    @Test
    void whatTrapsOnlyBecauseTheFunctionMakesItIsKept() {
        assertEquals(Verdict.KEEP.word(), verdicts.get("cpu.cpuid").verdict());
    }

    @Test
    void aHookThatOnlyForwardsCanBeMerged() {
        verdict("mmu.forward", Verdict.MERGE, ForwardsOnly.ID);
    }

    @Test
    void aResultThatHoldsLessMustBeSpecified() {
        verdict("irq.save_fl", Verdict.RESPECIFY, ResultDiffers.ID);
        assertEquals("what its result means", verdicts.get("irq.save_fl").becomes());
        // Linux 6.1's paravirt_types.h says so of save_fl.
        String sentence = verdicts.get("irq.save_fl").evidence().get(0).sentence();
        assertTrue(sentence.endsWith(" The catalogue notes: Callers may use the interrupt flag only."), sentence);
    }

    @Test
    void whatAPlatformWorksInStays() {
        verdict("mmu.set_pte", Verdict.KEEP, PlatformWork.ID);
        verdict("mmu.pte_val", Verdict.KEEP, Translation.ID);
    }

    @Test
    void everyVerdictOfAWitnessNamesARecordedCall() {
        verdicts.values().stream()
                .flatMap(verdict -> verdict.evidence().stream())
                .filter(reason -> reason.calls() > 0)
                .forEach(reason -> assertTrue(
                        reason.witnesses().stream().allMatch(witness -> witness.seq() >= 0 && witness.seq() < 11)
                                && !reason.witnesses().isEmpty(),
                        reason::toString));
    }
}
