package org.pvdiet.analyzer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.pvdiet.analyzer.diff.Diff;
import org.pvdiet.analyzer.diff.DiffReport;
import org.pvdiet.analyzer.diff.DiffReport.Divergence;
import org.pvdiet.analyzer.diff.DiffReport.HookDiff;
import org.pvdiet.analyzer.diff.DiffReport.Surrounding;
import org.pvdiet.emulator.session.PlatformName;
import org.pvdiet.traces.TraceReader;

/** What the comparison of whole recordings says and does not say. */
class WholeDiffTest {
    private static DiffReport diff(Path a, Path b) {
        try (TraceReader first = TraceReader.open(a);
                TraceReader second = TraceReader.open(b)) {
            return Diff.of(first, second);
        }
    }

    /**
     * Frame numbers apart, xen_pte_val and its like give back what they are given (Linux, arch/x86/xen/mmu_pv.c): no call of
     * millions is said to return something else.
     */
    @Test
    void hooksThatOnlyTranslateFramesReturnTheSame() {
        DiffReport report = diff(
                Recordings.whole(PlatformName.NATIVE).trace(),
                Recordings.whole(PlatformName.XEN_PV).trace());
        List<HookDiff> identities = report.hooks().stream()
                .filter(hook -> hook.target().first().equals("_paravirt_ident_64"))
                .filter(hook -> hook.compared() > 0)
                .toList();
        assertTrue(identities.size() >= 9, identities::toString);
        for (HookDiff hook : identities) {
            assertTrue(
                    hook.divergences().stream().noneMatch(Divergence::contract),
                    () -> hook.hook() + hook.divergences());
            for (Divergence explained : hook.explained()) {
                assertEquals("frame_translation", explained.explainedBy().cause(), explained::toString);
            }
        }
        assertTrue(
                identities.stream().mapToLong(HookDiff::compared).sum() > 100_000,
                () -> report.summary().toString());
        circumstances(report);
    }

    /** Xen keeps PSE, PGE and MTRR from PV guests (xen/arch/x86/cpuid.c), and the kernel then goes without. */
    private static void circumstances(DiffReport report) {
        Map<String, Surrounding> around =
                report.environment().stream().collect(Collectors.toMap(Surrounding::what, Function.identity()));
        for (String what : List.of("CR4.PGE before calls", "CR4.PSE before calls")) {
            assertEquals("never set", around.get(what).second());
        }
        assertEquals("none", around.get("calls about MTRRs").second());
        assertEquals("none", around.get("entries that map 2 MiB").second());
        assertEquals(
                "CPUID has PSE only on native",
                around.get("entries that map 2 MiB").meaning());
    }

    /** One recording is the beginning of the other, by the interpreter instead of the translator. */
    @Test
    void twoNativeRecordingsDoNotDiverge() {
        DiffReport report = diff(
                Recordings.brief(PlatformName.NATIVE).trace(),
                Recordings.whole(PlatformName.NATIVE).trace());
        assertEquals(0, report.summary().differentCalls());
        assertEquals(0, report.summary().varying());
        assertEquals(0, report.summary().onlyFirst());
        assertEquals(report.first().calls(), report.summary().comparedCalls());
        for (HookDiff hook : report.hooks()) {
            assertEquals(List.of(), hook.divergences(), hook::hook);
            // On average calls cost something else later, when more interrupts are taken in them; the same calls do
            // not.
            assertEquals(hook.comparedCost().first(), hook.comparedCost().second(), hook::hook);
            // What holds before every call need not hold later.
            assertTrue(
                    hook.explained().stream().allMatch(one -> one.kind().equals("precondition")),
                    () -> hook.hook() + hook.explained());
        }
    }
}
