package org.pvdiet.analyzer.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pvdiet.analyzer.MadeTrace;
import org.pvdiet.analyzer.MadeTrace.MadeHook;
import org.pvdiet.analyzer.calls.CallStream;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.Wanted;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;
import org.pvdiet.traces.TraceReader;

/** Whatever the parts and their order, a summary is that of one pass over all calls. */
class ContractSummaryTest {
    private static final Path SAMPLES = Path.of("..", "traces", "samples");

    static Stream<Arguments> samplesAndSeeds() {
        return Stream.of("native", "xen-pv")
                .flatMap(sample -> Stream.of(1L, 2L, 0x5eedL).map(seed -> Arguments.of(sample, seed)));
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("samplesAndSeeds")
    void callsOfARecordingInAnyOrderAndGrouping(String sample, long seed) {
        try (TraceReader reader = TraceReader.open(SAMPLES.resolve(sample + ".pvtrace"))) {
            mergesLikeOnePass(reader, new Random(seed));
        }
    }

    /** More selectors, values and inputs than are told apart, so that limits are passed in some parts and not in others. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void callsBeyondTheLimits(long seed, @TempDir Path directory) {
        Random random = new Random(seed);
        MadeTrace trace = new MadeTrace(
                directory.resolve("x.pvtrace"),
                "native",
                List.of(new MadeHook("cpu.write_msr", "void write_msr(unsigned int msr, u32 low, u32 high)", "f")));
        for (int i = 0; i < 3000; i++) {
            long low = random.nextInt(i % 2 == 0 ? 8 : 1 << 20);
            MadeTrace.MadeCall call = trace.callAt("cpu.write_msr", random.nextInt(2), random.nextBoolean())
                    .arguments(random.nextInt(2000), low, 0);
            if (random.nextInt(3) > 0) {
                call.effect(EffectKind.MSR_WRITE, random.nextInt(3), 0, 1, low & 0xff, EffectOutcome.DONE);
            }
            call.end(random.nextInt(100));
        }
        try (TraceReader reader = trace.read()) {
            mergesLikeOnePass(reader, random);
        }
    }

    static Stream<Long> seeds() {
        return Stream.of(3L, 20240101L);
    }

    private static void mergesLikeOnePass(TraceReader reader, Random random) {
        Kernel kernel = Kernel.of(reader);
        List<RecordedCall> calls = new ArrayList<>();
        CallStream.read(reader, Wanted.FULL, call -> calls.add(copy(call)));
        ContractSummary whole = summary(kernel, calls);

        Collections.shuffle(calls, random);
        List<ContractSummary> parts = new ArrayList<>();
        for (int from = 0; from < calls.size(); ) {
            int to = Math.min(calls.size(), from + 1 + random.nextInt(1000));
            parts.add(summary(kernel, calls.subList(from, to)));
            from = to;
        }
        while (parts.size() > 1) {
            ContractSummary left = parts.remove(random.nextInt(parts.size()));
            left.merge(parts.remove(random.nextInt(parts.size())));
            parts.add(left);
        }
        assertEquals(whole, parts.get(0));
        assertEquals(Contracts.of(reader, whole), Contracts.of(reader, parts.get(0)));
        assertEquals(Contracts.of(reader, whole), Contracts.of(reader));
    }

    private static ContractSummary summary(Kernel kernel, List<RecordedCall> calls) {
        ContractSummary summary = new ContractSummary(kernel);
        calls.forEach(summary::add);
        return summary;
    }

    private static RecordedCall copy(RecordedCall call) {
        Map<CallColumn, Long> row = new EnumMap<>(CallColumn.class);
        for (CallColumn column : CallColumn.values()) {
            if (Wanted.FULL.columns().contains(column) && call.has(column)) {
                row.put(column, call.get(column));
            }
        }
        return RecordedCall.of(row, call.lazy(), List.copyOf(call.effects()), List.copyOf(call.nested()));
    }

    /** A percentile may be too high by one class, a sixteenth; least and most are exact. */
    @Test
    void percentilesAreCloseToTheTrueOnes() {
        long seed = 7;
        Random random = new Random(seed);
        InstructionHistogram histogram = new InstructionHistogram();
        List<Long> values = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            long value = (long) Math.exp(random.nextDouble() * 40);
            values.add(value);
            histogram.add(value, 1);
        }
        Collections.sort(values);
        assertEquals(values.get(0), histogram.least());
        assertEquals(values.get(values.size() - 1), histogram.most());
        for (double part : new double[] {0.01, 0.5, 0.9, 0.999}) {
            long exact = values.get((int) Math.ceil(part * values.size()) - 1);
            long given = histogram.percentile(part);
            assertTrue(exact <= given && given <= exact * (1 + 1.0 / 16), part + ": " + exact + ", " + given);
        }
    }

    @Test
    void inputsAreCountedExactlyUpToALimit() {
        DistinctInputs inputs = new DistinctInputs();
        for (int i = 0; i < DistinctInputs.MOST; i++) {
            inputs.add(i * 31L);
            inputs.add(0);
            assertEquals(i + 1, inputs.count());
        }
        inputs.add(-1);
        inputs.add(-2);
        assertEquals(DistinctInputs.MOST + 1, inputs.count());
    }
}
