package org.pvdiet.analyzer.diet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pvdiet.analyzer.MadeTrace;
import org.pvdiet.analyzer.MadeTrace.MadeCall;
import org.pvdiet.analyzer.MadeTrace.MadeHook;
import org.pvdiet.analyzer.diet.DietReport.HookVerdict;
import org.pvdiet.analyzer.diet.DietReport.Reason;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;
import org.pvdiet.traces.TraceReader;

/** Each finding on a trace made to show it; what real traces show is in {@link SampleDietTest}. */
class FindingsTest {
    private static final long POINTER = 0xffff888001234568L;
    private static final int GENERAL_PROTECTION = 13;
    private static final int MMU_UPDATE = 1;
    private static final int SET_SEGMENT_BASE = 25;
    private static final long EINVAL = -22;
    private static final int START_UP = 0;
    private static final int USER = 3;
    private static final int MANY = 120;

    @TempDir
    private Path directory;

    private MadeTrace bare(MadeHook... hooks) {
        return new MadeTrace(directory.resolve("native"), "native", List.of(hooks));
    }

    private MadeTrace xen(MadeHook... hooks) {
        return new MadeTrace(directory.resolve("xen"), "xen-pv", List.of(hooks));
    }

    private static HookVerdict verdict(MadeTrace bare, MadeTrace xen, String hook) {
        try (TraceReader first = bare.read();
                TraceReader second = xen.read()) {
            return Diet.of(DietTrace.of(List.of(first, second))).hooks().stream()
                    .filter(each -> each.hook().equals(hook))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static Reason reason(HookVerdict verdict, String finding) {
        return verdict.evidence().stream()
                .filter(reason -> reason.finding().equals(finding))
                .findFirst()
                .orElseThrow(() -> new AssertionError(finding + " not in " + verdict));
    }

    private static boolean has(HookVerdict verdict, String finding) {
        return verdict.evidence().stream().anyMatch(reason -> reason.finding().equals(finding));
    }

    private static MadeHook hook(String name, String prototype, String target) {
        return new MadeHook(name, prototype, target);
    }

    @Test
    void noFunction() {
        MadeTrace bare = bare(
                hook("mmu.alloc_p4d", "void alloc_p4d(unsigned long pfn)", "_paravirt_nop"),
                hook("cpu.a", "void a(void)", "a"));
        MadeTrace xen =
                xen(hook("mmu.alloc_p4d", "void alloc_p4d(unsigned long pfn)", ""), hook("cpu.a", "void a(void)", "a"));
        HookVerdict verdict = verdict(bare, xen, "mmu.alloc_p4d");
        assertEquals("remove", verdict.verdict());
        assertEquals("no-use", verdict.rule());
        assertEquals("high", verdict.risk());
        assertTrue(has(verdict, NoFunction.ID));
    }

    /** KVM's function for a hook that neither trace leads to it. */
    @Test
    void otherPlatform() {
        MadeHook hook = hook("lock.vcpu_is_preempted", "bool vcpu_is_preempted(long cpu)", "native_vcpu_is_preempted");
        MadeTrace bare = bare(hook).symbol("__kvm_vcpu_is_preempted", 0x100).symbol("vcpu_is_preempted_count", 0x200);
        HookVerdict verdict = verdict(bare, xen(hook), "lock.vcpu_is_preempted");
        assertEquals("keep", verdict.verdict());
        assertEquals("wanted-elsewhere", verdict.rule());
        assertTrue(reason(verdict, OtherPlatform.ID).sentence().contains("__kvm_vcpu_is_preempted"), verdict::toString);
    }

    @Test
    void noOpOnEveryPlatform() {
        MadeHook hook = hook("mmu.a", "void a(void)", "_paravirt_nop");
        MadeTrace bare = bare(hook);
        MadeTrace xen = xen(hook);
        bare.call("mmu.a").end(0);
        xen.call("mmu.a").end(0);
        assertTrue(has(verdict(bare, xen, "mmu.a"), NoOp.ID));
    }

    @Test
    void zeroAndAbsent() {
        String prototype = "u64 read_msr(unsigned int msr)";
        MadeTrace bare = bare(hook("cpu.read_msr", prototype, "native_read_msr"));
        MadeTrace xen = xen(hook("cpu.read_msr", prototype, "xen_read_msr"));
        bare.call("cpu.read_msr")
                .arguments(0x202)
                .effect(EffectKind.MSR_READ, 0x202, -1, -1, 0, EffectOutcome.DONE)
                .result(0)
                .end();
        xen.call("cpu.read_msr")
                .arguments(0x202)
                .exception(GENERAL_PROTECTION)
                .result(0)
                .end();
        HookVerdict verdict = verdict(bare, xen, "cpu.read_msr");
        assertEquals("respecify", verdict.verdict());
        assertEquals(2, reason(verdict, ZeroAndAbsent.ID).witnesses().size());
        assertEquals(1, reason(verdict, ErrorSwallowed.ID).calls());
    }

    /** Who wants to know of errors calls cpu.read_msr_safe: that cpu.read_msr does not tell is what it is for. */
    @Test
    void whatHasASafeFormNeedNotTell() {
        MadeHook[] hooks = {
            hook("cpu.read_msr", "u64 read_msr(unsigned int msr)", "read_msr"),
            hook("cpu.read_msr_safe", "u64 read_msr_safe(unsigned int msr, int *err)", "read_msr_safe")
        };
        MadeTrace bare = bare(hooks);
        MadeTrace xen = xen(hooks);
        for (MadeTrace trace : List.of(bare, xen)) {
            trace.call("cpu.read_msr")
                    .arguments(0x202)
                    .exception(GENERAL_PROTECTION)
                    .result(0)
                    .end();
            trace.call("cpu.read_msr").arguments(0x203).result(0).end();
        }
        HookVerdict verdict = verdict(bare, xen, "cpu.read_msr");
        assertFalse(has(verdict, ZeroAndAbsent.ID));
        assertFalse(has(verdict, ErrorSwallowed.ID));
    }

    /** A bare RDMSR would raise the #GP that read_msr_safe tells of. */
    @Test
    void noInstructionTakesThePlaceOfAHookThatTellsOfFaults() {
        String prototype = "u64 read_msr_safe(unsigned int msr, int *err)";
        String code = "mov    %edi,%ecx\nrdmsr\nshl    $0x20,%rdx\nor     %rdx,%rax\nret";
        MadeTrace bare = bare(new MadeHook("cpu.read_msr_safe", prototype, "native_read_msr_safe", code, "", ""));
        MadeTrace xen = xen(hook("cpu.read_msr_safe", prototype, "xen_read_msr_safe"));
        for (MadeTrace trace : List.of(bare, xen)) {
            trace.call("cpu.read_msr_safe")
                    .arguments(0x277, POINTER)
                    .effect(
                            EffectKind.MSR_READ,
                            0x277,
                            -1,
                            -1,
                            0x7040600070406L,
                            trace == xen ? EffectOutcome.EMULATED : EffectOutcome.DONE)
                    .result(0x7040600070406L)
                    .end();
        }
        HookVerdict verdict = verdict(bare, xen, "cpu.read_msr_safe");
        assertFalse(has(verdict, TrapsAnyway.ID), verdict::toString);
        assertFalse(has(verdict, Cold.ID), verdict::toString);
        assertEquals("keep", verdict.verdict());
    }

    /** xen_io_delay (Linux 6.1, arch/x86/xen/enlighten_pv.c), which no start-up calls, is empty; so is KVM's. */
    @Test
    void anEmptyFunctionDoesNothingThoughNoCallReachedIt() {
        String prototype = "void io_delay(void)";
        MadeTrace bare =
                bare(hook("cpu.io_delay", prototype, "native_io_delay")).symbol("kvm_io_delay", 0x100);
        MadeTrace xen = xen(new MadeHook(
                        "cpu.io_delay", prototype, "xen_io_delay", "nopl   (%rax,%rax,1)\nret", "", ""))
                .symbol("xen_io_delay", 0x200);
        bare.call("cpu.io_delay")
                .effect(EffectKind.PORT_OUT, 0x80, 1, -1, 0, EffectOutcome.DONE)
                .end();
        HookVerdict verdict = verdict(bare, xen, "cpu.io_delay");
        assertEquals("nothing-or-native", verdict.rule(), verdict::toString);
        assertEquals("high", verdict.risk());
        assertTrue(
                reason(verdict, NothingOnPlatform.ID)
                        .sentence()
                        .startsWith("On xen-pv xen_io_delay, which is empty, stands in the place of native_io_delay;"),
                verdict::toString);
        assertTrue(
                reason(verdict, OtherPlatform.ID).sentence().startsWith("The kernel has kvm_io_delay, which"),
                verdict::toString);
    }

    /** xen_write_cr4 clears PGE, PSE and PCE (Linux 6.1, arch/x86/xen/enlighten_pv.c), which no start-up sets under Xen. */
    @Test
    void whatAFunctionMasksIsToBeTriedBeforeItIsReplaced() {
        String prototype = "void write_cr4(unsigned long val)";
        MadeTrace bare = bare(hook("cpu.write_cr4", prototype, "native_write_cr4"));
        MadeTrace xen = xen(new MadeHook(
                "cpu.write_cr4",
                prototype,
                "xen_write_cr4",
                "nopl   (%rax,%rax,1)\nand    $0xfffffffffffffe6f,%rdi\njmp    0xffffffff81046270",
                "",
                ""));
        for (MadeTrace trace : List.of(bare, xen)) {
            EffectOutcome outcome = trace == xen ? EffectOutcome.EMULATED : EffectOutcome.DONE;
            trace.call("cpu.write_cr4")
                    .arguments(0x664)
                    .effect(EffectKind.CONTROL_REGISTER, 4, -1, 0x660, 0x664, outcome)
                    .end();
        }
        HookVerdict verdict = verdict(bare, xen, "cpu.write_cr4");
        assertEquals("traps-anyway", verdict.rule());
        assertTrue(
                verdict.check()
                        .contains(
                                "Give it what xen_write_cr4 changes first (and $0xfffffffffffffe6f,%rdi), which the bare"
                                        + " instruction would take as it is."),
                verdict::toString);
    }

    @Test
    void aFunctionThatReturnsAValueIsNotEmpty() {
        String prototype = "unsigned long store_tr(void)";
        MadeTrace bare = bare(hook("cpu.store_tr", prototype, "native_store_tr"));
        MadeTrace xen = xen(new MadeHook(
                "cpu.store_tr", prototype, "xen_store_tr", "nopl   (%rax,%rax,1)\nxor    %eax,%eax\nret", "", ""));
        assertEquals("unknown", verdict(bare, xen, "cpu.store_tr").rule());
    }

    /** xen_pgd_free frees a page, which takes a lock that is not its callers' concern. */
    @Test
    void aLockThatAFunctionTakesIsNoForward() {
        MadeHook[] hooks = {
            hook("mmu.pgd_free", "void pgd_free(struct mm_struct *mm, pgd_t *pgd)", "xen_pgd_free"),
            hook("lock.queued_spin_unlock", "void queued_spin_unlock(struct qspinlock *lock)", "unlock")
        };
        MadeTrace bare = bare(hooks);
        MadeTrace xen = xen(hooks);
        for (MadeTrace trace : List.of(bare, xen)) {
            MadeCall outer = trace.call("mmu.pgd_free").arguments(POINTER, POINTER);
            trace.call("lock.queued_spin_unlock").in(outer).arguments(POINTER).end();
            outer.end();
        }
        assertFalse(has(verdict(bare, xen, "mmu.pgd_free"), ForwardsOnly.ID));
    }

    /** A hook that is given where to put an error tells its callers. */
    @Test
    void anErrorThatIsToldIsNotSwallowed() {
        MadeHook hook = hook("cpu.read_msr_safe", "u64 read_msr_safe(unsigned int msr, int *err)", "xen_read_msr_safe");
        MadeTrace bare = bare(hook);
        MadeTrace xen = xen(hook);
        for (MadeTrace trace : List.of(bare, xen)) {
            trace.call("cpu.read_msr_safe")
                    .arguments(0x202, POINTER)
                    .exception(GENERAL_PROTECTION)
                    .result(0)
                    .end();
            trace.call("cpu.read_msr_safe").arguments(0x203, POINTER).result(0).end();
        }
        HookVerdict verdict = verdict(bare, xen, "cpu.read_msr_safe");
        assertFalse(has(verdict, ZeroAndAbsent.ID));
        assertFalse(has(verdict, ErrorSwallowed.ID));
    }

    @Test
    void aRefusedHypercallIsSwallowed() {
        MadeHook hook = hook("mmu.set_pte", "void set_pte(pte_t *ptep, pte_t pte)", "xen_set_pte");
        MadeTrace xen = xen(hook);
        xen.call("mmu.set_pte")
                .arguments(POINTER, 0x1063)
                .hypercall(MMU_UPDATE, EINVAL)
                .end();
        HookVerdict verdict = verdict(bare(hook), xen, "mmu.set_pte");
        assertTrue(reason(verdict, ErrorSwallowed.ID).sentence().contains("mmu_update"), verdict::toString);
    }

    @Test
    void splitAndRejoin() {
        String name = "cpu.write_msr";
        String prototype = "void write_msr(unsigned int msr, u32 low, u32 high)";
        MadeHook hook = new MadeHook(
                name, prototype, "write_msr", "wrmsr\nret", "mov    %eax,%esi\nshr    $0x20,%rdx", "shr    $0x1,%rax");
        MadeTrace bare = bare(hook);
        MadeTrace xen = xen(hook(name, prototype, "xen_write_msr"));
        for (MadeTrace trace : List.of(bare, xen)) {
            trace.call(name)
                    .arguments(0xc0000081L, 0x10, 0x230010)
                    .effect(EffectKind.MSR_WRITE, 0xc0000081L, -1, 0, 0x23001000000010L, EffectOutcome.DONE)
                    .end();
        }
        HookVerdict verdict = verdict(bare, xen, name);
        assertEquals("respecify", verdict.verdict());
        List<String> sentences = verdict.evidence().stream()
                .filter(reason -> reason.finding().equals(SplitAndRejoin.ID))
                .map(Reason::sentence)
                .toList();
        assertTrue(sentences.stream().anyMatch(s -> s.contains("two halves")), sentences::toString);
        assertTrue(
                sentences.stream()
                        .anyMatch(s -> s.contains("2 sites take a value apart before (shr    $0x20,%rdx): 1 call,")),
                sentences::toString);
        assertTrue(sentences.stream().noneMatch(s -> s.contains("0 sites")), sentences::toString);
    }

    /** Linux 7.2's read_msr_safe returns an error, and what it read by pointer: that both are 0 is chance. */
    @Test
    void errorIsNotWhatWasRead() {
        MadeHook hook = hook("cpu.read_msr_safe", "int read_msr_safe(u32 msr, u64 *p)", "native_read_msr_safe");
        MadeTrace bare = bare(hook);
        MadeTrace xen = xen(hook(hook.name(), hook.prototype(), "xen_read_msr_safe"));
        for (MadeTrace trace : List.of(bare, xen)) {
            trace.call(hook.name())
                    .arguments(0xc0011029L, POINTER)
                    .effect(EffectKind.MSR_READ, 0xc0011029L, -1, 0, trace == xen ? 0 : 2, EffectOutcome.DONE)
                    .result(0)
                    .end();
        }
        assertFalse(has(verdict(bare, xen, hook.name()), ResultDiffers.ID));
    }

    /** Linux 7.2's write_msr: WRMSR takes EDX:EAX, so that a shift is needed where callers have the value in one register. */
    @Test
    void oneValueIsNotSplit() {
        String name = "cpu.write_msr";
        String prototype = "void write_msr(u32 msr, u64 val)";
        String code = "mov    %rsi,%rdx\nshr    $0x20,%rdx\nwrmsr\nret";
        assertFalse(has(
                written("apart", new MadeHook(name, prototype, "write_msr", code, "nop", "nop")), SplitAndRejoin.ID));
        HookVerdict joined =
                written("joined", new MadeHook(name, prototype, "write_msr", code, "shl    $0x20,%rsi", "nop"));
        assertTrue(has(joined, SplitAndRejoin.ID));
        assertEquals("keep", joined.verdict());
    }

    private HookVerdict written(String traces, MadeHook hook) {
        MadeTrace bare = new MadeTrace(directory.resolve(traces), "native", List.of(hook));
        MadeTrace xen = new MadeTrace(
                directory.resolve(traces + "-xen"),
                "xen-pv",
                List.of(hook(hook.name(), hook.prototype(), "xen_write_msr")));
        for (MadeTrace trace : List.of(bare, xen)) {
            trace.call(hook.name())
                    .arguments(0xc0000081L, 0x23001000000010L)
                    .effect(EffectKind.MSR_WRITE, 0xc0000081L, -1, 0, 0x23001000000010L, EffectOutcome.DONE)
                    .end();
        }
        return verdict(bare, xen, hook.name());
    }

    @Test
    void aFunctionThatJoinsWhatASiteTakesApartIsSplitAndRejoin() {
        MadeHook hook = new MadeHook(
                "cpu.read_msr",
                "u64 read_msr(unsigned int msr)",
                "native_read_msr",
                "mov    %edi,%ecx\nrdmsr\nshl    $0x20,%rdx\nor     %rdx,%rax\nret",
                "nop",
                "shr    $0x20,%rax");
        MadeTrace bare = bare(hook);
        bare.call("cpu.read_msr")
                .arguments(0x10)
                .effect(EffectKind.MSR_READ, 0x10, -1, -1, 5, EffectOutcome.DONE)
                .result(5)
                .end();
        Reason reason = reason(verdict(bare, xen(hook), "cpu.read_msr"), SplitAndRejoin.ID);
        assertTrue(reason.sentence().contains("1 shift in 1 call"), reason::toString);
    }

    @Test
    void constantResult() {
        MadeHook hook = hook("mmu.a", "unsigned long a(unsigned long pfn)", "native_a");
        MadeTrace bare = bare(hook);
        MadeTrace xen = xen(hook("mmu.a", "unsigned long a(unsigned long pfn)", "xen_a"));
        for (int i = 0; i < MANY; i++) {
            bare.call("mmu.a").arguments(i + 1).result(0).end();
            xen.call("mmu.a").arguments(i + 1).result(0).end();
        }
        HookVerdict verdict = verdict(bare, xen, "mmu.a");
        assertEquals("narrow", verdict.verdict());
        assertEquals("constant", verdict.rule());
        assertEquals(MANY, reason(verdict, ConstantResult.ID).calls());
    }

    @Test
    void startUpOnlyAndCold() {
        String prototype = "void write_cr4(unsigned long val)";
        MadeTrace bare = bare(hook("cpu.write_cr4", prototype, "native_write_cr4"), hook("cpu.b", "void b(void)", "b"));
        MadeTrace xen = xen(hook("cpu.write_cr4", prototype, "xen_write_cr4"), hook("cpu.b", "void b(void)", "b"));
        for (MadeTrace trace : List.of(bare, xen)) {
            EffectOutcome outcome = trace == xen ? EffectOutcome.EMULATED : EffectOutcome.DONE;
            trace.call("cpu.write_cr4")
                    .arguments(0x620)
                    .effect(EffectKind.CONTROL_REGISTER, 4, -1, 0x20, 0x620, outcome)
                    .traps(trace == xen ? 1 : 0)
                    .end();
            trace.call("cpu.b").end(100_000_000);
            trace.call("cpu.b").end();
            trace.call("cpu.b").phase(USER).end(100_000_000);
            trace.call("cpu.b").phase(USER).end();
        }
        HookVerdict verdict = verdict(bare, xen, "cpu.write_cr4");
        assertTrue(has(verdict, StartUpOnly.ID));
        // A trap that the hook does not spare costs as much now as it would then.
        assertTrue(
                reason(verdict, Cold.ID)
                        .sentence()
                        .matches(".*about 5,000 instructions as traps, .* and now take 5,005 with the 1 that trap;.*"),
                verdict::toString);
        assertEquals("replace", verdict.verdict());
    }

    @Test
    void dropped() {
        String write = "void write_cr4(unsigned long val)";
        String read = "unsigned long read_cr4(void)";
        MadeTrace bare = bare(hook("cpu.write_cr4", write, "native_w"), hook("cpu.read_cr4", read, "native_r"));
        MadeTrace xen = xen(hook("cpu.write_cr4", write, "xen_w"), hook("cpu.read_cr4", read, "xen_r"));
        bare.call("cpu.write_cr4").arguments(0x6a0).end();
        bare.call("cpu.read_cr4").result(0x6a0).end();
        xen.call("cpu.write_cr4").arguments(0x6a0).end();
        xen.call("cpu.read_cr4").result(0x620).end();
        Reason reason = reason(verdict(bare, xen, "cpu.write_cr4"), Dropped.ID);
        assertTrue(
                reason.sentence().contains("0x6a0 was written to cr4, and the next read gave 0x620"), reason::toString);
        assertEquals(2, reason.witnesses().size());
    }

    @Test
    void droppedAsThePlatformSays() {
        MadeHook hook = hook("cpu.write_msr", "void write_msr(unsigned int msr, u64 val)", "write_msr");
        MadeTrace xen = xen(hook);
        xen.call("cpu.write_msr")
                .arguments(0x1b, 0xfee00800L)
                .effect(EffectKind.MSR_WRITE, 0x1b, -1, 0xfee00900L, 0xfee00900L, EffectOutcome.IGNORED)
                .end();
        assertTrue(has(verdict(bare(hook), xen, "cpu.write_msr"), Dropped.ID));
    }

    /** xen_do_write_msr ignores STAR (0xc0000081): Xen is told by a hypercall (Linux 6.1, arch/x86/xen/enlighten_pv.c). */
    @Test
    void droppedByTheFunction() {
        String prototype = "void write_msr(unsigned int msr, u32 low, u32 high)";
        MadeTrace bare = bare(hook("cpu.write_msr", prototype, "native_write_msr"));
        MadeTrace xen = xen(hook("cpu.write_msr", prototype, "xen_write_msr"));
        for (long msr : new long[] {0xc0000081L, 0xc0000100L}) {
            bare.call("cpu.write_msr")
                    .arguments(msr, 0, 0x230010)
                    .effect(EffectKind.MSR_WRITE, msr, -1, 0, 0x23001000000000L, EffectOutcome.DONE)
                    .end();
        }
        xen.call("cpu.write_msr").arguments(0xc0000081L, 0, 0x230010).end();
        xen.call("cpu.write_msr")
                .arguments(0xc0000100L, 0, 0x230010)
                .hypercall(25, 0, 0, 1)
                .end();
        Reason reason = reason(verdict(bare, xen, "cpu.write_msr"), Dropped.ID);
        assertEquals(
                "On xen-pv it does nothing when it is to write STAR: 1 call; on native they are written.",
                reason.sentence());
        assertEquals(2, reason.witnesses().size());
    }

    /** What the processor changes by itself differs on bare metal as well. */
    @Test
    void aRegisterThatChangesByItselfIsNotDropped() {
        MadeHook write = hook("mmu.write_cr2", "void write_cr2(unsigned long val)", "w");
        MadeHook read = hook("mmu.read_cr2", "unsigned long read_cr2(void)", "r");
        MadeTrace bare = bare(write, read);
        MadeTrace xen = xen(write, read);
        for (MadeTrace trace : List.of(bare, xen)) {
            trace.call("mmu.write_cr2").arguments(0x1000).end();
            trace.call("mmu.read_cr2").result(0x2000).end();
        }
        assertFalse(has(verdict(bare, xen, "mmu.write_cr2"), Dropped.ID));
    }

    @Test
    void answerChanges() {
        MadeHook hook = hook("cpu.cpuid", "void cpuid(unsigned int *eax)", "cpuid");
        MadeTrace bare = bare(hook);
        MadeTrace xen = xen(hook);
        bare.call("cpu.cpuid")
                .arguments(POINTER)
                .phase(START_UP)
                .cpuid(1, 1, 2, 3, 4)
                .end();
        bare.call("cpu.cpuid").arguments(POINTER).cpuid(1, 1, 2, 3, 4).end();
        xen.call("cpu.cpuid")
                .arguments(POINTER)
                .phase(START_UP)
                .cpuid(1, 1, 2, 3, 4)
                .end();
        xen.call("cpu.cpuid").arguments(POINTER).cpuid(1, 1, 2, 0x80000003L, 4).end();
        HookVerdict verdict = verdict(bare, xen, "cpu.cpuid");
        List<Reason> reasons = verdict.evidence().stream()
                .filter(reason -> reason.finding().equals(AnswerChanges.ID))
                .toList();
        assertEquals(1, reasons.size(), verdict::toString);
        assertTrue(
                reasons.get(0).sentence().contains("CPUID leaf 0x1 subleaf 0x0, 0x1 0x2 0x3 0x4 then"),
                reasons::toString);
        assertTrue(reasons.get(0).sentence().contains("caller_of_cpuid"), reasons::toString);
    }

    @Test
    void equivalentButForTheLevel() {
        MadeTrace bare = bare(
                hook("mmu.set_pmd", "void set_pmd(pmd_t *pmdp, pmd_t pmd)", "set_pmd"),
                hook("mmu.set_pud", "void set_pud(pud_t *pudp, pud_t pud)", "set_pud"));
        MadeTrace xen = xen(
                hook("mmu.set_pmd", "void set_pmd(pmd_t *pmdp, pmd_t pmd)", "xen_set_pmd"),
                hook("mmu.set_pud", "void set_pud(pud_t *pudp, pud_t pud)", "xen_set_pud"));
        for (MadeTrace trace : List.of(bare, xen)) {
            for (int i = 0; i < 10; i++) {
                set(trace.call("mmu.set_pmd"), 2);
                if (i > 0) {
                    set(trace.call("mmu.set_pud"), 3);
                }
            }
        }
        HookVerdict verdict = verdict(bare, xen, "mmu.set_pud");
        assertEquals("merge", verdict.verdict());
        assertEquals("mmu.set_pmd", verdict.with());
        assertTrue(reason(verdict, Equivalent.ID).sentence().contains("but for the level"), verdict::toString);
    }

    /** What set_p4d is to be merged with is not to be merged itself, though set_pmd has calls that set_p4d has not. */
    @Test
    void mergingEndsAtAHookThatStays() {
        MadeHook[] hooks = {
            hook("mmu.set_pmd", "void set_pmd(pmd_t *pmdp, pmd_t pmd)", "set_pmd"),
            hook("mmu.set_pud", "void set_pud(pud_t *pudp, pud_t pud)", "set_pud"),
            hook("mmu.set_p4d", "void set_p4d(p4d_t *p4dp, p4d_t p4d)", "set_p4d")
        };
        MadeTrace bare = bare(hooks);
        MadeTrace xen = xen(hooks);
        for (MadeTrace trace : List.of(bare, xen)) {
            set(trace, "mmu.set_p4d", 4, 20, 0);
            set(trace, "mmu.set_pud", 3, 38, 2);
            set(trace, "mmu.set_pmd", 2, 51, 9);
        }
        // The same function everywhere is its own reason; what a hook would be merged with is in the evidence.
        Reason reason = reason(verdict(bare, xen, "mmu.set_p4d"), Equivalent.ID);
        assertEquals("mmu.set_pmd", reason.other());
        assertTrue(reason.sentence().startsWith("In all traces mmu.set_pud does what it does"), reason::toString);
        assertTrue(reason.sentence().endsWith(" mmu.set_pud in turn does what mmu.set_pmd does."), reason::toString);
    }

    /** Calls that write what they are given, and some that clear R/W of it. */
    private static void set(MadeTrace trace, String hook, int level, int plain, int cleared) {
        for (int i = 0; i < plain + cleared; i++) {
            trace.call(hook)
                    .arguments(POINTER, 0x1063)
                    .effect(
                            EffectKind.PAGE_TABLE_ENTRY,
                            0x1234568,
                            level,
                            0,
                            i < plain ? 0x1063 : 0x1061,
                            EffectOutcome.DONE)
                    .end();
        }
    }

    private static void set(MadeCall call, int level) {
        call.arguments(POINTER, 0x1063)
                .effect(EffectKind.PAGE_TABLE_ENTRY, 0x1234568, level, 0, 0x1063, EffectOutcome.DONE)
                .end();
    }

    /** One makes pages read-only, the other writable: as forms both make a present entry of one. */
    @Test
    void oppositesAreNotEquivalent() {
        MadeHook[] hooks = {
            hook("cpu.alloc_ldt", "void alloc_ldt(void *ldt, unsigned int n)", "xen_alloc_ldt"),
            hook("cpu.free_ldt", "void free_ldt(void *ldt, unsigned int n)", "xen_free_ldt")
        };
        MadeTrace xen = xen(hooks);
        for (int i = 0; i < 10; i++) {
            xen.call("cpu.alloc_ldt")
                    .arguments(POINTER, 5)
                    .effect(EffectKind.PAGE_TABLE_ENTRY, 0x777000, 1, 0x1063, 0x1061, EffectOutcome.DONE)
                    .end();
            xen.call("cpu.free_ldt")
                    .arguments(POINTER, 5)
                    .effect(EffectKind.PAGE_TABLE_ENTRY, 0x777000, 1, 0x1061, 0x1063, EffectOutcome.DONE)
                    .end();
        }
        assertFalse(has(verdict(bare(hooks), xen, "cpu.free_ldt"), Equivalent.ID));
    }

    @Test
    void calledTogether() {
        MadeHook[] hooks = {hook("lazy.enter", "void enter(void)", "e"), hook("lazy.leave", "void leave(void)", "l")};
        MadeTrace bare = bare(hooks);
        MadeTrace xen = xen(hooks);
        for (int i = 0; i < 20; i++) {
            bare.call("lazy.enter").end();
            bare.call("lazy.leave").end();
            xen.call("lazy.enter").end();
            xen.call("lazy.leave").end();
        }
        assertEquals(
                "lazy.leave",
                reason(verdict(bare, xen, "lazy.enter"), CalledTogether.ID).other());
    }

    @Test
    void equallyOftenIsNotTogether() {
        MadeHook[] hooks = {hook("cpu.a", "void a(void)", "a"), hook("cpu.b", "void b(void)", "b")};
        MadeTrace bare = bare(hooks);
        for (int i = 0; i < 40; i++) {
            bare.call(i < 20 ? "cpu.a" : "cpu.b").end();
        }
        assertFalse(has(verdict(bare, xen(hooks), "cpu.a"), CalledTogether.ID));
    }

    @Test
    void sharedFunction() {
        MadeTrace bare = bare(
                hook("mmu.flush_user", "void flush_user(void)", "native_user"),
                hook("mmu.flush_kernel", "void flush_kernel(void)", "native_kernel"));
        MadeTrace xen = xen(
                hook("mmu.flush_user", "void flush_user(void)", "xen_flush_tlb"),
                hook("mmu.flush_kernel", "void flush_kernel(void)", "xen_flush_tlb"));
        assertEquals(
                "mmu.flush_kernel",
                reason(verdict(bare, xen, "mmu.flush_user"), SharedFunction.ID).other());
    }

    @Test
    void fixedArgument() {
        MadeHook[] hooks = {
            hook("cpu.write_fs_base", "void write_fs_base(unsigned long base)", "w"),
            hook("cpu.write_msr", "void write_msr(unsigned int msr, u64 val)", "m")
        };
        MadeTrace bare = bare(hooks);
        write(bare.call("cpu.write_fs_base").arguments(0x7000), 0xc0000100L, 0x7000);
        write(bare.call("cpu.write_msr").arguments(0xc0000100L, 0x7000), 0xc0000100L, 0x7000);
        write(bare.call("cpu.write_msr").arguments(0xc0000081L, 0x10), 0xc0000081L, 0x10);
        HookVerdict verdict = verdict(bare, xen(hooks), "cpu.write_fs_base");
        assertEquals("cpu.write_msr", reason(verdict, FixedArgument.ID).other());
    }

    private static void write(MadeCall call, long msr, long value) {
        call.effect(EffectKind.MSR_WRITE, msr, -1, 0, value, EffectOutcome.DONE).end();
    }

    @Test
    void forwardsToAnotherTable() {
        MadeHook hook = new MadeHook(
                "cpu.a",
                "void a(void)",
                "native_a",
                "endbr64\njmp    *0x1234(%rip)        # 0xffffffff81000208",
                "",
                "");
        MadeTrace bare = bare(hook).symbol("x86_platform", 0x200);
        MadeTrace xen = xen(hook).symbol("x86_platform", 0x200);
        bare.call("cpu.a").end();
        xen.call("cpu.a").end();
        Reason reason = reason(verdict(bare, xen, "cpu.a"), ForwardsToTable.ID);
        assertTrue(reason.sentence().contains("x86_platform+0x8"), reason::toString);
    }

    @Test
    void kernelFunction() {
        String prototype = "void tlb_remove_table(void *tlb, void *table)";
        MadeTrace bare = bare(hook("mmu.tlb_remove_table", prototype, "tlb_remove_page"));
        MadeTrace xen = xen(hook("mmu.tlb_remove_table", prototype, "tlb_remove_table"));
        bare.call("mmu.tlb_remove_table").arguments(POINTER, POINTER).end();
        xen.call("mmu.tlb_remove_table").arguments(POINTER, POINTER).end();
        assertEquals(
                "kernel-function", verdict(bare, xen, "mmu.tlb_remove_table").rule());
    }

    @Test
    void onlySome() {
        String prototype = "void write_msr(unsigned int msr, u64 val)";
        MadeTrace bare = bare(hook("cpu.write_msr", prototype, "native_write_msr"));
        MadeTrace xen = xen(hook("cpu.write_msr", prototype, "xen_write_msr"));
        for (MadeTrace trace : List.of(bare, xen)) {
            EffectOutcome outcome = trace == xen ? EffectOutcome.EMULATED : EffectOutcome.DONE;
            MadeCall call = trace.call("cpu.write_msr").arguments(0xc0000100L, 0x7000);
            (trace == xen ? call.hypercall(SET_SEGMENT_BASE, 0, 0, 0x7000) : call).end();
            trace.call("cpu.write_msr")
                    .arguments(0x10, 5)
                    .effect(EffectKind.MSR_WRITE, 0x10, -1, 0, 5, outcome)
                    .end();
        }
        HookVerdict verdict = verdict(bare, xen, "cpu.write_msr");
        assertEquals("narrow", verdict.verdict());
        assertTrue(reason(verdict, OnlySome.ID).sentence().contains("1 other number"), verdict::toString);
    }

    @Test
    void hotAndNotInlined() {
        MadeHook hook = hook("cpu.a", "void a(void)", "a");
        MadeTrace bare = bare(hook);
        bare.call("cpu.a").end();
        assertTrue(has(verdict(bare, xen(hook), "cpu.a"), HotNotInlined.ID));
    }

    @Test
    void pageTableBits() {
        MadeHook hook = hook("mmu.set_pte", "void set_pte(pte_t *ptep, pte_t pte)", "set_pte");
        MadeTrace bare = bare(hook);
        MadeTrace xen = xen(hook);
        bare.call("mmu.set_pte")
                .arguments(POINTER, 0x1063)
                .entry(0x1234568, 0x1063)
                .end();
        xen.call("mmu.set_pte")
                .arguments(POINTER, 0x1063)
                .entry(0x1234568, 0x1067)
                .end();
        Reason reason = reason(verdict(bare, xen, "mmu.set_pte"), BitsChange.ID);
        assertTrue(reason.sentence().contains("US (forced)"), reason::toString);
    }

    @Test
    void effectsAndFaultsThatDiffer() {
        MadeHook hook = hook("cpu.a", "void a(unsigned long val)", "a");
        MadeTrace bare = bare(hook);
        MadeTrace xen = xen(hook);
        bare.call("cpu.a")
                .arguments(0)
                .effect(EffectKind.TLB_FLUSH, 0, -1, -1, 0, EffectOutcome.DONE)
                .end();
        xen.call("cpu.a")
                .arguments(0)
                .effect(EffectKind.HALT, 0, -1, -1, 0, EffectOutcome.DONE)
                .exception(GENERAL_PROTECTION)
                .end();
        HookVerdict verdict = verdict(bare, xen, "cpu.a");
        assertTrue(has(verdict, EffectDivergence.MISSING), verdict::toString);
        assertTrue(has(verdict, EffectDivergence.EXTRA), verdict::toString);
        assertTrue(has(verdict, EffectDivergence.FAULT), verdict::toString);
    }

    /** Interrupts were off on one platform before what was called with them on, too, on the other. */
    @Test
    void aPreconditionOfOnePlatformIsFound() {
        MadeHook hook = hook("cpu.a", "void a(int n)", "a");
        MadeTrace bare = bare(hook);
        MadeTrace xen = xen(hook("cpu.a", "void a(int n)", "xen_a"));
        for (int i = 0; i < 12; i++) {
            bare.callAt("cpu.a", 0, i % 2 == 0).arguments(i).end();
            xen.callAt("cpu.a", 0, false).arguments(i).end();
        }
        Reason reason = reason(verdict(bare, xen, "cpu.a"), Precondition.ID);
        assertEquals(
                "On xen-pv, and not on native, it was always called with interrupts off: 12 calls.", reason.sentence());
    }

    /** Which page tables were in use, and what calls of other sites find, is the run's. */
    @Test
    void whatNoPairShowsIsNoPrecondition() {
        MadeHook hook = hook("cpu.a", "void a(int n)", "a");
        MadeTrace bare = bare(hook);
        MadeTrace xen = xen(hook("cpu.a", "void a(int n)", "xen_a"));
        for (int i = 0; i < 12; i++) {
            bare.callAt("cpu.a", 0, false).arguments(i).end();
            bare.callAt("cpu.a", 1, true).arguments(i).end();
            xen.callAt("cpu.a", 0, false).arguments(i).end();
        }
        assertFalse(has(verdict(bare, xen, "cpu.a"), Precondition.ID));
    }

    /** Since Linux 6.8 hooks without a function lead to nop_func. */
    @Test
    void nopFuncIsNoFunctionOfAPlatform() {
        MadeTrace bare = bare(hook("cpu.a", "void a(void)", "a"));
        MadeTrace xen = xen(hook("cpu.a", "void a(void)", "nop_func"));
        bare.call("cpu.a").end();
        xen.call("cpu.a").end();
        assertFalse(has(verdict(bare, xen, "cpu.a"), OwnFunction.ID));
    }

    /** native_sched_clock() turns cycles into nanoseconds: its caller would not do with EDX:EAX. */
    @Test
    void whatAFunctionReadsForItselfIsNotSplit() {
        MadeHook hook = new MadeHook(
                "time.sched_clock",
                "u64 sched_clock(void)",
                "native_sched_clock",
                "rdtsc\nshl    $0x20,%rdx\nor     %rdx,%rax\nmul    %rcx\nret",
                "",
                "");
        MadeTrace bare = bare(hook);
        bare.call("time.sched_clock")
                .effect(EffectKind.TSC, 0, -1, -1, 500, EffectOutcome.DONE)
                .result(200)
                .end();
        assertFalse(has(verdict(bare, xen(hook), "time.sched_clock"), SplitAndRejoin.ID));
    }

    /** xen_steal_clock(0) returns 0 where nothing was stolen: that is not its argument (Linux 5.10, drivers/xen/time.c). */
    @Test
    void aNumberThatWasAlwaysGivenIsNoIdentity() {
        MadeHook hook = hook("time.steal_clock", "u64 steal_clock(int cpu)", "native_steal_clock");
        MadeTrace bare = bare(hook);
        MadeTrace xen = xen(hook("time.steal_clock", "u64 steal_clock(int cpu)", "xen_steal_clock"));
        for (int i = 0; i < MANY; i++) {
            xen.call("time.steal_clock").arguments(0).result(0).end();
        }
        assertFalse(has(verdict(bare, xen, "time.steal_clock"), Identity.ID));
    }

    /** Time differs in every call, and is no promise. */
    @Test
    void whatIsMeasuredDiffersForNobody() {
        MadeHook hook = hook("time.sched_clock", "u64 sched_clock(void)", "native_sched_clock");
        MadeTrace bare = bare(hook);
        MadeTrace xen = xen(hook("time.sched_clock", "u64 sched_clock(void)", "xen_sched_clock"));
        for (int i = 0; i < MANY; i++) {
            bare.call("time.sched_clock").result(0x10000 + 77 * i).end();
            xen.call("time.sched_clock").result(0x70000 + 91 * i).end();
        }
        assertFalse(has(verdict(bare, xen, "time.sched_clock"), ResultDiffers.ID));
    }

    /** 5.10's BTF has no prototype of irq.restore_fl, so its argument is not recorded. */
    @Test
    void whatHasNoPrototypeIsEquivalentToNothing() {
        List<MadeHook> hooks =
                List.of(hook("irq.irq_enable", "void irq_enable(void)", "a"), hook("irq.restore_fl", "", "b"));
        MadeTrace bare = bare(hooks.toArray(MadeHook[]::new));
        MadeTrace xen = xen(hooks.toArray(MadeHook[]::new));
        for (MadeTrace trace : List.of(bare, xen)) {
            for (int i = 0; i < MANY; i++) {
                for (MadeHook hook : hooks) {
                    trace.call(hook.name())
                            .effect(EffectKind.INTERRUPT_FLAG, 0, -1, 0, 1, EffectOutcome.DONE)
                            .end();
                }
            }
        }
        assertFalse(has(verdict(bare, xen, "irq.irq_enable"), Equivalent.ID));
    }

    @Test
    void everyRuleTriedIsTold() {
        MadeHook hook = hook("cpu.a", "void a(void)", "a");
        HookVerdict verdict = verdict(bare(hook), xen(hook), "cpu.a");
        assertTrue(verdict.rules().get(verdict.rules().size() - 1).held());
        assertTrue(verdict.rules().subList(0, verdict.rules().size() - 1).stream()
                .noneMatch(tried -> tried.held() || tried.objection().isEmpty()));
    }
}
