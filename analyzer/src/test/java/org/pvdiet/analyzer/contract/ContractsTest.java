package org.pvdiet.analyzer.contract;

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
import org.pvdiet.analyzer.contract.ContractReport.HookStatements;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;
import org.pvdiet.traces.Outcome;
import org.pvdiet.traces.TraceReader;

/** Sentences, on parts of real recordings where those show the case, else on made calls. */
class ContractsTest {
    private static final Path SAMPLES = Path.of("..", "traces", "samples");
    private static final long POINTER = 0xffff888001234568L;
    private static final MadeHook WRITE_CR4 = new MadeHook("cpu.write_cr4", "void write_cr4(unsigned long val)", "f");
    private static final MadeHook WRITE_MSR =
            new MadeHook("cpu.write_msr", "void write_msr(unsigned int msr, u32 low, u32 high)", "f");
    private static final MadeHook SET_PTE = new MadeHook("mmu.set_pte", "void set_pte(pte_t *ptep, pte_t pte)", "f");
    private static final MadeHook MAKE_PTE = new MadeHook("mmu.make_pte", "pte_t make_pte(pteval_t pte)", "f");
    private static final MadeHook ENTER = new MadeHook("lazy_mode.enter", "void enter(void)", "f");
    private static final MadeHook LEAVE = new MadeHook("lazy_mode.leave", "void leave(void)", "f");

    @TempDir
    private Path directory;

    private static List<Statement> sample(String platform, String hook) {
        try (TraceReader reader = TraceReader.open(SAMPLES.resolve(platform + ".pvtrace"))) {
            return statements(Contracts.of(reader), hook);
        }
    }

    private MadeTrace made(MadeHook... hooks) {
        return new MadeTrace(directory.resolve("x.pvtrace"), "xen-pv", List.of(hooks));
    }

    private static List<Statement> made(MadeTrace trace, String hook) {
        try (TraceReader reader = trace.read()) {
            return statements(Contracts.of(reader), hook);
        }
    }

    private static List<Statement> statements(ContractReport report, String hook) {
        return report.hooks().stream()
                .filter(statements -> statements.hook().equals(hook))
                .map(HookStatements::statements)
                .findFirst()
                .orElseThrow();
    }

    /** SDM volume 3, 17.2.3 and 17.2.4: of DR6 and DR7, some bits are 1 whatever is written. */
    @Test
    void bitsOfDebugRegistersThatAreAlwaysOneAreNoException() {
        MadeTrace trace =
                made(new MadeHook("cpu.set_debugreg", "void set_debugreg(int regno, unsigned long val)", "f"));
        long[][] writes = {{0, 0x1000, 0x1000}, {6, 0, 0xffff0ff0L}, {7, 0, 0x400}, {7, 0x200, 0x600}, {1, 0x20, 0x20}};
        for (long[] write : writes) {
            trace.call("cpu.set_debugreg")
                    .arguments(write[0], write[1])
                    .effect(EffectKind.DEBUG_REGISTER, write[0], -1, 0x400, write[2], EffectOutcome.DONE)
                    .end();
        }
        assertEquals(
                List.of("debug register regno becomes val"), sentences(made(trace, "cpu.set_debugreg"), Aspect.EFFECT));
    }

    /** With one call of each, any argument that is not the same separates them. */
    @Test
    void twoCallsHaveNoCondition() {
        MadeTrace trace = made(new MadeHook(
                "cpu.write_gdt_entry",
                "void write_gdt_entry(struct desc_struct *gdt, int entry, const void *desc, int type)",
                "f"));
        trace.call("cpu.write_gdt_entry")
                .arguments(POINTER, 15, POINTER, 0x10)
                .hypercall(10, 0, 0x1000, 0)
                .end();
        trace.call("cpu.write_gdt_entry").arguments(POINTER, 8, POINTER, 9).end();
        String sentence =
                sentences(made(trace, "cpu.write_gdt_entry"), Aspect.HYPERCALL).get(0);
        assertTrue(sentence.endsWith(" in 1 of 2 calls"), sentence);
    }

