package org.pvdiet.analyzer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pvdiet.analyzer.architecture.Catalogue;
import org.pvdiet.analyzer.architecture.ClaimResult;
import org.pvdiet.analyzer.calls.CallStream;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.emulator.session.PlatformName;
import org.pvdiet.traces.TraceReader;

/** What arch/x86/kernel/paravirt.c and asm/paravirt.h of Linux 6.1 say that hooks do on bare metal. */
class NativeFactsTest {
    private RecordedFacts facts;

    @BeforeEach
    void open() throws SQLException {
        facts = new RecordedFacts(Recordings.whole(PlatformName.NATIVE).trace());
    }

    @AfterEach
    void close() throws SQLException {
        if (facts != null) {
            facts.close();
        }
    }

    @Test
    void controlRegistersAreReadAndWritten() throws SQLException {
        facts.always("cpu.read_cr0", "result = cr0");
        facts.always("mmu.read_cr2", "result = cr2");
        facts.always("mmu.read_cr3", "result = cr3");
        facts.always("cpu.write_cr0", "arg0 = cr0_after");
        facts.always("mmu.write_cr3", "arg0 = cr3_after");
        facts.always("cpu.write_cr4", "arg0 = cr4_after");
        for (String[] hook : new String[][] {{"cpu.write_cr0", "0"}, {"mmu.write_cr3", "3"}, {"cpu.write_cr4", "4"}}) {
            facts.always(
                    "(select seq, arg0, hook_name from calls) c join effects e using (seq)",
                    "hook_name = '" + hook[0] + "' and kind = 'control_register'",
                    "e.address = " + hook[1] + " and e.new = c.arg0 and e.outcome = 'done'");
        }
    }

    /** No call of another hook changes a control register. */
    @Test
    void controlRegistersAreOtherwiseLeftAlone() throws SQLException {
        String before = "outcome = 'returned' and hook_name not in ";
        facts.always("calls", before + "('cpu.write_cr0')", "cr0 = cr0_after");
        facts.always("calls", before + "('cpu.write_cr4') and depth = 0", "cr4 = cr4_after");
    }

    @Test
    void interruptHooksAreTheInterruptFlag() throws SQLException {
        facts.always("irq.save_fl", "(result & 512) = (rflags & 512)");
        facts.always("irq.save_fl", "rflags_after & 512 = rflags & 512");
        facts.always("irq.irq_disable", "rflags_after & 512 = 0");
        facts.always("irq.irq_enable", "rflags_after & 512 = 512");
        facts.always("calls", "true", "(rflags & 512 = 512) = (mode & 4 = 4)");
        facts.interruptFlagIsAnEffect();
    }

    @Test
    void entriesAreConvertedToThemselves() throws SQLException {
        for (String hook : new String[] {
            "mmu.make_pte",
            "mmu.pte_val",
            "mmu.make_pmd",
            "mmu.pmd_val",
            "mmu.make_pud",
            "mmu.pud_val",
            "mmu.make_p4d",
            "mmu.p4d_val",
            "mmu.pgd_val"
        }) {
            facts.always(hook, "result = arg0 and hypercalls = 0");
        }
    }

    @Test
    void entriesAreWrittenAsTheyAreGiven() throws SQLException {
        String[] hooks = {"mmu.set_pte", "mmu.set_pmd", "mmu.set_pud", "mmu.set_p4d"};
        for (int i = 0; i < hooks.length; i++) {
            // __set_pmd_pte uses set_pte for large pages too (arch/x86/mm/pat/set_memory.c).
            String levels = i == 0 ? "(1, 2)" : "(" + (i + 1) + ")";
            facts.always(
                    "(select seq, arg0, arg1, hook_name from calls) c join effects e using (seq)",
                    "hook_name = '" + hooks[i] + "' and kind = 'page_table_entry'",
                    "e.new = c.arg1 and e.level in " + levels + " and e.address & 4095 = c.arg0 & 4095");
            facts.always(
                    "(select *, seq in (select seq from effects where kind = 'page_table_entry') as seen from calls)",
                    "hook_name = '" + hooks[i] + "'",
                    "seen");
        }
    }

    @Test
    void msrsAreReadAndWritten() throws SQLException {
        String calls = "(select seq, arg0 a0, arg1 a1, arg2 a2, result r, hook_name from calls) c"
                + " join effects e using (seq)";
        facts.always(calls, "hook_name = 'cpu.read_msr' and kind = 'msr_read'", "e.address = a0 and e.new = r");
        facts.always(
                calls,
                "hook_name = 'cpu.write_msr' and kind = 'msr_write'",
                "e.address = a0 and e.new = a1 | (a2 << 32)");
        facts.always(calls, "hook_name = 'mmu.flush_tlb_one_user' and kind = 'tlb_page'", "e.address = a0");
        facts.always(calls, "hook_name = 'cpu.set_debugreg' and kind = 'debug_register'", "e.address = a0");
        // native_io_delay writes to port 0x80 (arch/x86/kernel/io_delay.c).
        facts.always(calls, "hook_name = 'cpu.io_delay' and kind = 'port_out'", "e.address = 128");
    }

    @Test
    void thereIsNoHypervisor() throws SQLException {
        assertEquals(0, facts.count("select count(*) from effects where kind = 'hypercall'"));
        assertEquals(0, facts.count("select count(*) from calls where hypercalls <> 0 or mode & 3 <> 0"));
        // No pseudo-physical frames: they are the machine's.
        assertEquals(0, facts.count("select count(*) from frames"));
        // Nothing counts in qemu64's performance counters, and what is written to them is lost (QEMU 7.2).
        assertEquals(
                0,
                facts.count("select count(*) from effects where outcome <> 'done' and not (outcome = 'ignored'"
                        + " and kind = 'msr_write' and address between 3221291008 and 3221291015)"));
    }

    /** No call of a whole boot contradicts what the catalogue says of bare instructions. */
    @Test
    void theCatalogueHolds() {
        try (TraceReader reader =
                TraceReader.open(Recordings.whole(PlatformName.NATIVE).trace())) {
            Kernel kernel = Kernel.of(reader);
            List<ClaimResult> results =
                    CallStream.fold(reader, () -> Catalogue.get().check(kernel)).results();
            assertEquals(
                    List.of(),
                    results.stream().filter(result -> result.contradicted() > 0).toList());
            assertTrue(results.stream().filter(ClaimResult::exercised).count() >= 50);
        }
    }
}
