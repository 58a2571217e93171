package org.pvdiet.analyzer.show;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pvdiet.analyzer.MadeTrace;
import org.pvdiet.analyzer.MadeTrace.MadeHook;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;
import org.pvdiet.traces.TraceReader;

class CallsTextTest {
    private static final List<MadeHook> HOOKS = List.of(
            new MadeHook("mmu.set_pte", "void set_pte(pte_t *ptep, pte_t pte)", "xen_set_pte"),
            new MadeHook("cpu.write_cr4", "void write_cr4(unsigned long val)", "xen_write_cr4"),
            new MadeHook("mmu.pte_val", "pteval_t pte_val(pte_t pte)", "xen_pte_val"),
            new MadeHook("cpu.read_msr_safe", "u64 read_msr_safe(unsigned int msr, int *err)", "x"));

    @TempDir
    private Path directory;

    private String text;

    @BeforeEach
    void show() {
        MadeTrace trace = new MadeTrace(directory.resolve("t"), "xen-pv", HOOKS).frames(0x100, 0x9100);
        MadeTrace.MadeCall outer = trace.call("mmu.set_pte").arguments(0xffff888001234568L, 0x8000000009102063L);
        outer.effect(
                        EffectKind.PAGE_TABLE_ENTRY,
                        0x9101568,
                        1,
                        0x8000000009102061L,
                        0x8000000009102067L,
                        EffectOutcome.DONE)
                .hypercall(1, 0, 0xffff888000001000L, 1, 0, 0x7ff0);
        trace.call("cpu.write_cr4")
                .in(outer)
                .arguments(0xffffffff81000004L)
                .effect(EffectKind.CONTROL_REGISTER, 4, -1, 0x6f0, 0x670, EffectOutcome.EMULATED)
                .end();
        outer.end();
        trace.call("cpu.read_msr_safe")
                .arguments(0xc0000080L, 0xffffc90000001000L)
                .effect(EffectKind.MSR_READ, 0xc0000080L, -1, -1, 0xd01, EffectOutcome.DONE)
                .exception(13)
                .result(0xd01)
                .end();
        trace.call("mmu.pte_val")
                .arguments(0x8000000009102063L)
                .result(0x8000000000102063L)
                .end();
        try (TraceReader reader = trace.read()) {
            text = CallsText.of(reader, 0, 4);
        }
    }

    private void has(String expected) {
        assertTrue(text.contains(expected), () -> "no '" + expected + "' in\n" + text);
    }

    @Test
    void entriesAreDecodedWithBothFrameNumbers() {
        has("pte = 0x8000000009102063  frame mfn 0x9102 (pfn 0x102), P RW A D NX");
        has("level 1 entry at 0x9101568 (pfn 0x101): 0x8000000009102061 -> 0x8000000009102067");
        has("(+RW +US)");
    }

    /** What pte_val returns is for the kernel to compute with: its frame is none of the machine's. */
    @Test
    void theContentOfAnEntryHasTheGuestsFrame() {
        has("pte = 0x8000000009102063  frame mfn 0x9102 (pfn 0x102), P RW A D NX");
        has("result 0x8000000000102063  frame pfn 0x102 (mfn 0x9102), P RW A D NX");
    }

    @Test
    void registersAreBitsAndHypercallsHaveNames() {
        has("CR4: 0x6f0 -> 0x670 (-PGE)  [emulated]");
        has("hypercall mmu_update (0xffff888000001000, 1, 0, 0x7ff0) = 0");
        has("RDMSR EFER = 0xd01 (SCE LME LMA NXE)");
        has("exception #GP");
    }

    @Test
    void placesAreSymbolsAndNestedCallsAreIndented() {
        has("#0 mmu.set_pte  at caller_of_set_pte+0x0");
        has("    #1 cpu.write_cr4  at caller_of_write_cr4+0x0, within call 0");
        has("val = 0xffffffff81000004 (_text+0x4)");
    }
}