    /** That one process made all calls is chance; that all were made before there was one says nothing either. */
    @Test
    void whosePageTablesItWasIsToldOfTheKernelsOwn() {
        MadeHook update = new MadeHook("cpu.update_io_bitmap", "void update_io_bitmap(void)", "f");
        MadeHook early = new MadeHook("mmu.a", "void a(void)", "g");
        // MadeTrace's CR3 is machine frame 0x1000.
        MadeTrace trace = made(update, early).frames(0x5000, 0x1000);
        for (int i = 0; i < 40; i++) {
            trace.call("cpu.update_io_bitmap").phase(3).end();
            trace.call("mmu.a").end();
        }
        assertFalse(sentences(made(trace, "cpu.update_io_bitmap"), Aspect.PRECONDITION).stream()
                .anyMatch(sentence -> sentence.contains("page tables")));
        MadeTrace own = new MadeTrace(directory.resolve("y.pvtrace"), "xen-pv", List.of(update, early))
                .symbol("init_top_pgt", 0);
        for (int i = 0; i < 40; i++) {
            own.call("cpu.update_io_bitmap").phase(3).end();
            own.call("mmu.a").end();
        }
        ContractReport report;
        try (TraceReader reader = own.read()) {
            report = Contracts.of(reader);
        }
        assertTrue(
                sentences(statements(report, "cpu.update_io_bitmap"), Aspect.PRECONDITION)
                        .contains("was always called under the kernel's own page tables (init_top_pgt)"),
                () -> statements(report, "cpu.update_io_bitmap").toString());
        assertEquals(
                List.of("was always called with interrupts on"),
                sentences(statements(report, "mmu.a"), Aspect.PRECONDITION));
    }

    /** Recordings have one processor. */
    @Test
    void thatThereIsOneProcessorIsNoPrecondition() {
        MadeTrace trace = made(new MadeHook("cpu.load_tls", "void load_tls(int regno, unsigned int cpu)", "f"));
        for (int i = 0; i < 12; i++) {
            trace.call("cpu.load_tls").arguments(6, 0).end();
        }
        assertEquals(
                List.of("was always called with interrupts on", "regno was always 6"),
                sentences(made(trace, "cpu.load_tls"), Aspect.PRECONDITION));
    }

    /** pte_mfn_to_pfn gives an entry that is not present for a frame that has no pseudo-physical number (Linux 6.1, mmu_pv.c). */
    @Test
    void entriesOfFramesThatAreNotTheGuests() {
        MadeTrace trace = made(new MadeHook("mmu.pte_val", "pteval_t pte_val(pte_t pte)", "f"))
                .frames(0x100, 0x9100);
        for (int i = 0; i < 60; i++) {
            trace.call("mmu.pte_val")
                    .arguments(0x9100067L + (i << 12))
                    .result(0x100067L + (i << 12))
                    .end();
        }
        trace.call("mmu.pte_val").arguments(0x110067).result(0x66).end();
        List<String> results = sentences(made(trace, "mmu.pte_val"), Aspect.RESULT);
        assertEquals(
                "returns another value (first 0x66, not present) in 1 of 61 calls, exactly when pte maps a frame that is not"
                        + " the guest's",
                results.get(1));
    }

    /** xen_make_pte_init makes entries of the P2M's pages read-only, xen_make_pte does not (Linux 6.1, mmu_pv.c). */
    @Test
    void whatOnlyTheFirstOfTwoFunctionsDid() {
        MadeTrace trace = made(MAKE_PTE);
        for (int i = 0; i < 60; i++) {
            long pte = 0x100067L + (i << 12);
            trace.call("mmu.make_pte")
                    .arguments(pte)
                    .result(i % 10 == 0 ? pte & ~2L : pte)
                    .end();
        }
        trace.ledTo("mmu.make_pte", "f_init");
        for (int i = 0; i < 60; i++) {
            trace.call("mmu.make_pte")
                    .arguments(0x200067L + (i << 12))
                    .result(0x200067L + (i << 12))
                    .end();
        }
        assertEquals(
                List.of("returns pte; RW cleared in 5.0 % of them, only while it led to f_init"),
                sentences(made(trace, "mmu.make_pte"), Aspect.RESULT));
    }

    /** Under Xen the kernel empties a slot that had a function when it was entered (xen_mmu_ops, arch/x86/xen/mmu_pv.c). */
    @Test
    void aSlotThatWasEmptiedLeadsNowhere() {
        try (TraceReader reader = TraceReader.open(SAMPLES.resolve("xen-pv.pvtrace"))) {
            HookStatements hook = Contracts.of(reader).hooks().stream()
                    .filter(statements -> statements.hook().equals("mmu.set_pgd"))
                    .findFirst()
                    .orElseThrow();
            assertEquals("", hook.target());
        }
    }

    private static List<String> sentences(List<Statement> statements, Aspect aspect) {
        return statements.stream()
                .filter(statement -> statement.aspect() == aspect)
                .map(Statement::sentence)
                .toList();
    }

    /** native_save_fl is PUSHF; xen_save_fl_direct sets bit 9 alone and leaves what was in AL (arch/x86/xen/xen-asm.S). */
    @Test
    void whatSaveFlReturns() {
        assertEquals(List.of("returns RFLAGS"), sentences(sample("native", "irq.save_fl"), Aspect.RESULT));
        assertEquals(
                List.of("returns the interrupt flag in bit 9; only bit 9 means anything"),
                sentences(sample("xen-pv", "irq.save_fl"), Aspect.RESULT));
    }

