package org.pvdiet.analyzer.diff;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SiteLogTest {
    /** All calls of a log, in the order in which its cursor gives them. */
    private record Read(int[] acts, int[] efforts, long[] seqs) {
        static Read of(SiteLog log) {
            int calls = (int) log.calls();
            Read read = new Read(new int[calls], new int[calls], new long[calls]);
            SiteLog.Cursor cursor = log.cursor();
            int at = 0;
            while (cursor.next()) {
                read.acts[at] = cursor.act();
                read.efforts[at] = cursor.effort();
                read.seqs[at++] = cursor.seq();
            }
            assertEquals(calls, at);
            return read;
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 1", "3, 5000", "4, 100000"})
    void allCallsComeBackInOrder(long seed, int calls) {
        Random random = new Random(seed);
        int[] acts = random.ints(calls, 0, 1 << random.nextInt(20)).toArray();
        long[] seqs = random.longs(calls, 0, Long.MAX_VALUE / 2).distinct().toArray();
        assertEquals(calls, seqs.length);
        SiteLog log = new SiteLog();
        for (int i = 0; i < calls; i++) {
            log.add(acts[i], ~acts[i] & 0xffff, seqs[i]);
        }
        long[] sorted = seqs.clone();
        Arrays.sort(sorted);
        int[] expected = new int[calls];
        for (int i = 0; i < calls; i++) {
            expected[Arrays.binarySearch(sorted, seqs[i])] = acts[i];
        }
        Read read = Read.of(log);
        assertArrayEquals(sorted, read.seqs(), "seed " + seed);
        assertArrayEquals(expected, read.acts(), "seed " + seed);
        assertArrayEquals(Arrays.stream(expected).map(act -> ~act & 0xffff).toArray(), read.efforts(), "seed " + seed);
    }

    @Test
    void aLogGoesOnWithAnotherWhoseActsHaveOtherNumbers() {
        SiteLog log = new SiteLog();
        SiteLog later = new SiteLog();
        for (int i = 0; i < 10_000; i++) {
            log.add(0, 2, i);
            later.add(i % 2, 1 - i % 2, 10_000 + i);
        }
        log.append(later, new int[] {7, 300}, new int[] {400, 8});
        Read read = Read.of(log);
        assertEquals(20_000, log.calls());
        assertEquals(7, read.acts()[10_000]);
        assertEquals(300, read.acts()[19_999]);
        assertEquals(2, read.efforts()[9_999]);
        assertEquals(8, read.efforts()[10_000]);
        assertEquals(400, read.efforts()[19_999]);
        assertEquals(19_999, read.seqs()[19_999]);
    }

    /** What a site does is what it did before, some calls apart: a loop over entries, say, that takes a turn at times. */
    @Test
    void aMillionCallsOfALoopTakeLessThanATenthOfAByteEach() {
        Random random = new Random(5);
        SiteLog log = new SiteLog();
        long seq = 0;
        for (int i = 0; i < 1_000_000; i++) {
            boolean turn = random.nextInt(500) == 0;
            seq += turn ? 5 + random.nextInt(100) : 4;
            log.add(turn ? 1 : 0, turn ? 1 : 0, seq);
        }
        assertTrue(log.packedBytes() < 100_000, log.packedBytes() + " bytes");
    }
}
