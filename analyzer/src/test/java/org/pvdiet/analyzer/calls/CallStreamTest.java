package org.pvdiet.analyzer.calls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pvdiet.analyzer.MadeTrace;
import org.pvdiet.analyzer.MadeTrace.MadeCall;
import org.pvdiet.analyzer.MadeTrace.MadeHook;
import org.pvdiet.analyzer.RepeatedTrace;
import org.pvdiet.analyzer.contract.ContractSummary;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;
import org.pvdiet.traces.Options;
import org.pvdiet.traces.Outcome;
import org.pvdiet.traces.RowGroup;
import org.pvdiet.traces.TraceReader;

/** A trace read part by part says the same as one read from beginning to end. */
class CallStreamTest {
    private static final List<MadeHook> HOOKS = List.of(
            new MadeHook("lazy_mode.enter", "void enter(void)", "a"),
            new MadeHook("lazy_mode.leave", "void leave(void)", "b"),
            new MadeHook("cpu.start_context_switch", "void start_context_switch(struct task_struct *prev)", "c"),
            new MadeHook("cpu.end_context_switch", "void end_context_switch(struct task_struct *next)", "d"),
            new MadeHook("mmu.set_pte", "void set_pte(pte_t *ptep, pte_t pte)", "e"),
            new MadeHook("irq.save_fl", "unsigned long save_fl(void)", "f"));

    private static final int SET_PTE = 4;

    /** Until when {@code mmu.set_pte} leads elsewhere, in instructions. */
    private static final long CHANGED = 4_000;

    /** So that of any row group there are several. */
    private static final Slice.Limits SMALL_SLICES = new Slice.Limits(64, 37);

    @TempDir
    private Path directory;

    /** All that is to be known of each call but when it was made, in the order in which calls were given. */
    private static final class Told implements Summary<Told> {
        private final List<Long> seqs = new ArrayList<>();
        private final Map<Long, String> calls = new HashMap<>();
        private final PerKind<String> ofKind = new PerKind<>();
        private long times;
        private long repeated;
        private long settled;

        @Override
        public void add(RecordedCall call) {
            String told = String.join(
                    " ",
                    "hook " + call.hook() + " site " + call.site() + (call.parent() < 0 ? "" : " nested"),
                    call.lazy() + " " + call.arguments() + " " + call.result() + " " + call.outcome(),
                    call.rflags() + " " + call.cr3() + " " + call.rflagsAfter() + " " + call.cr3After(),
                    call.instructions() + " " + call.ownInstructions() + " " + call.hypercalls() + " " + call.traps(),
                    call.hook() == SET_PTE && call.icount() < CHANGED ? "led to another function" : "",
                    "nested " + call.nested(),
                    "effects "
                            + call.effects().stream()
                                    .map(effect -> told(effect, call))
                                    .toList());
            times += call.times();
            repeated += call.times() - 1;
            if (call.kind() == CallOrder.BY_ITSELF) {
                tell(call.seq(), told);
            }
            ofKind.keep(call, told);
        }

        private static String told(RecordedEffect effect, RecordedCall call) {
            return effect.seq() - call.seq() + " " + effect.kind() + " " + effect.address() + " " + effect.old() + " "
                    + effect.value() + " " + effect.outcome() + " " + effect.arguments();
        }

        @Override
        public void order(CallOrder order) {
            ofKind.inOrder(order, (told, i) -> tell(order.seq(i), told));
        }

        private void tell(long seq, String told) {
            seqs.add(seq);
            assertFalse(calls.containsKey(seq), "given twice");
            calls.put(seq, told);
        }

        @Override
        public void settle(long before) {
            assertTrue(before >= settled);
            settled = before;
        }

        @Override
        public void merge(Told later) {
            later.calls.forEach((seq, told) -> assertTrue(
                    seq >= settled || !told.contains(Outcome.RETURNED.name()), "comes after all were there"));
            seqs.addAll(later.seqs);
            calls.putAll(later.calls);
            times += later.times;
            repeated += later.repeated;
        }
    }

    private static Told read(TraceReader reader) {
        Told told = new Told();
        CallStream.read(reader, Wanted.ARGS, told::add);
        return told;
    }