    /** pte_pfn_to_mfn and pte_mfn_to_pfn (Linux 6.1, arch/x86/xen/mmu_pv.c). */
    @Test
    void entriesAreTranslatedUnderXen() {
        assertEquals(List.of("returns pte"), sentences(sample("native", "mmu.make_pte"), Aspect.RESULT));
        assertEquals(
                List.of("returns pmd with the frame number translated to a machine frame"),
                sentences(sample("xen-pv", "mmu.make_pmd"), Aspect.RESULT));
        assertEquals(
                List.of("returns pmd with the frame number translated to a pseudo-physical frame"),
                sentences(sample("xen-pv", "mmu.pmd_val"), Aspect.RESULT));
    }

    /** xen_write_cr3 leaves the change to xen_end_context_switch while a context switch is under way. */
    @Test
    void whatIsPutOffInContextSwitches() {
        List<Statement> statements = sample("xen-pv", "mmu.write_cr3");
        assertTrue(
                sentences(statements, Aspect.EFFECT)
                        .get(0)
                        .matches("CR3 becomes val with the frame number translated to a machine frame in \\d+ of \\d+"
                                + " calls, exactly outside of context switches"),
                statements.toString());
        assertTrue(
                sentences(statements, Aspect.HYPERCALL).get(0).startsWith("makes hypercall mmuext_op("),
                statements.toString());
    }

    @Test
    void bitsThatARegisterDoesNotTake() {
        MadeTrace trace = made(WRITE_CR4);
        long pge = 1 << 7;
        for (long value : new long[] {0x6f0, 0x670, 0x7f0, 0x20, 0x6f1, 0x2f0, 0x4f0, 0xf0, 0x6b0, 0x6a0, 0x6e0}) {
            trace.call("cpu.write_cr4")
                    .arguments(value)
                    .effect(EffectKind.CONTROL_REGISTER, 4, -1, 0x20, value & ~pge, EffectOutcome.EMULATED)
                    .end();
        }
        List<Statement> statements = made(trace, "cpu.write_cr4");
        assertEquals(List.of("CR4 becomes val without PGE"), sentences(statements, Aspect.EFFECT));
        assertEquals(List.of("the write of CR4 traps, and the platform does it"), sentences(statements, Aspect.TRAP));
        Statement effect = statements.get(0);
        assertEquals(11, effect.calls());
        assertEquals(11, effect.inputs());
        assertEquals(0, effect.witness());
        assertFalse(effect.thin());
    }

    /** SDM volume 2: what traps is an instruction; a write of a page table traps because its page is read-only. */
    @Test
    void whatTrapsIsNamed() {
        MadeTrace trace = made(new MadeHook("cpu.a", "void a(void)", "f"));
        trace.call("cpu.a")
                .effect(EffectKind.TSC, 0, -1, -1, 7, EffectOutcome.EMULATED)
                .effect(EffectKind.PAGE_TABLE_ENTRY, 0x5000, 1, 0, 0x1067, EffectOutcome.EMULATED)
                .end();
        assertEquals(
                List.of(
                        "the write of level 1 entries elsewhere traps, and the platform does it",
                        "RDTSC traps, and the platform does it"),
                sentences(made(trace, "cpu.a"), Aspect.TRAP));
    }

    @Test
    void whatIsSilentlyDroppedByNumber() {
        MadeTrace trace = made(WRITE_MSR);
        for (int i = 0; i < 20; i++) {
            trace.call("cpu.write_msr")
                    .arguments(0xc0000100L, i, 1)
                    .effect(EffectKind.MSR_WRITE, 0xc0000100L, -1, 0, i | 1L << 32, EffectOutcome.DONE)
                    .end();
            trace.call("cpu.write_msr").arguments(0xc0000082L, i, 1).end();
        }
        assertEquals(
                List.of(
                        "MSR msr becomes high:low in 20 of 40 calls, exactly when msr is FS_BASE",
                        "does nothing that is recorded in 20 of 40 calls, exactly when msr is LSTAR"),
                sentences(made(trace, "cpu.write_msr"), Aspect.EFFECT));
    }

