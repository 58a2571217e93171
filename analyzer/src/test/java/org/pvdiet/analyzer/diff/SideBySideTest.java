package org.pvdiet.analyzer.diff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pvdiet.analyzer.MadeTrace;
import org.pvdiet.analyzer.MadeTrace.MadeHook;
import org.pvdiet.analyzer.diff.SideBySide.HookRow;
import org.pvdiet.traces.TraceReader;

class SideBySideTest {
    private static final List<MadeHook> HOOKS = List.of(
            new MadeHook("irq.save_fl", "unsigned long save_fl(void)", "x"),
            new MadeHook("cpu.wbinvd", "void wbinvd(void)", "native_wbinvd"));

    @TempDir
    private Path directory;

    private TraceReader trace(String platform, long flags) {
        MadeTrace trace = new MadeTrace(directory.resolve(platform), platform, HOOKS);
        trace.call("irq.save_fl").result(flags).end();
        trace.call("cpu.wbinvd").end();
        return trace.read();
    }

    @Test
    void eachTraceHasItsColumn() {
        try (TraceReader bare = trace("native", 0x246);
                TraceReader xen = trace("xen-pv", 0x200);
                TraceReader kvm = trace("kvm", 0x246)) {
            SideBySide report = SideBySide.of(Diff.of(TraceLog.of(List.of(bare, xen, kvm))));
            assertEquals(
                    List.of("native", "xen-pv", "kvm"),
                    report.traces().stream().map(DiffReport.Run::platform).toList());
            HookRow hook = report.hooks().get(0);
            assertEquals(3, hook.columns().size());
            assertEquals(1, hook.rows().size());
            assertEquals("returns RFLAGS", hook.rows().get(0).cells().get(0).did());
            assertTrue(hook.rows().get(0).cells().get(1).did().contains("interrupt flag"));
            assertNull(hook.rows().get(0).cells().get(2));
            assertEquals(List.of(), report.hooks().get(1).rows());
            assertEquals(List.of(new Change("irq.save_fl", "result", true)), report.changes());
            String text = SideBySideText.of(report);
            assertTrue(text.contains("A native") && text.contains("C kvm"), text);
            assertTrue(text.contains(String.format("The same on all, or not compared:%n  cpu.wbinvd")), text);
        }
    }
}
