package org.pvdiet.analyzer.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Programs of POSIX, timed. */
class MeasuredRunTest {
    private static MeasuredRun shell(String script, String lastLine) throws Exception {
        return MeasuredRun.of(new ProcessBuilder("sh", "-c", script), lastLine, process -> {});
    }

    @Test
    void linesHaveTheTimeAtWhichTheyCame() throws Exception {
        MeasuredRun run = shell("echo first; sleep 1; echo second; exit 7", "third");
        assertEquals(7, run.exitCode());
        double first = run.secondsTo("first").orElseThrow();
        double second = run.secondsTo("second").orElseThrow();
        // A busy machine may read the first line late.
        assertTrue(second >= 1 && second - first > 0.25 && run.seconds() >= second, run::toString);
        assertTrue(run.secondsTo("third").isEmpty());
    }

    @Test
    void aProgramIsEndedAtTheLastLineThatIsAskedFor() throws Exception {
        MeasuredRun run = shell("echo enough; exec sleep 60", "enough");
        assertEquals(0, run.exitCode());
        assertTrue(run.seconds() < 30, run::toString);
        assertEquals(1, run.lines().size());
    }

    @Test
    void aProgramCanBeEndedByAnother() throws Exception {
        MeasuredRun run = MeasuredRun.of(
                new ProcessBuilder("sh", "-c", "echo begun; exec sleep 60"), "end", ProcessHandle::destroyForcibly);
        // SIGKILL's number and 128.
        assertEquals(137, run.exitCode());
    }

    @Test
    void aSpreadIsOrderedWhateverTheMeasurementsOrder() {
        assertEquals(new Spread(2, 1, 9), Spread.of(List.of(9.0, 1.0, 2.0)));
    }
}
