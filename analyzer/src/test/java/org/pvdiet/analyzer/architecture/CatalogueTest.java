package org.pvdiet.analyzer.architecture;

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
import org.pvdiet.analyzer.calls.CallStream;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.TraceReader;

class CatalogueTest {
    @Test
    void saysWhatTheArchitectureSays() {
        assertEquals("CR4 becomes val", words("cpu.write_cr4"));
        assertEquals("the MSR numbered msr becomes high:low", words("cpu.write_msr"));
        assertEquals("*ptep becomes 0; returns what *ptep was", words("mmu.ptep_modify_prot_start"));
        assertEquals("no architectural meaning", words("lazy_mode.enter"));
        assertTrue(Catalogue.get().of("cpu.wbinvd", "").orElseThrow().privileged());
        assertFalse(Catalogue.get().of("irq.save_fl", "").orElseThrow().privileged());
    }

    /** Linux 7.2's MSR hooks take one value, and read_msr_safe returns an error. */
    @Test
    void saysItOfTheKernelsPrototype() {
        Catalogue catalogue = Catalogue.get();
        assertEquals(
                "the MSR numbered msr becomes val",
                catalogue
                        .of("cpu.write_msr", "void write_msr(u32 msr, u64 val)")
                        .orElseThrow()
                        .words());
        assertEquals(
                "executes RDMSR; returns 0",
                catalogue
                        .of("cpu.read_msr_safe", "int read_msr_safe(u32 msr, u64 *p)")
                        .orElseThrow()
                        .words());
        assertEquals(
                "returns the MSR numbered msr",
                catalogue
                        .of("cpu.read_msr_safe", "u64 read_msr_safe(unsigned int msr, int *err)")
                        .orElseThrow()
                        .words());
    }

    private static String words(String hook) {
        return Catalogue.get().of(hook, "").orElseThrow().words();
    }

    /** All hooks of Linux 6.1's table, with their parameters. */
    @Test
    void coversTheTable() {
        try (TraceReader reader = TraceReader.open(Path.of("..", "traces", "samples", "native.pvtrace"))) {
            assertEquals(
                    List.of(),
                    reader.hooks().stream()
                            .map(Hook::fullName)
                            .filter(name -> Catalogue.get().of(name, "").isEmpty())
                            .toList());
        }
    }

    /** Sections move between editions, so there is one edition, and each reference has a title to look for. */
    @Test
    void referencesCanBeFoundInAnotherEdition() {
        assertTrue(Catalogue.get().edition().contains("325384-059US"));
        for (NativeMeaning meaning : Catalogue.get().meanings()) {
            if (!meaning.reference().isEmpty()) {
                assertTrue(
                        meaning.reference().matches("SDM volume [123], .*[\u2014A-Z].*"),
                        meaning.hook() + ": " + meaning.reference());
                assertFalse(meaning.reference().contains("section"), meaning.reference());
            }
            assertEquals(
                    !meaning.instructions().isEmpty(), meaning.isArchitectural() && !isValue(meaning), meaning.hook());
        }
    }

    private static boolean isValue(NativeMeaning meaning) {
        return meaning.instructions().isEmpty() && meaning.reference().contains("Paging");
    }

    /** The June 2016 edition has no 3.4.4.1, and knows four levels of page tables. */
    @Test
    void marksWhatWasNotVerified() {
        assertTrue(Catalogue.get()
                .of("cpu.load_gs_index", "")
                .orElseThrow()
                .reference()
                .contains("3.4.4 Segment Loading"));
        assertTrue(Catalogue.get().of("mmu.set_pgd", "").orElseThrow().remarks().contains("Not verified: "));
        assertFalse(
                Catalogue.get().of("mmu.set_pte", "").orElseThrow().remarks().contains("Not verified"));
    }

    /** The sample is a part of a recording on the emulated bare machine. */
    @Test
    void isNotContradictedByARecording() {
        List<ClaimResult> results = check("native");
        assertEquals(
                List.of(),
                results.stream().filter(result -> result.contradicted() > 0).toList());
        assertTrue(results.stream().filter(ClaimResult::exercised).count() > 30);
    }

    /** Linux 6.1, arch/x86/xen: the flags are a byte in memory, and a page-table page is made read-only. */
    @Test
    void tellsWhereAPlatformParts() {
        List<String> parted = check("xen-pv").stream()
                .filter(result -> result.contradicted() > 0)
                .map(ClaimResult::hook)
                .toList();
        assertTrue(parted.containsAll(List.of("irq.save_fl", "mmu.alloc_pte", "cpu.load_idt")), parted.toString());
        assertFalse(parted.contains("mmu.make_pmd"), parted.toString());
    }

    /** xen_save_fl_direct gives bit 9 alone; with interrupts off that is 0. */
    @Test
    void saysWhatACallDidThatPartsFromTheClaim() {
        ClaimResult flags = check("xen-pv").stream()
                .filter(result -> result.claim().equals("returns RFLAGS"))
                .findFirst()
                .orElseThrow();
        assertTrue(flags.contradicted() > 0);
        assertEquals("returned 0x0", flags.instead());
        assertTrue(check("native").stream().allMatch(result -> result.instead().isEmpty()));
    }

    /** The kernel clears a page that held a table until Xen gave it back; entries of tables in use it could not write. */
    @Test
    void aPageThatWasATableIsMemory(@TempDir Path directory) {
        MadeHook hook = new MadeHook("mmu.pgd_alloc", "int pgd_alloc(struct mm_struct *mm)", "xen_pgd_alloc");
        MadeTrace trace = new MadeTrace(directory.resolve("x"), "xen-pv", List.of(hook)).frames(0x100, 0x9100);
        for (boolean asksXen : new boolean[] {false, true}) {
            MadeCall call = trace.call("mmu.pgd_alloc")
                    .arguments(0xffff888001234000L)
                    .effect(EffectKind.PAGE_TABLE_ENTRY, 0x9101000, 4, 0x9102067, 0, EffectOutcome.DONE);
            (asksXen ? call.hypercall(1, 0, 0x5000, 1, 0, 0x7ff0) : call)
                    .result(0)
                    .end();
        }
        try (TraceReader reader = trace.read()) {
            ClaimResult nothing = check(reader).get(1);
            assertEquals(
                    List.of("changes nothing", 1L, 1L, 1L),
                    List.of(nothing.claim(), nothing.held(), nothing.contradicted(), nothing.witness()));
        }
    }

    private static List<ClaimResult> check(TraceReader reader) {
        Kernel kernel = Kernel.of(reader);
        return CallStream.fold(reader, () -> Catalogue.get().check(kernel)).results();
    }

    private static List<ClaimResult> check(String sample) {
        try (TraceReader reader = TraceReader.open(Path.of("..", "traces", "samples", sample + ".pvtrace"))) {
            return check(reader);
        }
    }
}
