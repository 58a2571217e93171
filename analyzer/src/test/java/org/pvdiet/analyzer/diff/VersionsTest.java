package org.pvdiet.analyzer.diff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pvdiet.analyzer.MadeTrace;
import org.pvdiet.analyzer.MadeTrace.MadeHook;
import org.pvdiet.analyzer.diff.DiffReport.Both;
import org.pvdiet.analyzer.diff.VersionReport.HookVersions;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;
import org.pvdiet.traces.Options;
import org.pvdiet.traces.TraceReader;

class VersionsTest {
    private static final MadeHook CR4 = new MadeHook("cpu.write_cr4", "void write_cr4(unsigned long val)", "x");
    private static final MadeHook CR4_IN_5_10 = new MadeHook("cpu.write_cr4", "void write_cr4(unsigned long cr4)", "x");
    private static final MadeHook SAVE = new MadeHook("irq.save_fl", "unsigned long save_fl(void)", "x");
    private static final MadeHook GONE = new MadeHook("cpu.read_cr8", "unsigned long read_cr8(void)", "x");
    private static final MadeHook NEW = new MadeHook("mmu.flush_tlb_multi", "void flush_tlb_multi(void)", "x");

    @TempDir
    private Path directory;

    private int made;

    private VersionReport compare(
            List<MadeHook> before, Consumer<MadeTrace> old, List<MadeHook> after, Consumer<MadeTrace> recent) {
        MadeTrace a = new MadeTrace(directory.resolve("a" + made), "native", "aa", before, Options.defaults());
        MadeTrace b = new MadeTrace(directory.resolve("b" + made++), "native", "bb", after, Options.defaults());
        old.accept(a);
        recent.accept(b);
        try (TraceReader first = a.read();
                TraceReader second = b.read()) {
            List<TraceLog> logs = TraceLog.of(List.of(first, second));
            return Versions.of(logs.get(0), logs.get(1));
        }
    }

