package org.pvdiet.analyzer.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimelineTest {
    private static Timeline of(long... icounts) {
        Timeline timeline = new Timeline();
        LongStream.of(icounts).forEach(timeline::add);
        return timeline;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 511, 512, 1_272_239_585, Long.MAX_VALUE})
    void anyTimeFindsABucket(long icount) {
        Timeline timeline = of(icount);
        List<Long> calls = timeline.calls();
        assertTrue(calls.size() <= Timeline.BUCKETS);
        assertEquals((icount >>> timeline.shift()) + 1, calls.size());
        assertEquals(1, calls.get(calls.size() - 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void mergingIsCountingTogetherInAnyOrder(int seed) {
        long[] early = new Random(seed).longs(500, 0, 100_000).toArray();
        long[] late = new Random(seed + 100).longs(500, 100_000, 1L << 40).toArray();
        Timeline together =
                of(LongStream.concat(LongStream.of(late), LongStream.of(early)).toArray());
        Timeline forwards = of(early);
        forwards.merge(of(late));
        Timeline backwards = of(late);
        backwards.merge(of(early));
        assertEquals(together.calls(), forwards.calls());
        assertEquals(together.calls(), backwards.calls());
        assertEquals(1000, together.calls().stream().mapToLong(Long::longValue).sum());
    }
}
