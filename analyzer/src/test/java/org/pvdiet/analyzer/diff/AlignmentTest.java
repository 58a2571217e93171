package org.pvdiet.analyzer.diff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlignmentTest {

    private static int[] range(int from, int to) {
        return IntStream.range(from, to).toArray();
    }

    private static int[] join(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    }

    private static int[] repeat(int value, int times) {
        int[] values = new int[times];
        Arrays.fill(values, value);
        return values;
    }

    /** Pairs hold what is the same, and both positions rise. */
    private static int checked(int[] first, int[] second, int[] partners) {
        int last = -1;
        int pairs = 0;
        for (int i = 0; i < first.length; i++) {
            if (partners[i] != Alignment.NONE) {
                assertEquals(first[i], second[partners[i]]);
                assertTrue(partners[i] > last);
                last = partners[i];
                pairs++;
            }
        }
        return pairs;
    }

    private static int pairs(int[] first, int[] second) {
        return checked(first, second, Alignment.inOrder(first, second));
    }

    /** The length of a longest common subsequence, by the textbook's table. */
    private static int longest(int[] first, int[] second) {
        int[] row = new int[second.length + 1];
        for (int value : first) {
            int diagonal = 0;
            for (int j = 0; j < second.length; j++) {
                int above = row[j + 1];
                row[j + 1] = value == second[j] ? diagonal + 1 : Math.max(above, row[j]);
                diagonal = above;
            }
        }
        return row[second.length];
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "2, 3", "3, 5", "4, 20", "5, 200"})
    void shortRunsAreAlignedAsWellAsCanBe(long seed, int inputs) {
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            int[] first = random.ints(random.nextInt(60), 0, inputs).toArray();
            int[] second = random.ints(random.nextInt(60), 0, inputs).toArray();
            assertEquals(
                    longest(first, second),
                    pairs(first, second),
                    "seed " + seed + " round " + round + " " + Arrays.toString(first) + Arrays.toString(second));
        }
    }

    /** Edits take calls out, put others in, and move stretches away; what they leave alone is found. */
    @ParameterizedTest
    @CsvSource({
        "11, 2, 5000, 50",
        "12, 5, 20000, 200",
        "13, 100, 20000, 400",
        "14, 3, 100000, 300",
        "15, 1000, 50000, 20000"
    })
    void whatWasNotEditedIsFound(long seed, int inputs, int length, int edits) {
        Random random = new Random(seed);
        int[] first = random.ints(length, 0, inputs).toArray();
        List<Integer> second = new ArrayList<>();
        int untouched = 0;
        for (int value : first) {
            switch (random.nextInt(length) < edits ? random.nextInt(3) : 3) {
                case 0 -> {}
                case 1 -> second.add(inputs + random.nextInt(inputs));
                case 2 -> {
                    for (int i = random.nextInt(5); i >= 0; i--) {
                        second.add(random.nextInt(inputs));
                    }
                }
                default -> {
                    second.add(value);
                    untouched++;
                }
            }
        }
        int found = pairs(first, second.stream().mapToInt(i -> i).toArray());
        int kept = untouched;
        assertTrue(found >= untouched, () -> "seed " + seed + ": " + found + " of " + kept);
    }

    /** One run does something else in between, for longer than is searched for an exact answer. */
    @Test
    void aLongDetourDoesNotDrawInWhatComesAfterIt() {
        Random random = new Random(7);
        int[] before = random.ints(5000, 0, 50).toArray();
        int[] detour = random.ints(40_000, 0, 50).toArray();
        int[] after = random.ints(5000, 0, 50).toArray();
        int[] first = join(before, after);
        int[] second = join(before, detour, after);
        int[] partners = Alignment.inOrder(first, second);
        checked(first, second, partners);
        int right = 0;
        for (int i = 0; i < first.length; i++) {
            right += partners[i] == (i < 5000 ? i : i + 40_000) ? 1 : 0;
        }
        assertTrue(right > 9_990, "right: " + right);
    }

    @Test
    void aDetourOfEachRunIsSkipped() {
        int[] first = join(range(0, 5000), range(10_000, 30_000), range(5000, 10_000));
        int[] second = join(range(0, 5000), range(50_000, 65_000), range(5000, 10_000));
        assertEquals(10_000, pairs(first, second));
    }

    @Test
    void repetitionsOfOneInputArePairedAsFarAsTheyGo() {
        assertEquals(300_000, pairs(repeat(1, 300_000), repeat(1, 500_000)));
        assertEquals(3000, pairs(join(repeat(1, 1000), repeat(2, 3000)), join(repeat(2, 3000), repeat(1, 1000))));
    }

    @Test
    void nothingInCommonIsNoPair() {
        assertEquals(0, pairs(range(0, 100_000), range(100_000, 200_000)));
        assertEquals(0, pairs(new int[0], range(0, 3)));
    }

    @Test
    void runsThatShareLittleEndInTime() {
        Random random = new Random(3);
        int[] first = random.ints(100_000, 0, 4).toArray();
        int[] second = random.ints(150_000, 0, 4).toArray();
        int found = pairs(first, second);
        assertTrue(found > 40_000, "found " + found);
    }
}