    @Test
    void whatSeparatesCallsWithAHypercall() {
        MadeTrace trace = made(SET_PTE, ENTER, LEAVE);
        for (int i = 0; i < 30; i++) {
            long pte = 0x1000L * i | 0x63;
            boolean lazy = i % 3 == 0;
            if (lazy) {
                trace.call("lazy_mode.enter").end();
            }
            MadeTrace.MadeCall call = trace.call("mmu.set_pte").arguments(0xffff888000001000L + 8 * i, pte);
            if (!lazy) {
                call.entry(0x1000 + 8 * i, pte).hypercall(1, 0, 0xffff888000002000L + i, 1, 0, 0x7ff0);
            }
            call.end(lazy ? 10 : 90);
            if (lazy) {
                trace.call("lazy_mode.leave").end();
            }
        }
        List<Statement> statements = made(trace, "mmu.set_pte");
        assertEquals(
                List.of("makes hypercall mmu_update(*, 1, 0, DOMID_SELF) in 20 of 30 calls,"
                        + " exactly outside of lazy MMU mode"),
                sentences(statements, Aspect.HYPERCALL));
        assertEquals(
                "*ptep becomes pte in 20 of 30 calls, exactly outside of lazy MMU mode",
                sentences(statements, Aspect.EFFECT).get(0));
        assertEquals(
                List.of("takes 11 to 93 instructions, median 93, 90 % within 93"), sentences(statements, Aspect.TIME));
    }

    @Test
    void entriesThatThePlatformAdds() {
        MadeTrace trace = made(SET_PTE);
        for (int i = 0; i < 40; i++) {
            long pte = 0x1000L * i | (i % 2 == 0 ? 0x67 : 0x63);
            trace.call("mmu.set_pte")
                    .arguments(0xffff888000001000L + 8 * i, pte)
                    .entry(0x1000 + 8 * i, pte | 4)
                    .end();
        }
        assertEquals(List.of("*ptep becomes pte with US set"), sentences(made(trace, "mmu.set_pte"), Aspect.EFFECT));
    }

    @Test
    void fewCallsAreMarked() {
        MadeTrace trace = made(MAKE_PTE).frames(0x100, 0x9100);
        for (int i = 0; i < 5; i++) {
            trace.call("mmu.make_pte")
                    .arguments((0x100L + i) << 12 | 0x63)
                    .result((0x9100L + i) << 12 | 0x63)
                    .end();
        }
        trace.call("mmu.make_pte")
                .arguments(0)
                .exception(14)
                .outcome(Outcome.FAULTED)
                .end();
        List<Statement> statements = made(trace, "mmu.make_pte");
        assertEquals(
                List.of("returns pte with the frame number translated to a machine frame"),
                sentences(statements, Aspect.RESULT));
        assertTrue(statements.get(0).thin());
        assertEquals(5, statements.get(0).calls());
        assertEquals("[5 calls, #0, thin]", statements.get(0).evidence(6));
        assertEquals("[#0, thin]", statements.get(0).evidence(5));
        assertEquals("[5 calls, 5 inputs, #0, thin]", statements.get(0).evidenceWithInputs());
        assertEquals(
                List.of("raises #PF in 1 of 6 calls, exactly when pte is not present"),
                sentences(statements, Aspect.FAULT));
        assertEquals(
                List.of("leaves by an exception in 1 of 6 calls, exactly when pte is not present"),
                sentences(statements, Aspect.OUTCOME));
    }

    /** Linux calls set_pte for entries that map 2 MiB as well (arch/x86/mm/pat/set_memory.c, __set_pmd_pte). */
    @Test
    void theLevelOfAnEntryIsNoExceptionToWhatIsWritten() {
        MadeTrace trace = made(SET_PTE);
        for (int i = 0; i < 12; i++) {
            long entry = 0x200000L * i | 0x1e3;
            trace.call("mmu.set_pte")
                    .arguments(0xffff888000001000L + 8 * i, entry)
                    .effect(EffectKind.PAGE_TABLE_ENTRY, 0x1000 + 8 * i, i < 3 ? 2 : 1, 0, entry, EffectOutcome.DONE)
                    .end();
        }
        List<Statement> effects = made(trace, "mmu.set_pte").stream()
                .filter(statement -> statement.aspect() == Aspect.EFFECT)
                .toList();
        assertEquals(2, effects.size(), effects::toString);
        assertTrue(effects.stream().allMatch(Statement::always), effects::toString);
        assertTrue(effects.get(0).saysSameAs(effects.get(1)), effects::toString);
    }

    @Test
    void aHookThatWasNeverCalledHasNoStatements() {
        MadeTrace trace = made(SET_PTE, MAKE_PTE);
        trace.call("mmu.set_pte").arguments(0xffff888000001000L, 0).end();
        assertEquals(List.of(), made(trace, "mmu.make_pte"));
    }

