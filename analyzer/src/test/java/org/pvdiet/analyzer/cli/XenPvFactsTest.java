package org.pvdiet.analyzer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pvdiet.analyzer.contract.ContractReport;
import org.pvdiet.analyzer.contract.Contracts;
import org.pvdiet.analyzer.contract.Statement;
import org.pvdiet.emulator.session.PlatformName;
import org.pvdiet.traces.TraceReader;

/** What arch/x86/xen of Linux 6.1 and Xen's public headers say that hooks do in a PV guest. */
class XenPvFactsTest {
    private static final String WITH_EFFECTS =
            "(select seq, arg0 a0, arg1 a1, arg2 a2, result r, hypercalls h, hook_name from calls) c"
                    + " join effects e using (seq)";

    private RecordedFacts facts;

    @BeforeEach
    void open() throws SQLException {
        facts = new RecordedFacts(Recordings.whole(PlatformName.XEN_PV).trace());
    }

    @AfterEach
    void close() throws SQLException {
        if (facts != null) {
            facts.close();
        }
    }

    @Test
    void theKernelRunsInRing3() throws SQLException {
        facts.always("calls", "true", "mode & 3 = 3");
        // The processor's own flag stays set; xen_irq_disable masks an event channel instead.
        facts.always("calls", "true", "rflags & 512 = 512");
    }

    /** xen_save_fl_direct answers with X86_EFLAGS_IF from vcpu_info.evtchn_upcall_mask (arch/x86/xen/xen-asm.S). */
    @Test
    void theInterruptFlagIsTheEventMask() throws SQLException {
        facts.always("calls", "hook_name = 'irq.save_fl' and phase > 0", "(result & 512 = 512) = (mode & 4 = 4)");
        facts.interruptFlagIsAnEffect();
    }

    /** Whom iret returns to has its own registers: the hypercall has no result. */
    @Test
    void iretHasNoResult() throws SQLException {
        facts.always("effects", "kind = 'hypercall' and address = 23", "result is null");
    }

    /** pte_pfn_to_mfn and pte_mfn_to_pfn (arch/x86/xen/mmu_pv.c), by the table of frames that goes with the trace. */
    @Test
    void entriesAreTranslatedByTheP2m() throws SQLException {
        for (String level : new String[] {"pte", "pmd", "pud", "p4d"}) {
            // While the kernel builds its first tables, xen_make_pte_init takes the right to write to them away (bit
            // 1).
            facts.always(
                    "calls c join frames f on frame(c.arg0) = f.pfn",
                    "hook_name = 'mmu.make_" + level + "' and arg0 & 1 = 1 and phase > 0",
                    "frame(result) = f.mfn and result >> 52 = arg0 >> 52"
                            + " and result & 4093 = arg0 & 4093 and (phase = 1 or result & 2 = arg0 & 2)");
            facts.always(
                    "calls c join frames f on frame(c.arg0) = f.mfn",
                    "hook_name = 'mmu." + level + "_val' and arg0 & 1 = 1 and phase > 0",
                    "frame(result) = f.pfn");
        }
        facts.always("calls", "hook_name in ('mmu.make_pte', 'mmu.pte_val') and arg0 & 1 = 0", "result = arg0");
    }

    /** Every frame of the guest has one machine frame and no two have the same. */
    @Test
    void theFrameTableIsOneToOne() throws SQLException {
        facts.always(
                "(select count(*) n, count(distinct pfn) p, count(distinct mfn) m from frames where mfn is not null)",
                "true",
                "n = 65536 and p = n and m = n");
    }

    /** xen/include/public/xen.h: the numbers of hypercalls. */
    @Test
    void hooksMakeTheirHypercalls() throws SQLException {
        hypercall("mmu.set_pte", "1");
        hypercall("mmu.set_pmd", "1");
        hypercall("mmu.write_cr3", "26");
        hypercall("cpu.load_sp0", "3");
        hypercall("cpu.write_cr0", "5");
        hypercall("cpu.set_debugreg", "8");
        hypercall("cpu.get_debugreg", "9");
        hypercall("cpu.load_gs_index", "25");
        hypercall("mmu.flush_tlb_one_user", "26");
        hypercall("cpu.update_io_bitmap", "33");
        assertEquals(
                0,
                facts.count("select count(*) from effects where kind = 'hypercall' and outcome <> 'done'"
                        + " and address not in (32, 24)"));
    }

