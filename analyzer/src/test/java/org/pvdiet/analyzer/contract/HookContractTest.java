package org.pvdiet.analyzer.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pvdiet.analyzer.calls.Lazy;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;
import org.pvdiet.traces.Outcome;

/** Contracts merge: whatever the parts and the order, the result is that of one pass over all calls. */
class HookContractTest {
    private record Seen(RecordedCall call, Input input, Behaviour behaviour) {}

    static Stream<Long> seeds() {
        return Stream.of(1L, 2L, 3L, 20240101L, 0x5eedL);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void mergesInAnyOrderAndGrouping(long seed) {
        Random random = new Random(seed);
        List<Seen> calls = new ArrayList<>();
        for (int seq = 0; seq < 500; seq++) {
            calls.add(seen(random, seq));
        }
        HookContract whole = contract(calls);

        List<HookContract> parts = new ArrayList<>();
        for (int from = 0; from < calls.size(); ) {
            int to = Math.min(calls.size(), from + 1 + random.nextInt(60));
            parts.add(contract(calls.subList(from, to)));
            from = to;
        }
        Collections.shuffle(parts, random);
        while (parts.size() > 1) {
            HookContract right = parts.remove(random.nextInt(parts.size()));
            HookContract left = parts.remove(random.nextInt(parts.size()));
            parts.add(random.nextBoolean() ? left.merge(right) : right.merge(left));
        }
        assertEquals(whole, parts.get(0));
        assertEquals(0, parts.get(0).witness());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void nothingIsNeutral(long seed) {
        Random random = new Random(seed);
        List<Seen> calls = List.of(seen(random, 0), seen(random, 1), seen(random, 2));
        assertEquals(contract(calls), contract(calls).merge(new HookContract()));
        assertEquals(contract(calls), new HookContract().merge(contract(calls)));
    }

    private static HookContract contract(List<Seen> calls) {
        HookContract contract = new HookContract();
        calls.forEach(seen -> contract.add(seen.call(), seen.input(), seen.behaviour()));
        return contract;
    }

    private static Seen seen(Random random, long seq) {
        long argument = random.nextInt(4);
        long result = random.nextBoolean() ? argument : random.nextInt(4);
        RecordedCall call = RecordedCall.of(
                Map.ofEntries(
                        Map.entry(CallColumn.SEQ, seq),
                        Map.entry(CallColumn.ICOUNT, seq * 100),
                        Map.entry(CallColumn.HOOK, 0L),
                        Map.entry(CallColumn.SITE, (long) random.nextInt(5)),
                        Map.entry(CallColumn.PHASE, 2L),
                        Map.entry(CallColumn.ARG0, argument),
                        Map.entry(CallColumn.RESULT, result),
                        Map.entry(CallColumn.INSTRUCTIONS, (long) random.nextInt(100)),
                        Map.entry(CallColumn.HYPERCALLS, (long) random.nextInt(3)),
                        Map.entry(CallColumn.TRAPS, (long) random.nextInt(2)),
                        Map.entry(CallColumn.OUTCOME, (long) Outcome.RETURNED.ordinal())),
                Lazy.NONE,
                List.of(),
                random.nextInt(3) == 0 ? List.of(random.nextInt(3)) : List.of());
        List<EffectForm> effects = random.nextInt(3) == 0
                ? List.of(new EffectForm(
                        EffectKind.TLB_FLUSH, random.nextInt(2), Form.NOTHING, Form.NOTHING, EffectOutcome.DONE))
                : List.of();
        return new Seen(
                call,
                new Input(Lazy.NONE, false, List.of(Form.constant(argument))),
                new Behaviour(Outcome.RETURNED, Form.constant(result), effects));
    }
}