    /** xen_set_pmd asks Xen where the table is pinned, and so mapped read-only (Linux 6.1, arch/x86/xen/mmu_pv.c). */
    @Test
    void readOnlyTablesAreAConditionAndAPrecondition() {
        MadeTrace trace = made(SET_PTE, MAKE_PTE);
        for (int i = 0; i < 30; i++) {
            MadeTrace.MadeCall call =
                    trace.call("mmu.set_pte").arguments(0xffff888000001000L + 8 * i, 0x1000L * i | 0x63);
            if (i % 3 == 0) {
                call.readOnlyTable().hypercall(1, 0, 0xffff888000002000L + i, 1, 0, 0x7ff0);
            }
            call.end();
        }
        assertEquals(
                List.of("makes hypercall mmu_update(*, 1, 0, DOMID_SELF) in 10 of 30 calls,"
                        + " exactly when ptep's page is read-only"),
                sentences(made(trace, "mmu.set_pte"), Aspect.HYPERCALL));
    }

    @Test
    void aTableThatWasAlwaysReadOnlyIsAPrecondition() {
        MadeHook release = new MadeHook("mmu.release_pte", "void release_pte(unsigned long pfn)", "f");
        MadeHook exit = new MadeHook("mmu.exit_mmap", "void exit_mmap(struct mm_struct *mm)", "f");
        MadeTrace trace = made(release, exit);
        for (int i = 0; i < 12; i++) {
            trace.call("mmu.release_pte").arguments(0x100 + i).readOnlyTable().end();
            trace.call("mmu.exit_mmap").arguments(0xffff888000001000L + i).end();
        }
        try (TraceReader reader = trace.read()) {
            ContractReport report = Contracts.of(reader);
            assertEquals(
                    List.of("was always called when page pfn is read-only", "was always called with interrupts on"),
                    sentences(statements(report, "mmu.release_pte"), Aspect.PRECONDITION));
            // That a table could be written to is no precondition: nothing depends on it.
            assertEquals(
                    "was always called with interrupts on",
                    sentences(statements(report, "mmu.exit_mmap"), Aspect.PRECONDITION)
                            .get(0));
        }
    }

    /** public/xen.h: MMUEXT_INVLPG_LOCAL has one argument, MMUEXT_TLB_FLUSH_LOCAL none; UVMF_INVLPG|UVMF_LOCAL is 2. */
    @Test
    void operationsAndFlagsHaveTheirNames() {
        MadeHook flush = new MadeHook("mmu.flush_tlb_one_user", "void flush_tlb_one_user(unsigned long addr)", "f");
        MadeTrace trace = made(flush);
        for (int i = 0; i < 12; i++) {
            long address = 0x7f0000000000L + 0x1000 * i;
            trace.call("mmu.flush_tlb_one_user")
                    .arguments(address)
                    .operation(7, address, 0x1234 + i)
                    .operation(6, i, i)
                    .hypercall(26, 0, 0xffff888000002000L + i, 2, 0, 0x7ff0)
                    .hypercall(14, 0, address, 0x63 + 0x1000 * i, 2)
                    .end();
        }
        assertEquals(
                List.of(
                        "makes hypercall update_va_mapping(addr, *, UVMF_INVLPG|UVMF_LOCAL)",
                        "makes hypercall mmuext_op(*, 2, 0, DOMID_SELF)",
                        "mmuext_op does MMUEXT_TLB_FLUSH_LOCAL()",
                        "mmuext_op does MMUEXT_INVLPG_LOCAL(addr)"),
                sentences(made(trace, "mmu.flush_tlb_one_user"), Aspect.HYPERCALL));
    }

    /** Xen lets a guest write K7_HWCR and keeps nothing (Xen 4.17, write_msr in arch/x86/pv/emul-priv-op.c). */
    @Test
    void anIgnoredWriteBecomesNothing() {
        MadeTrace trace = made(WRITE_MSR);
        for (int i = 0; i < 12; i++) {
            trace.call("cpu.write_msr")
                    .arguments(0xc0010015L, i, 1)
                    .ignoredMsr(0xc0010015L, 0)
                    .end();
            trace.call("cpu.write_msr")
                    .arguments(0xc0000100L, i, 1)
                    .effect(EffectKind.MSR_WRITE, 0xc0000100L, -1, 0, i | 1L << 32, EffectOutcome.DONE)
                    .end();
        }
        assertEquals(
                List.of(
                        "MSR msr becomes high:low in 12 of 24 calls, exactly when msr is FS_BASE",
                        "MSR msr is silently not written in 12 of 24 calls, exactly when msr is K7_HWCR"),
                sentences(made(trace, "cpu.write_msr"), Aspect.EFFECT));
    }