    /** What QUERIES.md counts for a hook are the hypercalls of its calls, but for those of calls within. */
    @Test
    void theQuestionForHypercallsCountsWhatCallsSay() throws IOException {
        String asked = QueryCommandTest.question(3).replaceFirst("limit \\d+\\s*$", "");
        Pvdiet.Result ran = Pvdiet.run(
                        "query", Recordings.whole(PlatformName.XEN_PV).trace(), """
                with answer as (select hook, sum(made) as made from (%s) group by all),
                nested as (
                    select n.parent as seq, sum(n.hypercalls) as theirs from calls n
                    left join (select seq, min(icount) as at from effects where kind = 'interrupt' group by all) i
                        on i.seq = n.parent
                    where n.parent is not null and (i.at is null or n.icount < i.at) group by all),
                said as (
                    select h.full_name as hook, sum(c.hypercalls - coalesce(n.theirs, 0)) as made
                    from calls c join hooks h on h.id = c.hook left join nested n on n.seq = c.seq group by all)
                select count(*) filter (s.made > 0) > 30 as many,
                    count(*) filter (coalesce(a.made, 0) <> s.made) as wrong
                from said s left join answer a using (hook)""".formatted(asked), "--format", "csv")
                .done();
        assertEquals("many,wrong\ntrue,0\n", ran.out());
    }

    private void hypercall(String hook, String number) throws SQLException {
        // An interrupt that is taken inside a call makes its own: iret (23), vcpu_op (24), event_channel_op (32).
        facts.always(
                WITH_EFFECTS,
                "kind = 'hypercall' and hook_name = '" + hook + "' and e.address not in (23, 24, 32)",
                "e.address = " + number);
    }

    /**
     * Linux asks Xen to write to tables that it has pinned, which it has made read-only before; others it writes to itself
     * (xen_set_pmd, xen_alloc_ptpage, xen_release_ptpage and xen_exit_mmap of arch/x86/xen/mmu_pv.c).
     */
    @Test
    void readOnlyTablesAreXensToWrite() throws SQLException {
        for (String hook : List.of(
                "set_pmd",
                "set_pud",
                "set_p4d",
                "alloc_pte",
                "alloc_pmd",
                "alloc_pud",
                "release_pte",
                "release_pmd",
                "release_pud",
                "exit_mmap")) {
            facts.always(
                    "calls", "phase >= 2 and hook_name = 'mmu." + hook + "'", "(mode & 16 = 16) = (hypercalls > 0)");
        }
        facts.always("calls", "hook_name = 'mmu.ptep_modify_prot_start'", "mode & 16 = 16");
        facts.always("calls", "hook_name = 'irq.save_fl'", "mode & 16 = 0");
    }

    /** xen_ptep_modify_prot_start only reads the entry (arch/x86/xen/mmu_pv.c), so no effect tells what it was. */
    @Test
    void theEntryThatAHookReturnsIsRecorded() throws SQLException {
        facts.always("calls", "hook_name = 'mmu.ptep_modify_prot_start'", "entry = result");
        facts.always("calls", "hook_name = 'mmu.set_pte'", "entry is null");
    }

    /** public/xen.h: MMUEXT_PIN_L4_TABLE is 3, NEW_BASEPTR 5, INVLPG_LOCAL 7, SET_LDT 13. */
    @Test
    void operationsOfMmuextOpAreRecorded() throws SQLException {
        operation("mmu.flush_tlb_one_user", "level = 7 and arg0 = a0");
        operation("mmu.write_cr3", "level in (5, 15)");
        operation("mmu.activate_mm", "level in (0, 3)");
        operation("cpu.set_ldt", "level = 13 and arg0 = a0 and arg1 = a1 & 4294967295");
        facts.always("effects", "kind = 'hypercall_operation'", "address = 26 and result = 0");
    }

    private void operation(String hook, String condition) throws SQLException {
        facts.always(WITH_EFFECTS, "kind = 'hypercall_operation' and hook_name = '" + hook + "'", condition);
    }

    /** load_LDT loads LDT_SELECTOR, or nothing (Xen 4.17, asm/ldt.h). */
    @Test
    void xenLoadsASelectorOfItsOwnForAnLdt() throws SQLException {
        facts.always(
                WITH_EFFECTS,
                "hook_name = 'cpu.set_ldt' and kind = 'descriptor_table'",
                "new = case when a1 & 4294967295 = 0 then 0 else 57424 end");
    }

    /** The reference counts of page tables hold where entries are written directly and where Xen is asked. */
    @Test
    void entriesOfPinnedTablesAreWrittenByXen() throws SQLException {
        // Xen makes entries of a PV guest's kernel accessible to ring 3 (adjust_guest_l1e in xen/arch/x86/mm.c, Xen
        // 4.17).
        String entries =
                "hook_name = 'mmu.set_pte' and kind = 'page_table_entry' and h > 0 and level = 1 and new & 1 = 1";
        facts.always(WITH_EFFECTS, entries, "new & 4 = 4");
        facts.always(
                WITH_EFFECTS
                        + " join (select seq, count(*) n from effects where kind = 'page_table_entry' group by seq)"
                        + " using (seq)",
                entries + " and n = 1",
                "frame(new) = frame(a1) and new & 3 = a1 & 3 and e.address & 4095 = a0 & 4095");
        // A PV guest has no large pages unless it is told of them.
        assertEquals(
                0,
                facts.count("select count(*) from effects where kind = 'page_table_entry' and level > 1"
                        + " and new & 129 = 129"));
    }

