package org.pvdiet.analyzer.diff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pvdiet.analyzer.MadeTrace;
import org.pvdiet.analyzer.MadeTrace.MadeHook;
import org.pvdiet.traces.Site;
import org.pvdiet.traces.TraceReader;

/** What it costs to look at a window of the calls at a time. */
class SitePairingTest {
    private static final int ALL = 1 << 20;
    private static final int WINDOW = 256;
    private static final List<MadeHook> HOOKS =
            List.of(new MadeHook("cpu.read_msr_safe", "u64 read_msr_safe(unsigned int msr, int *err)", "x"));

    @TempDir
    private Path directory;

    private static long inOrder(SitePairs pairs) {
        return pairs.paired() - pairs.outOfOrder();
    }

    @ParameterizedTest
    @ValueSource(ints = {128})
    void windowsLoseLittleOfRealRuns(int window) {
        Path samples = Path.of("..", "traces", "samples");
        try (TraceReader first = TraceReader.open(samples.resolve("native.pvtrace"));
                TraceReader second = TraceReader.open(samples.resolve("xen-pv.pvtrace"))) {
            Pairing pairing = new Pairing(TraceLog.of(first), TraceLog.of(second));
            long paired = 0;
            long inOrder = 0;
            long inWindows = 0;
            int larger = 0;
            for (Site site : first.sites()) {
                if (pairing.first().log().calls(site.id())
                                + pairing.second().log().calls(site.id())
                        == 0) {
                    continue;
                }
                SitePairs all = SitePairing.of(site, pairing, ALL, ALL);
                SitePairs windows = SitePairing.of(site, pairing, window, ALL);
                assertEquals(all.first(), windows.first());
                assertEquals(all.second(), windows.second());
                assertEquals(all.paired(), windows.paired(), "what is not paired in order is paired out of order");
                paired += all.paired();
                inOrder += inOrder(all);
                inWindows += inOrder(windows);
                if (Math.max(SitePairs.calls(all.first()), SitePairs.calls(all.second())) > window) {
                    larger++;
                } else {
                    assertEquals(all.effort(), windows.effort());
                    assertEquals(inOrder(all), inOrder(windows));
                }
            }
            assertTrue(larger > 0, "some sites take several windows");
            assertTrue(inWindows > inOrder - paired / 40, inWindows + " instead of " + inOrder + " of " + paired);
        }
    }

    /** One run does something else in between, for much longer than a window. */
    @Test
    void aDetourLongerThanAWindowIsPassedOver() {
        Random random = new Random(1);
        int[] before = random.ints(1000, 0, 50).toArray();
        int[] detour = random.ints(5000, 50, 100).toArray();
        int[] after = random.ints(1000, 0, 50).toArray();
        SitePairs pairs = pairs(join(before, after), join(before, detour, after));
        assertEquals(2000, pairs.paired());
        assertTrue(pairs.outOfOrder() < 2 * WINDOW, "out of order: " + pairs.outOfOrder());
        assertEquals(7000, SitePairs.calls(pairs.second()));
    }

    @Test
    void aShortDetourCostsNothing() {
        Random random = new Random(2);
        int[] before = random.ints(1000, 0, 50).toArray();
        int[] detour = random.ints(WINDOW / 4, 50, 100).toArray();
        int[] after = random.ints(1000, 0, 50).toArray();
        SitePairs pairs = pairs(join(before, detour, after), join(before, after));
        assertEquals(2000, pairs.paired());
        assertEquals(0, pairs.outOfOrder());
    }

    /** Neither run makes calls that the other makes; all are counted, and it ends. */
    @Test
    void runsWithNothingInCommonHaveNoPairs() {
        SitePairs pairs = pairs(IntStream.range(0, 50).map(i -> i % 7).toArray(), new int[] {9});
        assertEquals(0, pairs.paired());
        pairs = pairs(
                new Random(3).ints(3000, 0, 50).toArray(),
                new Random(4).ints(4000, 50, 90).toArray());
        assertEquals(0, pairs.paired());
        assertEquals(3000, SitePairs.calls(pairs.first()));
        assertEquals(4000, SitePairs.calls(pairs.second()));
    }

    private static int[] join(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    }

    /** Pairs calls that two runs made with these arguments, in windows. */
    private SitePairs pairs(int[] first, int[] second) {
        try (TraceReader a = trace("a" + first.length, first);
                TraceReader b = trace("b" + second.length, second)) {
            Pairing pairing = new Pairing(TraceLog.of(a), TraceLog.of(b));
            return SitePairing.of(a.sites().get(0), pairing, WINDOW, ALL);
        }
    }

    private TraceReader trace(String name, int[] arguments) {
        MadeTrace trace = new MadeTrace(directory.resolve(name), "native", HOOKS);
        for (int argument : arguments) {
            trace.call("cpu.read_msr_safe").arguments(argument).end();
        }
        return trace.read();
    }
}