    /** What never varied does not show that an argument goes through: xen_write_cr0 passes on no more than TS. */
    @Test
    void aValueThatWasThereAlreadyFollowsNoArgument() {
        MadeHook writeCr0 = new MadeHook("cpu.write_cr0", "void write_cr0(unsigned long val)", "f");
        MadeTrace trace = made(writeCr0);
        for (int i = 0; i < 2; i++) {
            trace.call("cpu.write_cr0")
                    .arguments(0x80050033L)
                    .effect(EffectKind.CONTROL_REGISTER, 0, -1, 0x80050033L, 0x80050033L, EffectOutcome.DONE)
                    .end();
        }
        assertEquals(
                List.of("CR0 is written with what it holds"), sentences(made(trace, "cpu.write_cr0"), Aspect.EFFECT));
    }

    /** A frame that is not the guest's is Xen's: of the slots that it keeps in a guest's level 4 table, for one. */
    @Test
    void entriesOfThePlatformAreToldApart() {
        MadeHook dup =
                new MadeHook("mmu.dup_mmap", "void dup_mmap(struct mm_struct *oldmm, struct mm_struct *mm)", "f");
        MadeTrace trace = made(dup).frames(0x100, 0x9100);
        for (int i = 0; i < 12; i++) {
            trace.call("mmu.dup_mmap")
                    .arguments(0xffff888000001000L, 0xffff888000002000L + i)
                    .hypercall(26, 0, 1, 1)
                    .effect(EffectKind.PAGE_TABLE_ENTRY, 0x9101800, 4, 0, 0x107065, EffectOutcome.DONE)
                    .effect(EffectKind.PAGE_TABLE_ENTRY, 0x9101008, 4, 0, 0x9102067 + (i << 12), EffectOutcome.DONE)
                    .end();
        }
        assertEquals(
                List.of("level 4 entries of the platform's own change", "level 4 entries elsewhere change"),
                sentences(made(trace, "mmu.dup_mmap"), Aspect.EFFECT));
    }

    /** Xen's leave_mm() loads init_mm's tables, wherever they are in this run. */
    @Test
    void theKernelsOwnTablesAreNamed() {
        MadeHook exit = new MadeHook("mmu.exit_mmap", "void exit_mmap(struct mm_struct *mm)", "f");
        MadeTrace trace =
                made(exit).frames(0x100, 0x9100).symbol("init_top_pgt", 0).symbol("_end", 0x2000);
        trace.call("mmu.exit_mmap")
                .arguments(0xffff888000001000L)
                .effect(EffectKind.CONTROL_REGISTER, 3, 0, 0xa005000, 0xa000000, EffectOutcome.DONE)
                .end();
        assertEquals(List.of("CR3 becomes init_top_pgt"), sentences(made(trace, "mmu.exit_mmap"), Aspect.EFFECT));
    }

    /** MOV to CR3 drops translations, SDM volume 3, 4.10.4.1 (June 2016). */
    @Test
    void writingTheSameRootFlushes() {
        assertTrue(
                sentences(sample("native", "mmu.flush_tlb_user"), Aspect.EFFECT)
                        .contains("CR3 is written with what it holds, which flushes the TLB"),
                () -> sample("native", "mmu.flush_tlb_user").toString());
    }

    /** 30 calls of xen_set_pte_init, which asks Xen in the first 10 of them. */
    private MadeTrace afterXenSetPteInit() {
        MadeTrace trace =
                made(new MadeHook("mmu.set_pte", "void set_pte(pte_t *ptep, pte_t pte)", "xen_set_pte"), ENTER, LEAVE);
        for (int i = 0; i < 30; i++) {
            MadeCall call = trace.call("mmu.set_pte").arguments(0x1000 + 8 * i, 0x1001);
            (i < 10 ? asksXen(call.readOnlyTable()) : call).end();
        }
        trace.ledTo("mmu.set_pte", "xen_set_pte_init");
        return trace;
    }

    /**
     * xen_set_pte_init writes entries itself, but for those of the fixmap; xen_set_pte, which takes its place when memory can be
     * allocated, asks Xen unless in lazy MMU mode, and there when its queue is full (Linux 6.1, arch/x86/xen/mmu_pv.c).
     */
    @Test
    void whenAHookActsThatLedToTwoFunctionsOneAfterTheOther() {
        MadeTrace trace = afterXenSetPteInit();
        for (int i = 0; i < 60; i++) {
            MadeCall call = trace.call("mmu.set_pte").arguments(0x1000 + 8 * i, 0x1001);
            asksXen(i % 2 == 0 ? call.readOnlyTable() : call).end();
        }
        trace.call("lazy_mode.enter").end();
        for (int i = 0; i < 32; i++) {
            MadeCall call = trace.call("mmu.set_pte").arguments(0x1000 + 8 * i, 0x1001);
            (i == 31 ? asksXen(call) : call).end();
        }
        trace.call("lazy_mode.leave").end();
        assertEquals(
                List.of("makes hypercall mmu_update(*, 1, 0, DOMID_SELF) in 71 of 122 calls,"
                        + " while it led to xen_set_pte_init exactly when ptep's page is read-only,"
                        + " once it leads to xen_set_pte always outside of lazy MMU mode"
                        + " and in 1 of 32 calls in lazy MMU mode"),
                sentences(made(trace, "mmu.set_pte"), Aspect.HYPERCALL));
    }

