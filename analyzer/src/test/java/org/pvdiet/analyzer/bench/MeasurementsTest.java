package org.pvdiet.analyzer.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A benchmark of three runs that was ended in its second. */
class MeasurementsTest {
    private static final Guest QEMU = new Guest(Guest.QEMU, "native", "vmlinuz", Guest.UNRECORDED);
    private static final Guest UNRECORDED = new Guest(Guest.OURS, "native", "vmlinuz", Guest.UNRECORDED);
    private static final Guest ARGS = new Guest(Guest.OURS, "native", "vmlinuz", "args");
    private static final BenchReport.Machine MACHINE = new BenchReport.Machine(4, "a processor", "a JVM", null);

    private final Measurements measurements = new Measurements();

    private void add(int run, Guest guest, double firstLine, double work) {
        measurements.add(
                run,
                guest,
                new GuestRun(firstLine, null, 1 << 20, List.of(new GuestRun.Work("memory", 1000, work, null))));
    }

    private BenchReport report() {
        return measurements.report("vmlinuz", MACHINE, 3, false);
    }

    @Test
    void aRatioIsTheMedianOfTheRunsRatiosAndNotThatOfMedians() {
        add(1, QEMU, 2, 1);
        add(1, ARGS, 8, 5);
        // A slow minute, which both have.
        add(2, QEMU, 20, 10);
        add(2, ARGS, 60, 20);
        add(3, QEMU, 3, 2);
        add(3, ARGS, 6, 12);
        assertEquals(3, report().boots().get(1).toQemu());
        assertEquals(5, report().work().get(1).toQemu());
    }

    @Test
    void aRatioIsOfRunsThatBothHave() {
        add(1, UNRECORDED, 10, 1);
        add(1, ARGS, 11, 1);
        add(2, UNRECORDED, 30, 1);
        BenchReport report = report();
        assertEquals(2, report.boots().get(0).runs());
        assertEquals(1, report.boots().get(1).runs());
        assertEquals(1.1, report.boots().get(1).toUnrecorded(), 1e-9);
        assertNull(report.boots().get(0).toUnrecorded());
        assertNull(report.boots().get(0).toQemu());
    }

    @Test
    void whatWasMeasuredBeforeAnEarlyEndIsPrintedAndSaysSo() {
        add(1, UNRECORDED, 10, 1);
        add(2, UNRECORDED, 30, 1);
        measurements.add(1, new Measurements.Command("diff", 500), new MeasuredRun(2, List.of(), 3 << 20, 0));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new BenchText(new PrintStream(bytes, true, StandardCharsets.UTF_8)).print(report());
        String text = bytes.toString(StandardCharsets.UTF_8);
        assertFalse(report().complete());
        assertTrue(text.startsWith("NOT COMPLETE"), text);
        assertTrue(
                text.lines()
                        .anyMatch(line -> line.matches("pvdiet native, no recording +2 +20.00 \\(10.00 to 30.00\\).*")),
                text);
        assertTrue(text.lines().anyMatch(line -> line.matches("diff +1 +500 +2.00 +250 +3")), text);
        assertFalse(text.contains("qemu"), text);
    }
}