    private static void assertSame(TraceReader reader, Slice.Limits limits) {
        Told whole = read(reader);
        Told folded = CallStream.fold(reader, Told::new, limits);
        assertEquals(reader.counts().calls(), whole.calls.size());
        assertEquals(whole.calls, folded.calls);
        assertEquals(folded.calls.size(), folded.seqs.size());
        assertEquals(folded.calls.size(), folded.times);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void callsThatCrossTheBordersOfPartsAreWhole(long seed) {
        Map<Long, String> first = null;
        for (int rows : new int[] {3, 17, 1000}) {
            Path path = directory.resolve(rows + ".pvtrace");
            try (TraceReader reader = random(new Random(seed), path, rows)) {
                assertSame(reader, rows < 1000 ? Slice.Limits.USUAL : SMALL_SLICES);
                Map<Long, String> told = CallStream.fold(reader, Told::new).calls;
                assertTrue(first == null || first.equals(told), "the size of parts changes nothing");
                first = told;
            }
        }
        assertTrue(first.values().stream().anyMatch(told -> told.contains("nested [5")), "some calls are nested");
        assertTrue(first.values().stream().anyMatch(told -> told.contains(" INTERRUPT ")));
        assertTrue(first.values().stream().anyMatch(told -> told.contains("led to another")));
        assertTrue(first.values().stream()
                .anyMatch(told -> told.startsWith("hook " + SET_PTE) && !told.contains("led to another")));
    }

    /** Calls in calls, effects and interrupts in both, calls that last long because the kernel went on with another stack. */
    private static TraceReader random(Random random, Path path, int rows) {
        MadeTrace trace = new MadeTrace(path, "native", "a5a5", HOOKS, new Options(false, 64 * rows, rows, 4096, 1));
        List<MadeCall> open = new ArrayList<>();
        for (int step = 0; step < 2000; step++) {
            int what = random.nextInt(10);
            MadeCall inner = open.isEmpty() ? null : open.get(open.size() - 1);
            if (inner == null || (what < 3 && open.size() < 6)) {
                int hook = random.nextInt(3) == 0 ? random.nextInt(4) : 4 + random.nextInt(2);
                MadeCall call = trace.callAt(HOOKS.get(hook).name(), random.nextInt(2), random.nextBoolean());
                if (inner != null) {
                    call.in(inner);
                }
                open.add(call.arguments(random.nextInt(3)));
            } else if (what < 5) {
                inner.entry(0x1000 + random.nextInt(8), random.nextInt(4));
            } else if (what == 5 && random.nextInt(4) == 0) {
                inner.effect(EffectKind.INTERRUPT, 32, -1, -1, 0, EffectOutcome.DONE)
                        .interruptInstructions(random.nextInt(2));
            } else if (what > 6) {
                // Mostly the innermost, now and then another.
                int which = random.nextInt(8) == 0 ? random.nextInt(open.size()) : open.size() - 1;
                open.remove(which).result(random.nextInt(2)).end(random.nextInt(3));
            }
        }
        open.forEach(MadeCall::end);
        trace.ledTo("mmu.set_pte", "former", CHANGED);
        return trace.read();
    }

    @ParameterizedTest
    @CsvSource({"native, 97", "xen-pv, 61", "xen-pv, 1009"})
    void aRecordingInSmallPartsSaysTheSame(String platform, int rows) {
        try (TraceReader sample = TraceReader.open(Path.of("../traces/samples", platform + ".pvtrace"))) {
            Path path = directory.resolve("parts.pvtrace");
            RepeatedTrace.write(sample, path, 1, new Options(false, 8 * rows, rows, 4096, 1));
            try (TraceReader parts = TraceReader.open(path)) {
                assertTrue(parts.callGroups().size() > 5);
                assertSame(parts, Slice.Limits.USUAL);
                Told folded = CallStream.fold(parts, Told::new);
                assertEquals(read(sample).calls, folded.calls);
                assertTrue(folded.settled > sample.counts().calls() - 2 * rows, "settled as it goes");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "xen-pv"})
    void slicesOfARowGroupGiveTheContractThatTheWholeGives(String platform) {
        try (TraceReader sample = TraceReader.open(Path.of("../traces/samples", platform + ".pvtrace"))) {
            Slice.Limits whole = new Slice.Limits(Long.MAX_VALUE, Integer.MAX_VALUE);
            List<RowGroup> groups = sample.callGroups();
            assertEquals(groups.size(), Slice.of(groups, whole).size());
            assertTrue(Slice.of(groups, SMALL_SLICES).size() > 20 * groups.size());
            Kernel kernel = Kernel.of(sample);
            assertEquals(
                    CallStream.fold(sample, () -> new ContractSummary(kernel), whole),
                    CallStream.fold(sample, () -> new ContractSummary(kernel), SMALL_SLICES));
        }
    }

    /** What a summary over the sites' calls in order needs. */
    @Test
    void callsThatDoNotOverlapAreGivenInOrder() {
        try (TraceReader reader = random(new Random(7), directory.resolve("order.pvtrace"), 13)) {
            record Span(long start, long end) {}
            Map<Long, Span> bySeq = new HashMap<>();
            CallStream.read(reader, Wanted.ARGS, call -> bySeq.put(call.seq(), new Span(call.icount(), call.end())));
            List<Span> spans = CallStream.fold(reader, Told::new).seqs.stream()
                    .map(bySeq::get)
                    .toList();
            for (int i = 0; i < spans.size(); i++) {
                for (int j = i + 1; j < spans.size(); j++) {
                    assertFalse(spans.get(j).end() < spans.get(i).start(), "an earlier call comes later");
                }
            }
        }
    }

    @Test
    void callsThatAreAlikeAreGivenOnce() {
        try (TraceReader sample = TraceReader.open(Path.of("../traces/samples", "native.pvtrace"))) {
            Told folded = CallStream.fold(sample, Told::new);
            assertTrue(2 * folded.repeated > folded.times, folded.repeated + " of " + folded.times);
        }
    }

    @Test
    void whatNobodyWantedIsNotToldAsAbsent() {
        try (TraceReader reader = random(new Random(8), directory.resolve("columns.pvtrace"), 100)) {
            CallStream.read(reader, Wanted.of(CallColumn.SITE), call -> {
                assertTrue(call.site() >= 0 && call.instructions() >= 0);
                assertTrue(call.effects().isEmpty());
                assertThrows(IllegalArgumentException.class, call::result);
                assertThrows(IllegalArgumentException.class, () -> call.gpr(0));
            });
            CallStream.read(reader, Wanted.FULL, call -> assertTrue(call.gpr(0).isEmpty(), "args traces have none"));
        }
    }

    @Test
    void theFirstFailureIsTold() {
        try (TraceReader reader = random(new Random(9), directory.resolve("fails.pvtrace"), 50)) {
            final class Failing implements Summary<Failing> {
                @Override
                public void add(RecordedCall call) {
                    throw new IllegalStateException("not this one");
                }

                @Override
                public void merge(Failing later) {}
            }
            IllegalStateException e =
                    assertThrows(IllegalStateException.class, () -> CallStream.fold(reader, Failing::new));
            assertEquals("not this one", e.getMessage());
        }
    }
}