    /** Linux 7.2 keeps the lazy mode where no hook shows it; calls in it are few. */
    @Test
    void whenAHookActsButForAFewCallsThatNothingSeparates() {
        MadeTrace trace = afterXenSetPteInit();
        for (int i = 0; i < 60; i++) {
            MadeCall call = trace.call("mmu.set_pte").arguments(0x1000 + 8 * i, 0x1001);
            (i % 20 == 7 ? call : asksXen(call)).end();
        }
        assertEquals(
                List.of("makes hypercall mmu_update(*, 1, 0, DOMID_SELF) in 67 of 90 calls,"
                        + " while it led to xen_set_pte_init exactly when ptep's page is read-only,"
                        + " once it leads to xen_set_pte in all but 3 of 60 calls"),
                sentences(made(trace, "mmu.set_pte"), Aspect.HYPERCALL));
    }

    /** A gate has 16 bytes (SDM volume 3, 6.14.1), which are written as two words. */
    @Test
    void aDescriptorIsNotAsManyAsItsWrites() {
        MadeTrace trace = made(new MadeHook(
                "cpu.write_idt_entry",
                "void write_idt_entry(gate_desc *idt, int entry, const gate_desc *gate)",
                "native_write_idt_entry"));
        for (int i = 0; i < 20; i++) {
            trace.call("cpu.write_idt_entry")
                    .arguments(0x1000, i, 0x2000)
                    .effect(EffectKind.DESCRIPTOR, 0x1000 + 16 * i, -1, 0, 0x8e0000100000L + i, EffectOutcome.DONE)
                    .effect(EffectKind.DESCRIPTOR, 0x1008 + 16 * i, -1, 0, 0xffffffff, EffectOutcome.DONE)
                    .end();
        }
        assertEquals(
                List.of("writes a descriptor, by 2 writes"),
                sentences(made(trace, "cpu.write_idt_entry"), Aspect.EFFECT));
    }

    /** What the exceptions return is said too, however few they are. */
    @Test
    void whatFewOfManyCallsReturn() {
        MadeTrace trace = made(new MadeHook("mmu.pte_val", "pteval_t pte_val(pte_t pte)", "xen_pte_val"));
        for (int i = 0; i < 8000; i++) {
            long entry = 0x1000L * i + 0x63;
            trace.call("mmu.pte_val")
                    .arguments(entry)
                    .result(i % 3900 == 77 ? 0x62 + 0x100 * (i / 3900) : entry)
                    .end();
        }
        List<Statement> statements = made(trace, "mmu.pte_val");
        assertEquals(
                List.of(
                        "returns pte in all but 3 of 8,000 calls",
                        "returns another value (first 0x62, not present) in 3 of 8,000 calls"),
                sentences(statements, Aspect.RESULT));
        assertEquals(77, statements.get(1).witness());
    }

    private static MadeCall asksXen(MadeCall call) {
        return call.hypercall(1, 0, 0x5000, 1, 0, 0x7ff0);
    }

    /** What a handler does is not the hook's: neither its time nor its hypercalls. */
    @Test
    void whatAnInterruptsHandlerTakesIsNotTheHooks() {
        MadeHook enable = new MadeHook("irq.irq_enable", "void irq_enable(void)", "f");
        for (boolean apart : new boolean[] {true, false}) {
            MadeTrace trace = new MadeTrace(directory.resolve(apart + ".pvtrace"), "xen-pv", List.of(enable));
            for (int i = 0; i < 12; i++) {
                MadeCall call = trace.call("irq.irq_enable");
                if (i == 5) {
                    call.effect(EffectKind.INTERRUPT, 0xf3, -1, -1, 0, EffectOutcome.DONE);
                    if (apart) {
                        call.interruptInstructions(400);
                    }
                }
                call.end(i == 5 ? 402 : 3);
            }
            assertEquals(
                    List.of(
                            apart
                                    ? "takes 4 instructions"
                                    : "takes 4 to 404 instructions, median 4, 90 % within 4;"
                                            + " handlers of interrupts included in 1 of 12 calls"),
                    sentences(made(trace, "irq.irq_enable"), Aspect.TIME));
        }
    }

