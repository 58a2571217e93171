package org.pvdiet.analyzer.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pvdiet.analyzer.MadeTrace;
import org.pvdiet.analyzer.MadeTrace.MadeHook;
import org.pvdiet.analyzer.stats.StatsReport.Line;
import org.pvdiet.traces.Options;
import org.pvdiet.traces.Outcome;
import org.pvdiet.traces.TraceReader;

class StatsReportTest {
    private static final List<MadeHook> HOOKS = List.of(
            new MadeHook("cpu.write_cr4", "void write_cr4(unsigned long val)", "native_write_cr4"),
            new MadeHook("irq.save_fl", "unsigned long save_fl(void)", "native_save_fl"),
            new MadeHook("cpu.wbinvd", "void wbinvd(void)", "native_wbinvd"));

    @TempDir
    private Path directory;

    /** With row groups of this many rows: counts must not depend on how the trace is cut. */
    private TraceReader trace(int rowGroupRows) {
        MadeTrace trace = new MadeTrace(
                directory.resolve("t" + rowGroupRows),
                "native",
                "aa",
                HOOKS,
                Options.defaults().withRowGroupRows(rowGroupRows).withBatchRows(rowGroupRows));
        for (int i = 0; i < 10; i++) {
            trace.callAt("irq.save_fl", i % 2, true).result(0x246).end(4);
        }
        MadeTrace.MadeCall outer = trace.call("cpu.write_cr4").arguments(1);
        trace.call("irq.save_fl").in(outer).result(0x246).end(4);
        trace.call("irq.save_fl").in(outer).result(0x246).end(4);
        outer.hypercall(26, 0).end(20);
        trace.call("cpu.write_cr4").arguments(2).outcome(Outcome.FAULTED).end(1);
        return trace.read();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 1000})
    void countsCallsSitesAndCosts(int rowGroupRows) {
        try (TraceReader reader = trace(rowGroupRows)) {
            StatsReport report = StatsReport.of(reader, Grouping.HOOK);
            assertEquals(14, report.calls());
            Line first = report.lines().get(0);
            assertEquals("irq.save_fl", first.name());
            assertEquals(12, first.usage().calls());
            assertEquals(2, first.usage().sites());
            assertEquals(2, first.knownSites());
            assertEquals(12 * 5, first.usage().instructions());
            Usage outer = report.lines().get(1).usage();
            assertEquals(2, outer.calls());
            assertEquals(1, outer.hypercalls());
            assertEquals(1, outer.outcomes(Outcome.FAULTED));
            assertEquals(outer.instructions() - 2 * 5, outer.ownInstructions());
            assertEquals(0, report.lines().get(2).usage().calls());
            assertTrue(report.text().contains("Never called (1): cpu.wbinvd"), report.text());
        }
    }

    @Test
    void countsBySiteAndPhase() {
        try (TraceReader reader = trace(1000)) {
            StatsReport sites = StatsReport.of(reader, Grouping.SITE);
            assertEquals(3, sites.lines().size());
            assertEquals("caller_of_save_fl+0x0", sites.lines().get(0).name());
            assertEquals(7, sites.lines().get(0).usage().calls());
            StatsReport phases = StatsReport.of(reader, Grouping.PHASE);
            assertEquals("patched", phases.lines().get(0).name());
            assertEquals(14, phases.lines().get(0).usage().calls());
        }
    }
}
