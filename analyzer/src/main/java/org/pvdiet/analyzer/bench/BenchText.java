package org.pvdiet.analyzer.bench;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.pvdiet.analyzer.bench.BenchReport.Analysis;
import org.pvdiet.analyzer.bench.BenchReport.Boot;
import org.pvdiet.analyzer.bench.BenchReport.Recorded;
import org.pvdiet.analyzer.bench.BenchReport.Work;

/** The report for people. */
public final class BenchText {
    private final PrintStream out;

    public BenchText(PrintStream out) {
        this.out = out;
    }

    public void print(BenchReport report) {
        out.println("kernel  " + report.kernel());
        out.println("machine " + report.machine());
        out.printf("runs    %d of each, median (least to most)%n", report.runs());
        boots(report.boots());
        work(report.work());
        analysis(report.analysis());
    }

    private void boots(List<Boot> boots) {
        out.println();
        out.printf(
                "%-28s %22s %22s %6s %7s %9s %10s%n",
                "boot", "s to first line", "s to the end", "MB", "MIPS", "calls/s", "bytes/call");
        for (Boot boot : boots) {
            out.printf(
                    Locale.ROOT,
                    "%-28s %22s %22s %6d",
                    boot.program() + " " + boot.platform() + ", "
                            + (boot.recording().equals("none") ? "no recording" : boot.recording()),
                    seconds(boot.firstLine()),
                    boot.end() == null ? "" : seconds(boot.end()),
                    boot.peakBytes() >> 20);
            if (boot.recorded() != null && boot.end() != null) {
                Recorded recorded = boot.recorded();
                double end = boot.end().median();
                out.printf(
                        Locale.ROOT,
                        " %7.1f %9.0f %10.2f",
                        recorded.instructions() / end / 1e6,
                        recorded.calls() / end,
                        recorded.bytesPerCall());
            }
            out.println();
        }
    }

    private void work(List<Work> work) {
        out.println();
        out.printf("%-36s %10s %22s %12s %8s%n", "work", "count", "s", "count/s", "MIPS");
        for (Work row : work) {
            out.printf(
                    Locale.ROOT,
                    "%-36s %10d %22s %12.0f",
                    row.program() + " " + row.platform() + ", " + row.kind(),
                    row.count(),
                    seconds(row.seconds()),
                    row.count() / row.seconds().median());
            if (row.instructions() != null) {
                out.printf(
                        Locale.ROOT,
                        " %8.1f",
                        row.instructions() / row.seconds().median() / 1e6);
            }
            out.println();
        }
    }

    private void analysis(List<Analysis> analysis) {
        out.println();
        out.printf("%-36s %10s %22s %12s %8s%n", "analysis", "calls", "s", "calls/s", "MB");
        for (Analysis row : analysis) {
            out.printf(
                    Locale.ROOT,
                    "%-36s %10d %22s %12.0f %8d%n",
                    row.command(),
                    row.calls(),
                    seconds(row.seconds()),
                    row.calls() / row.seconds().median(),
                    row.peakBytes() >> 20);
        }
    }

    private static String seconds(Spread spread) {
        return String.format(Locale.ROOT, "%.2f (%.2f to %.2f)", spread.median(), spread.least(), spread.most());
    }
}
