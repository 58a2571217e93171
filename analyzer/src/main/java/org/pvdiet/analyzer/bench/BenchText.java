package org.pvdiet.analyzer.bench;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pvdiet.analyzer.bench.BenchReport.Analysis;
import org.pvdiet.analyzer.bench.BenchReport.Boot;
import org.pvdiet.analyzer.bench.BenchReport.Machine;
import org.pvdiet.analyzer.bench.BenchReport.Recorded;
import org.pvdiet.analyzer.bench.BenchReport.Work;

/** The report for people. */
public final class BenchText {
    private final PrintStream out;

    public BenchText(PrintStream out) {
        this.out = out;
    }

    public void print(BenchReport report) {
        if (!report.complete()) {
            out.println("NOT COMPLETE: it ended early; rows without a run are missing.");
        }
        Machine machine = report.machine();
        out.println("kernel  " + report.kernel());
        out.printf("machine %d processors, %s; %s%n", machine.processors(), machine.processor(), machine.jvm());
        if (machine.qemu() != null) {
            out.println("qemu    " + machine.qemu());
        }
        out.printf("runs    %d; a row says how many it has, and their median (least to most)%n", report.runs());
        out.println("x       times as long as QEMU, or as unrecorded: the median of the runs' ratios");
        boots(report.boots());
        work(report.work());
        analysis(report.analysis());
    }

    private void boots(List<Boot> boots) {
        Map<String, List<Boot>> byKernel =
                boots.stream().collect(Collectors.groupingBy(Boot::kernel, LinkedHashMap::new, Collectors.toList()));
        byKernel.forEach((kernel, rows) -> {
            out.println();
            out.println("boot of " + kernel);
            out.printf(
                    "%-28s %4s %22s %7s %7s %22s %6s %7s %9s %10s%n",
                    "",
                    "runs",
                    "s to first line",
                    "x QEMU",
                    "x unrec",
                    "s to the end",
                    "MB",
                    "MIPS",
                    "calls/s",
                    "bytes/call");
            rows.forEach(this::boot);
        });
    }

    private void boot(Boot boot) {
        out.printf(
                Locale.ROOT,
                "%-28s %4d %22s %7s %7s %22s %6d",
                boot.program() + " " + boot.platform() + ", "
                        + (boot.recording().equals(Guest.UNRECORDED) ? "no recording" : boot.recording()),
                boot.runs(),
                seconds(boot.firstLine()),
                ratio(boot.toQemu()),
                ratio(boot.toUnrecorded()),
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

    private void work(List<Work> work) {
        if (work.isEmpty()) {
            return;
        }
        out.println();
        out.printf("%-32s %4s %10s %22s %7s %12s %8s%n", "work", "runs", "count", "s", "x QEMU", "count/s", "MIPS");
        for (Work row : work) {
            out.printf(
                    Locale.ROOT,
                    "%-32s %4d %10d %22s %7s %12.0f",
                    row.program() + " " + row.platform() + ", " + row.kind(),
                    row.runs(),
                    row.count(),
                    seconds(row.seconds()),
                    ratio(row.toQemu()),
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

    private static String ratio(@Nullable Double ratio) {
        return ratio == null ? "" : String.format(Locale.ROOT, "%.2f", ratio);
    }

    private void analysis(List<Analysis> analysis) {
        if (analysis.isEmpty()) {
            return;
        }
        out.println();
        out.printf("%-32s %4s %10s %22s %12s %8s%n", "analysis", "runs", "calls", "s", "calls/s", "MB");
        for (Analysis row : analysis) {
            out.printf(
                    Locale.ROOT,
                    "%-32s %4d %10d %22s %12.0f %8d%n",
                    row.command(),
                    row.runs(),
                    row.calls(),
                    seconds(row.seconds()),
                    row.calls() / row.seconds().median(),
                    row.peakBytes() >> 20);
        }
    }

    private static String seconds(Spread spread) {
        return spread.least() == spread.most()
                ? String.format(Locale.ROOT, "%.2f", spread.median())
                : String.format(Locale.ROOT, "%.2f (%.2f to %.2f)", spread.median(), spread.least(), spread.most());
    }
}
