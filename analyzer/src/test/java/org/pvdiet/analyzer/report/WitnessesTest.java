package org.pvdiet.analyzer.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.pvdiet.analyzer.diet.DietReport;
import org.pvdiet.analyzer.diet.Evidence.Witness;
import org.pvdiet.analyzer.diff.DiffReport;
import org.pvdiet.analyzer.diff.DiffReport.Both;
import org.pvdiet.traces.TraceReader;

/** Of a sample trace, with more witnesses than there is room for. */
class WitnessesTest {
    private static final Path TRACE = Path.of("..", "traces", "samples", "xen-pv.pvtrace");

    /** A hook whose verdict rests on calls {@code seqs}, each named twice. */
    private static Report.HookPage hook(long... seqs) {
        List<Witness> witnesses = LongStream.concat(LongStream.of(seqs), LongStream.of(seqs))
                .mapToObj(seq -> new Witness(TRACE.toString(), seq))
                .toList();
        DietReport.Reason reason = new DietReport.Reason("finding", "keep", "sentence", 1, 1, witnesses, "");
        DietReport.HookVerdict verdict = new DietReport.HookVerdict(
                "cpu.wbinvd",
                "keep",
                "",
                "",
                "rule",
                "",
                List.of(reason),
                new DietReport.Savings(0, 0, List.of(), List.of(), List.of(), 0, 0, 0),
                List.of(),
                List.of());
        return new Report.HookPage(
                "cpu.wbinvd",
                "cpu",
                "void wbinvd(void)",
                new Report.Native("", List.of(), false, "", "", ""),
                0,
                0,
                verdict,
                List.of(),
                List.of());
    }

    @Test
    void whatHasNoRoomIsLeftOutAndCounted() {
        try (TraceReader reader = TraceReader.open(TRACE)) {
            long[] seqs = LongStream.range(0, 1000).map(i -> 999 - i).toArray();
            Witnesses witnesses = new Witnesses(List.of(reader), List.of(), List.of(hook(seqs)), List.of(), 10_000);
            List<Report.CallText> texts = witnesses.texts();
            assertTrue(texts.stream().mapToInt(text -> text.text().length()).sum() <= 10_000);
            assertEquals(1000, texts.size() + witnesses.leftOut());
            assertTrue(texts.size() > 5, () -> "only " + texts.size());
            assertEquals(999, texts.get(0).call().seq(), "the first named comes first");
        }
    }

    @Test
    void aCallsTextIsItsOwn() {
        try (TraceReader reader = TraceReader.open(TRACE)) {
            long[] seqs = {0, 3141, 7499};
            Witnesses witnesses =
                    new Witnesses(List.of(reader), List.of(), List.of(hook(seqs)), List.of(), Witnesses.ROOM);
            assertEquals(0, witnesses.leftOut());
            for (Report.CallText text : witnesses.texts()) {
                assertTrue(text.text().startsWith("#" + text.call().seq() + " "), text.text());
                assertTrue(text.text().lines().count() <= Witnesses.MOST_LINES + 1, text.text());
            }
        }
    }

    /** A call that shows what was different around the runs may be no witness of a hook. */
    @Test
    void whatWasAroundTheRunsHasItsWitnesses() {
        DiffReport.Surrounding around = new DiffReport.Surrounding(
                "CR4.PGE before calls", "always set", "never set", "", new Both<>(7L, 4141L));
        DiffReport.Summary none = null;
        Report.Comparison comparison = new Report.Comparison(TRACE.toString(), none, List.of(around));
        try (TraceReader reader = TraceReader.open(TRACE)) {
            Witnesses witnesses =
                    new Witnesses(List.of(reader), List.of(comparison), List.of(hook(3141)), List.of(), Witnesses.ROOM);
            assertEquals(
                    List.of(7L, 4141L, 3141L),
                    witnesses.texts().stream().map(text -> text.call().seq()).toList());
        }
    }
}