    /** native_safe_halt is STI and HLT, which an interrupt ends: it is taken, and the flag stays on. */
    @Test
    void whatACallThatWaitsDoesToInterrupts() {
        MadeHook halt = new MadeHook("irq.safe_halt", "void safe_halt(void)", "f");
        MadeTrace trace = made(halt);
        for (int i = 0; i < 12; i++) {
            trace.callAt("irq.safe_halt", 0, false)
                    .effect(EffectKind.HALT, 0, -1, -1, 0, EffectOutcome.DONE)
                    .effect(EffectKind.INTERRUPT, 0x30, -1, -1, 0, EffectOutcome.DONE)
                    .effect(EffectKind.TSC, 0, -1, -1, 77 + i, EffectOutcome.DONE)
                    .effect(EffectKind.INTERRUPT_FLAG, 0, -1, 0, 1, EffectOutcome.DONE)
                    .end();
        }
        List<Statement> statements = made(trace, "irq.safe_halt");
        assertEquals(List.of("leaves interrupts on, which were off"), sentences(statements, Aspect.INTERRUPTS));
        assertEquals(List.of("waits for an interrupt"), sentences(statements, Aspect.EFFECT));
    }

    @Test
    void whatCallsDoToInterrupts() {
        assertEquals(
                List.of("leaves interrupts off"), sentences(sample("xen-pv", "irq.irq_disable"), Aspect.INTERRUPTS));
        assertEquals(
                List.of("leaves interrupts as they were, off"),
                sentences(sample("native", "cpu.load_idt"), Aspect.INTERRUPTS));
        assertEquals(
                List.of("leaves interrupts as they were"),
                sentences(sample("xen-pv", "irq.save_fl"), Aspect.INTERRUPTS));
    }

    /** Kernels before 5.13 had restore_fl, which takes what save_fl gave: bit 9 is the interrupt flag's (SDM volume 1, 3.4.3). */
    @Test
    void interruptsThatFollowAnArgument() {
        MadeHook restore = new MadeHook("irq.restore_fl", "void restore_fl(unsigned long flags)", "f");
        MadeTrace trace = made(restore);
        for (int i = 0; i < 20; i++) {
            MadeTrace.MadeCall call =
                    trace.callAt("irq.restore_fl", 0, i % 3 == 0).arguments(i % 2 == 0 ? 0x246 : 0x46);
            if ((i % 3 == 0) != (i % 2 == 0)) {
                call.effect(
                        EffectKind.INTERRUPT_FLAG, 0, -1, i % 3 == 0 ? 1 : 0, i % 2 == 0 ? 1 : 0, EffectOutcome.DONE);
            }
            call.end();
        }
        assertEquals(
                List.of("leaves interrupts on or off as bit 9 of flags says"),
                sentences(made(trace, "irq.restore_fl"), Aspect.INTERRUPTS));
    }

    /** PV_CALLEE_SAVE hooks aside, what a C function must keep: System V ABI, AMD64 supplement, figure 3.4. */
    @Test
    void registersThatCallsChange() {
        MadeTrace trace = MadeTrace.full(directory.resolve("full.pvtrace"), "xen-pv", List.of(WRITE_CR4));
        for (int i = 0; i < 12; i++) {
            trace.call("cpu.write_cr4").changes(0).changes(7).arguments(i).end();
        }
        assertEquals(
                List.of("keeps RBX, RSP, RBP and R12 to R15, as its callers rely on; changes RAX, RDI"),
                sentences(made(trace, "cpu.write_cr4"), Aspect.CLOBBER));
    }

    /** xen_ptep_modify_prot_start returns the entry and leaves it (arch/x86/xen/mmu_pv.c): no effect tells what it was. */
    @Test
    void theEntryThatIsReturnedAndLeft() {
        MadeHook start = new MadeHook(
                "mmu.ptep_modify_prot_start",
                "pte_t ptep_modify_prot_start(struct vm_area_struct *vma, unsigned long addr, pte_t *ptep)",
                "f");
        MadeTrace trace = made(start);
        for (int i = 0; i < 40; i++) {
            long entry = 0x8000000000000067L | (0x1000L + 77 * i) << 12;
            trace.call("mmu.ptep_modify_prot_start")
                    .arguments(0xffff888000001000L, 0x7f0000000000L + 0x1000 * i, 0xffff888000002000L + 8 * i)
                    .pointsTo(entry)
                    .result(entry)
                    .end();
        }
        List<Statement> statements = made(trace, "mmu.ptep_modify_prot_start");
        assertEquals(List.of("returns what the page-table entry held"), sentences(statements, Aspect.RESULT));
        assertEquals(List.of("changes nothing that is recorded"), sentences(statements, Aspect.EFFECT));
    }
}