    /** xen_post_allocator_init replaces what start-up used (Linux 6.1, arch/x86/xen/mmu_pv.c). */
    @Test
    void itIsKnownWhenTheTableLedToAnotherFunction() throws SQLException {
        facts.always(
                "hooks",
                "hook_name in ('mmu.set_pte', 'mmu.alloc_pte', 'mmu.make_pte')",
                "setup_symbol = patched_symbol || '_init' and patched_since > 0");
        facts.always(
                "hooks", "entry_symbol = patched_symbol and setup_symbol = patched_symbol", "patched_since is null");
        facts.always(
                "calls c join hooks h on c.hook = h.id",
                "h.name = 'set_pte' and c.mode & 16 = 0 and c.phase < 2",
                "(c.hypercalls = 0) = (c.icount < h.patched_since)");
    }

    /** What an upcall's handler does takes no time of the hook that it came in. */
    @Test
    void interruptsAreCountedApart() throws SQLException {
        String interrupted = "outcome = 'returned' and seq in (select seq from effects where kind = 'interrupt')";
        facts.always("calls", interrupted, "interrupt_instructions between 100 and instructions");
        facts.always("calls", interrupted + " and hook_name = 'irq.irq_enable'", """
                instructions - interrupt_instructions < 60 and hypercalls <= 1""");
        facts.always(
                "calls c join calls p on c.parent = p.seq",
                "c.outcome = 'returned' and p.outcome = 'returned' and p.interrupt_instructions is null",
                "c.interrupt_instructions is null");
    }

    @Test
    void controlRegistersAreThoseOfTheGuest() throws SQLException {
        // xen_read_cr2 reads what Xen put into vcpu_info.arch.cr2.
        facts.always("mmu.read_cr2", "result = cr2 and hypercalls = 0");
        facts.always(
                "calls c join frames f on frame(c.arg0) = f.pfn",
                "hook_name = 'mmu.write_cr3' and hypercalls > 0",
                "frame(cr3_after) = f.mfn");
        facts.always(
                WITH_EFFECTS, "hook_name = 'cpu.write_cr4' and kind = 'control_register'", "e.outcome = 'emulated'");
        facts.always(WITH_EFFECTS, "hook_name = 'cpu.write_cr4' and kind = 'control_register'", "e.new = c.a0");
    }

    /** There are no traps but those of instructions that Xen emulates: cpuid, rdmsr, wrmsr, and moves of CR0 and CR4. */
    @Test
    void onlySomeHooksTrap() throws SQLException {
        facts.always(
                "calls",
                "traps > 0",
                "hook_name in ('cpu.cpuid', 'cpu.read_msr', 'cpu.read_msr_safe', 'cpu.write_msr_safe', 'cpu.write_cr4',"
                        + " 'cpu.read_cr0')");
        facts.always("cpu.cpuid", "traps = 1");
        assertTrue(facts.count("select sum(hypercalls) from calls where depth = 0") > 50_000);
    }

    /** What contracts say is what arch/x86/xen does: enlighten_pv.c, mmu_pv.c, irq.c. */
    @Test
    void contractsSayWhatTheSourceSays() {
        try (TraceReader reader =
                TraceReader.open(Recordings.whole(PlatformName.XEN_PV).trace())) {
            ContractReport report = Contracts.of(reader);
            says(report, "irq.irq_disable", "leaves interrupts off");
            says(report, "irq.irq_enable", "leaves interrupts on");
            says(report, "mmu.read_cr2", "returns CR2");
            says(report, "cpu.load_sp0", "makes hypercall stack_switch(0x18, sp0)");
            says(report, "cpu.set_debugreg", "makes hypercall set_debugreg(regno, val)");
            says(report, "cpu.cpuid", "CPUID traps, and the platform does it");
            says(report, "cpu.free_ldt", "level 1 entries elsewhere gain RW, up to 4 times");
            says(report, "mmu.pgd_val", "returns pgd with the frame number translated to a pseudo-physical frame");
        }
    }

    private static void says(ContractReport report, String hook, String sentence) {
        List<String> sentences = report.hooks().stream()
                .filter(statements -> statements.hook().equals(hook))
                .flatMap(statements -> statements.statements().stream())
                .map(Statement::sentence)
                .toList();
        assertTrue(sentences.contains(sentence), () -> hook + ": " + sentences);
    }
}
