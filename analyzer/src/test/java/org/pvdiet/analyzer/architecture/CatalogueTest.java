package org.pvdiet.analyzer.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
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
}