    private static HookVersions hook(VersionReport report, String name) {
        return report.hooks().stream()
                .filter(hook -> hook.hook().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /**
     * 5.10 had memory mapped executable that 6.1 has not: both leave a page table's page without RW and with NX, which is a change
     * of NX in one of them.
     */
    @Test
    void whatWasThereBeforeIsNoChangeOfAHook() {
        MadeHook hook = new MadeHook("mmu.alloc_pmd", "void alloc_pmd(struct mm_struct *mm, unsigned long pfn)", "x");
        long executable = 0x1063;
        long left = 0x8000000000001061L;
        Consumer<MadeTrace> old = maps(executable, left);
        Consumer<MadeTrace> same = maps(executable | 1L << 63, left);
        Consumer<MadeTrace> other = maps(executable, executable & ~2L);
        assertEquals(
                "same",
                hook(compare(List.of(hook), old, List.of(hook), same), "mmu.alloc_pmd")
                        .change());
        assertEquals(
                "changed",
                hook(compare(List.of(hook), old, List.of(hook), other), "mmu.alloc_pmd")
                        .change());
    }

    private static Consumer<MadeTrace> maps(long from, long to) {
        return trace -> trace.call("mmu.alloc_pmd")
                .arguments(0xffff888001000000L, 1)
                .effect(EffectKind.PAGE_TABLE_ENTRY, 0x5008, 1, from, to, EffectOutcome.DONE)
                .end();
    }

    @Test
    void hooksComeAndGo() {
        VersionReport report = compare(
                List.of(GONE, CR4),
                trace -> trace.call("cpu.write_cr4").arguments(5).end(),
                List.of(NEW, CR4),
                trace -> trace.call("cpu.write_cr4").arguments(5).end());
        assertEquals(new VersionReport.Summary(1, 1, 0, 1), report.summary());
        assertEquals("removed", hook(report, "cpu.read_cr8").change());
        assertEquals("added", hook(report, "mmu.flush_tlb_multi").change());
        assertEquals(
                new Both<>("", "void flush_tlb_multi(void)"),
                hook(report, "mmu.flush_tlb_multi").prototype());
        assertEquals("same", hook(report, "cpu.write_cr4").change());
        assertEquals(
                List.of(new Change("cpu.read_cr8", "removed", true), new Change("mmu.flush_tlb_multi", "added", true)),
                report.changes());
    }

    @Test
    void aPrototypeChanges() {
        VersionReport report = compare(
                List.of(CR4),
                trace -> {},
                List.of(new MadeHook("cpu.write_cr4", "void write_cr4(unsigned long val, bool flush)", "x")),
                trace -> {});
        assertEquals("changed", hook(report, "cpu.write_cr4").change());
        assertEquals("prototype", hook(report, "cpu.write_cr4").changes().get(0).kind());
    }

    /** 5.10 has {@code write_cr4(unsigned long cr4)}, 6.1 {@code write_cr4(unsigned long val)}. */
    @Test
    void anotherNameOfAParameterIsNoChange() {
        VersionReport report = compare(
                List.of(CR4),
                trace -> trace.call("cpu.write_cr4").arguments(5).end(),
                List.of(new MadeHook("cpu.write_cr4", "void write_cr4(unsigned long cr4)", "x")),
                trace -> trace.call("cpu.write_cr4").arguments(5).end());
        assertEquals("same", hook(report, "cpu.write_cr4").change());
        assertEquals(1, hook(report, "cpu.write_cr4").comparedInputs());
    }

    /** BTF of some kernels has no prototype for some hooks; then arguments and results were not recorded. */
    @Test
    void aPrototypeThatIsNotKnownIsNoChange() {
        VersionReport report = compare(
                List.of(new MadeHook("irq.save_fl", "", "x")),
                trace -> trace.call("irq.save_fl").end(),
                List.of(SAVE),
                trace -> trace.call("irq.save_fl").result(0x246).end());
        HookVersions hook = hook(report, "irq.save_fl");
        assertEquals("same", hook.change());
        assertEquals("prototype", hook.changes().get(0).kind());
        assertEquals(1, hook.changes().size(), hook::toString);
        assertEquals(List.of(new Change("irq.save_fl", "prototype", false)), report.changes());
    }

    @Test
    void aContractIsWidened() {
        VersionReport report = compare(
                List.of(SAVE, CR4),
                trace -> {
                    trace.call("irq.save_fl").result(0x246).end();
                    trace.call("cpu.write_cr4").arguments(5).end();
                },
                List.of(CR4, SAVE),
                trace -> {
                    trace.call("irq.save_fl").result(0x200).end();
                    trace.call("irq.save_fl").result(0x246).end();
                    trace.call("cpu.write_cr4").arguments(5).end();
                    trace.call("cpu.write_cr4")
                            .arguments(5)
                            .effect(EffectKind.MSR_WRITE, 0x10, -1, -1, 7, EffectOutcome.DONE)
                            .end();
                    trace.call("cpu.write_cr4").arguments(0).end();
                });
        VersionReport.ContractChange result =
                hook(report, "irq.save_fl").changes().get(0);
        assertEquals("result", result.kind());
        assertEquals(List.of("returns RFLAGS"), result.first());
        assertEquals(2, result.second().size());
        assertEquals(new Both<>(1L, 2L), result.calls());
        assertEquals(new Both<>(0L, 0L), result.witness());

        HookVersions cr4 = hook(report, "cpu.write_cr4");
        assertEquals("changed", cr4.change());
        assertEquals(List.of("no effect"), cr4.changes().get(0).first());
        assertTrue(cr4.changes().get(0).second().contains("IA32_TSC becomes 7"), cr4::toString);
        assertEquals(1, cr4.comparedInputs());
        assertEquals(new Both<>(0, 1), cr4.inputs());
        String text = VersionText.of(report);
        assertTrue(
                text.contains("both     no effect\n    first    nothing else\n    second   IA32_TSC becomes 7"), text);
    }

    /** 6.12 runs with other bits of CR4 than 6.1, and uses a breakpoint of its own: what the hooks do is the same. */
    @Test
    void whatARegisterHeldBeforeIsNoChange() {
        MadeHook flush = new MadeHook("mmu.flush_tlb_kernel", "void flush_tlb_kernel(void)", "x");
        MadeHook debug = new MadeHook("cpu.set_debugreg", "void set_debugreg(int regno, unsigned long val)", "x");
        List<MadeHook> hooks = List.of(flush, debug);
        VersionReport report = compare(hooks, trace -> registers(trace, 0x6b0, 0xd0202), hooks, trace -> {
            registers(trace, 0x6f0, 0xd0202);
            registers(trace, 0x6f0, 0x10000);
        });
        assertEquals("same", hook(report, "mmu.flush_tlb_kernel").change(), report::toString);
        assertEquals("same", hook(report, "cpu.set_debugreg").change(), report::toString);
    }

    private static Consumer<MadeTrace> gates(long... held) {
        return trace -> {
            for (long old : held) {
                trace.call("cpu.write_idt_entry")
                        .arguments(0x7fff, 3)
                        .effect(EffectKind.DESCRIPTOR, 0x1030, -1, old, 0x8e00, EffectOutcome.DONE)
                        .end();
            }
        };
    }

    @Test
    void whatIsWrittenAsItWasIsWritten() {
        List<MadeHook> hooks =
                List.of(new MadeHook("cpu.write_idt_entry", "void write_idt_entry(gate_desc *idt, int entry)", "x"));
        VersionReport report = compare(hooks, gates(0, 0x8e00), hooks, gates(0x8e00));
        assertEquals(List.of(), hook(report, "cpu.write_idt_entry").changes());
        assertEquals(1, hook(report, "cpu.write_idt_entry").comparedInputs());
    }

    private static void registers(MadeTrace trace, long cr4, long dr7) {
        long withoutPge = cr4 & ~0x80;
        trace.call("mmu.flush_tlb_kernel")
                .effect(EffectKind.CONTROL_REGISTER, 4, -1, cr4, withoutPge, EffectOutcome.DONE)
                .effect(EffectKind.CONTROL_REGISTER, 4, -1, withoutPge, cr4, EffectOutcome.DONE)
                .end();
        trace.call("cpu.set_debugreg")
                .arguments(7, dr7)
                .effect(EffectKind.DEBUG_REGISTER, 7, -1, 0x400, dr7 | 0x400, EffectOutcome.DONE)
                .end();
    }

    @Test
    void anMsrHasItsName() {
        MadeHook read = new MadeHook("cpu.read_msr", "u64 read_msr(unsigned int msr)", "x");
        VersionReport report = compare(
                List.of(read),
                trace -> trace.call("cpu.read_msr")
                        .arguments(0xc0000081L)
                        .result(1)
                        .end(),
                List.of(read),
                trace -> trace.call("cpu.read_msr")
                        .arguments(0xc0000081L)
                        .result(2)
                        .end());
        assertEquals("msr = STAR", hook(report, "cpu.read_msr").changes().get(0).input());
    }

    private static void cpuid(MadeTrace trace, long... leaves) {
        for (long leaf : leaves) {
            trace.call("cpu.cpuid").arguments(0x7fff).cpuid(leaf, 1, 2, 3, leaf).end();
        }
    }

    /** Where the leaf is, the pointer tells: another kernel that asks for more leaves has the same contract. */
    @Test
    void theLeafIsWhatCpuidWasGiven() {
        MadeHook cpuid = new MadeHook("cpu.cpuid", "void cpuid(unsigned int *eax)", "x");
        VersionReport report =
                compare(List.of(cpuid), trace -> cpuid(trace, 0, 1), List.of(cpuid), trace -> cpuid(trace, 0, 1, 7));
        HookVersions hook = hook(report, "cpu.cpuid");
        assertEquals("same", hook.change(), hook::toString);
        assertEquals(2, hook.comparedInputs());
        assertEquals(new Both<>(0, 1), hook.inputs());
    }

    /** An interrupt in one run's call is chance, and what the call did after it is not known. */
    @Test
    void anInterruptedCallIsNoChange() {
        VersionReport report = compare(
                List.of(CR4),
                trace -> {
                    trace.call("cpu.write_cr4")
                            .arguments(5)
                            .effect(EffectKind.MSR_WRITE, 0x10, -1, -1, 7, EffectOutcome.DONE)
                            .end();
                    trace.call("cpu.write_cr4")
                            .arguments(5)
                            .effect(EffectKind.HYPERCALL, 17, -1, -1, -1, EffectOutcome.DONE)
                            .effect(EffectKind.INTERRUPT, 0xf3, -1, -1, -1, EffectOutcome.DONE)
                            .end();
                },
                List.of(CR4),
                trace -> trace.call("cpu.write_cr4")
                        .arguments(5)
                        .effect(EffectKind.MSR_WRITE, 0x10, -1, -1, 7, EffectOutcome.DONE)
                        .end());
        assertEquals(List.of(), hook(report, "cpu.write_cr4").changes());
    }

    @Test
    void manyWaysAreCutShort() {
        VersionReport report = compare(
                List.of(CR4), trace -> trace.call("cpu.write_cr4").arguments(5).end(), List.of(CR4), trace -> {
                    for (int msr = 0x174; msr < 0x17a; msr++) {
                        trace.call("cpu.write_cr4")
                                .arguments(5)
                                .effect(EffectKind.MSR_WRITE, msr, -1, -1, 7, EffectOutcome.DONE)
                                .end();
                    }
                });
        String text = VersionText.of(report);
        assertTrue(text.contains("; and 2 more, in --format json"), text);
        assertEquals(6, hook(report, "cpu.write_cr4").changes().get(0).second().size());
    }

    private static Consumer<MadeTrace> writes(boolean interrupts, long value) {
        return trace -> {
            for (int i = 0; i < 12; i++) {
                trace.callAt("cpu.write_cr4", 0, interrupts).arguments(value).end();
            }
        };
    }

    @Test
    void aPreconditionThatNoLongerHoldsWidensAContract() {
        Consumer<MadeTrace> before = writes(false, 5);
        Consumer<MadeTrace> after = before.andThen(
                trace -> trace.callAt("cpu.write_cr4", 1, true).arguments(5).end());
        VersionReport widened = compare(List.of(CR4), before, List.of(CR4), after);
        HookVersions hook = hook(widened, "cpu.write_cr4");
        assertEquals("changed", hook.change());
        VersionReport.ContractChange change = hook.changes().get(0);
        assertEquals("precondition", change.kind());
        assertEquals(List.of("was always called with interrupts off"), change.first());
        assertEquals(List.of("was called with interrupts on"), change.second());
        assertEquals(new Both<>(12L, 1L), change.calls());
        assertEquals(new Both<>(0L, 12L), change.witness());
        assertEquals(
                List.of(
                        new Change("cpu.write_cr4", "changed", true),
                        new Change("cpu.write_cr4", "contract", true),
                        new Change("cpu.write_cr4", "widened", true),
                        new Change("cpu.write_cr4", "precondition", true)),
                widened.changes());
        assertTrue(
                VersionText.of(widened)
                        .contains(
                                "  contract, precondition%n    first    was always called with interrupts off  [#0, thin]"
                                        .formatted()),
                VersionText.of(widened));
    }

    /** That fewer callers are left breaks no platform. */
    @Test
    void aPreconditionThatNowHoldsIsNoChange() {
        Consumer<MadeTrace> after = writes(false, 5);
        Consumer<MadeTrace> before = after.andThen(
                trace -> trace.callAt("cpu.write_cr4", 1, true).arguments(5).end());
        VersionReport narrowed = compare(List.of(CR4), before, List.of(CR4), after);
        assertEquals("same", hook(narrowed, "cpu.write_cr4").change());
        assertEquals(
                List.of(
                        new Change("cpu.write_cr4", "contract", false),
                        new Change("cpu.write_cr4", "precondition", false)),
                narrowed.changes());
    }

    /** A hook that does what it did, and more: Linux 6.8's pages lose D with RW (pte_wrprotect, shadow stacks). */
    @Test
    void anEffectThatIsNewWidensAContract() {
        VersionReport report =
                compare(List.of(CR4), trace -> writesMsr(trace, 1), List.of(CR4_IN_5_10), trace -> writesMsr(trace, 2));
        HookVersions hook = hook(report, "cpu.write_cr4");
        assertEquals(1, hook.contracts().size(), hook::toString);
        assertEquals("shown", hook.contracts().get(0).calls());
        assertEquals(List.of(), hook.contracts().get(0).first());
        assertEquals("EFER becomes cr4", hook.contracts().get(0).second().get(0).claim());
        assertTrue(report.changes().contains(new Change("cpu.write_cr4", "widened", true)), report::toString);
    }

    @Test
    void anEffectThatIsGoneWidensNone() {
        VersionReport back =
                compare(List.of(CR4_IN_5_10), trace -> writesMsr(trace, 2), List.of(CR4), trace -> writesMsr(trace, 1));
        assertTrue(back.changes().contains(new Change("cpu.write_cr4", "contract", true)), back::toString);
        assertFalse(back.changes().contains(new Change("cpu.write_cr4", "widened", true)), back::toString);
    }

    /** Two parameters that take each other's names are where they were. */
    @Test
    void namesOfParametersAreNoContract() {
        MadeHook before = new MadeHook("cpu.write_cr4", "void write_cr4(unsigned long a, unsigned long b)", "f");
        MadeHook after = new MadeHook("cpu.write_cr4", "void write_cr4(unsigned long b, unsigned long a)", "f");
        Consumer<MadeTrace> calls = trace -> trace.call("cpu.write_cr4")
                .arguments(0x5000, 0x6000)
                .effect(EffectKind.MSR_WRITE, 0xc0000080L, -1, -1, 0x5000, EffectOutcome.DONE)
                .end();
        assertEquals(
                List.of(),
                hook(compare(List.of(before), calls, List.of(after), calls), "cpu.write_cr4")
                        .contracts());
    }

    private static void writesMsr(MadeTrace trace, int registers) {
        MadeTrace.MadeCall call = trace.call("cpu.write_cr4").arguments(0x5000);
        for (int i = 0; i < registers; i++) {
            call.effect(EffectKind.MSR_WRITE, 0xc000007fL + i, -1, -1, 0x5000, EffectOutcome.DONE);
        }
        call.end();
    }

    /** Sites and offsets in the table differ between kernels, and are no change of what callers rely on. */
    @Test
    void anotherOrderOfHooksIsNoChange() {
        Consumer<MadeTrace> calls = trace -> {
            trace.call("irq.save_fl").result(0x246).end();
            trace.callAt("cpu.write_cr4", 1, true).arguments(5).end();
        };
        VersionReport report = compare(List.of(SAVE, CR4), calls, List.of(CR4, SAVE), calls);
        assertEquals(new VersionReport.Summary(0, 0, 0, 2), report.summary());
        assertEquals(List.of(), report.changes());
    }
}
