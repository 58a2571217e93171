package org.pvdiet.analyzer.diff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeftCallsTest {
    private static final int FEW = 1 << 10;

    /** The n-th call of one run with an input belongs to the n-th of the other run with it, in whatever order they come. */
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 3", "3, 200"})
    void callsArePairedInTheOrderOfTheirInput(long seed, int inputs) {
        Random random = new Random(seed);
        List<List<List<Long>>> seqs = List.of(new ArrayList<>(), new ArrayList<>());
        for (int i = 0; i < inputs; i++) {
            seqs.forEach(run -> run.add(new ArrayList<>()));
        }
        LeftCalls left = new LeftCalls(2 * FEW);
        int pairs = 0;
        for (int seq = 0; seq < 2 * FEW; seq++) {
            boolean ofFirst = random.nextInt(5) < 2;
            int input = random.nextInt(inputs);
            List<Long> own = seqs.get(ofFirst ? 0 : 1).get(input);
            List<Long> others = seqs.get(ofFirst ? 1 : 0).get(input);
            own.add((long) seq);
            boolean paired = left.take(ofFirst, input, seq + 1, seq + 2, seq);
            assertEquals(others.size() >= own.size(), paired, "seed " + seed + " call " + seq);
            if (paired) {
                pairs++;
                long partner = others.get(own.size() - 1);
                assertEquals(partner, left.seq(), "seed " + seed);
                assertEquals(partner + 1, left.act());
                assertEquals(partner + 2, left.effort());
            }
        }
        assertTrue(pairs > FEW / 2, "pairs " + pairs);
    }

    @Test
    void whoWaitedForManyOthersIsGivenUp() {
        LeftCalls left = new LeftCalls(FEW);
        for (int i = 0; i < FEW + 10; i++) {
            assertFalse(left.take(true, i % 100, 0, 0, i));
        }
        for (int input = 0; input < 10; input++) {
            assertTrue(left.take(false, input, 0, 0, 0));
            assertEquals(100 + input, left.seq(), "the first of its input that is still there");
        }
        assertTrue(left.take(false, 10, 0, 0, 0));
        assertEquals(10, left.seq());
        int rest = 0;
        for (int i = 0; i < FEW; i++) {
            rest += left.take(false, i % 100, 0, 0, 0) ? 1 : 0;
        }
        assertTrue(rest > FEW - 100, "rest " + rest);
    }
}
