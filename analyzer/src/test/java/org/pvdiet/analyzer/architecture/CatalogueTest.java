package org.pvdiet.analyzer.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pvdiet.analyzer.calls.CallStream;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.TraceReader;

class CatalogueTest {
    @Test
    void saysWhatTheArchitectureSays() {
        assertEquals("CR4 becomes val", words("cpu.write_cr4"));
        assertEquals("the MSR numbered msr becomes high:low", words("cpu.write_msr"));
        assertEquals("*ptep becomes 0; returns what *ptep was", words("mmu.ptep_modify_prot_start"));
        assertEquals("no architectural meaning", words("lazy_mode.enter"));
        assertTrue(Catalogue.get().of("cpu.wbinvd").orElseThrow().privileged());
        assertFalse(Catalogue.get().of("irq.save_fl").orElseThrow().privileged());
    }

    private static String words(String hook) {
        return Catalogue.get().of(hook).orElseThrow().words();
    }

    /** All hooks of Linux 6.1's table, with their parameters. */
    @Test
    void coversTheTable() {
        try (TraceReader reader = TraceReader.open(Path.of("..", "traces", "samples", "native.pvtrace"))) {
            assertEquals(
                    List.of(),
                    reader.hooks().stream()
                            .map(Hook::fullName)
                            .filter(name -> Catalogue.get().of(name).isEmpty())
                            .toList());
        }
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

    private static List<ClaimResult> check(String sample) {
        try (TraceReader reader = TraceReader.open(Path.of("..", "traces", "samples", sample + ".pvtrace"))) {
            Kernel kernel = Kernel.of(reader);
            return CallStream.fold(reader, () -> Catalogue.get().check(kernel)).results();
        }
    }
}
