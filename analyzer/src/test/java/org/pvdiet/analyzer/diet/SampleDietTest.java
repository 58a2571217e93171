package org.pvdiet.analyzer.diet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pvdiet.analyzer.diet.DietReport.HookVerdict;
import org.pvdiet.analyzer.diet.DietReport.Reason;
import org.pvdiet.traces.TraceReader;

/** What the sample traces show: parts of two runs of Debian's 6.1 cloud kernel, without code. */
class SampleDietTest {
    private static final Path SAMPLES = Path.of("..", "traces", "samples");
    private static DietReport report;

    @BeforeAll
    static void judge() {
        try (TraceReader bare = TraceReader.open(SAMPLES.resolve("native.pvtrace"));
                TraceReader xen = TraceReader.open(SAMPLES.resolve("xen-pv.pvtrace"))) {
            report = Diet.of(DietTrace.of(List.of(bare, xen)));
        }
    }

    private static HookVerdict hook(String name) {
        return report.hooks().stream()
                .filter(each -> each.hook().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** In Linux 6.1, arch/x86/xen/mmu_pv.c, they are one translation; the parts recorded call level 2 most. */
    @Test
    void conversionsOfEntriesDoTheSameAtEveryLevel() {
        assertEquals("merge", hook("mmu.pud_val").verdict());
        assertEquals("mmu.pmd_val", hook("mmu.pud_val").with());
        assertEquals("keep", hook("mmu.pmd_val").verdict());
        assertTrue(
                hook("mmu.pmd_val").evidence().get(0).sentence().endsWith(" and can be merged into it."),
                () -> hook("mmu.pmd_val").evidence().get(0).sentence());
    }

    /** The flags that Xen's save_fl returns hold nothing but the interrupt flag (Linux 6.1, paravirt_types.h says so). */
    @Test
    void savedFlagsPromiseTooMuch() {
        assertEquals("respecify", hook("irq.save_fl").verdict());
    }

    /** Xen PV guests never have five levels: its table has no function for them. */
    @Test
    void nothingNeedsTheFifthLevel() {
        assertEquals("no-use", hook("mmu.set_pgd").rule());
        assertTrue(hook("mmu.set_pgd").evidence().stream().map(Reason::finding).anyMatch(NoFunction.ID::equals));
    }

    @Test
    void writesOfEntriesAreWork() {
        assertEquals("keep", hook("mmu.set_pte").verdict());
        assertTrue(hook("mmu.set_pte").evidence().stream().map(Reason::finding).anyMatch(BitsChange.ID::equals));
    }

    @Test
    void whatChangesStandsFirstAndLittleRiskBeforeMuch() {
        List<String> risks =
                report.hooks().stream().map(HookVerdict::risk).distinct().toList();
        assertEquals(List.of("low", "medium", "high", ""), risks);
    }

    /** What rests on calls leads to one. */
    @Test
    void everyReasonLeadsToARecordedCall() {
        report.hooks().stream()
                .flatMap(hook -> hook.evidence().stream())
                .filter(reason -> reason.calls() > 0)
                .forEach(reason -> assertTrue(
                        !reason.witnesses().isEmpty()
                                && reason.witnesses().stream().allMatch(witness -> witness.seq() >= 0),
                        reason::toString));
    }

    @Test
    void everyFindingAndRuleIsDocumented() throws IOException {
        String text = Files.readString(Path.of("DIET.md"));
        for (Rule rule : Rule.ALL) {
            assertTrue(text.contains("| " + rule.id() + " | "), rule::id);
            assertTrue(text.contains(rule.says()), rule::says);
        }
        Diet.IDS.forEach(id -> assertTrue(text.contains("| " + id + " | "), id));
    }
}
