package org.pvdiet.analyzer.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.pvdiet.analyzer.diet.Diet;
import org.pvdiet.analyzer.diet.DietTrace;
import org.pvdiet.analyzer.diff.Diff;
import org.pvdiet.analyzer.diff.DiffReport;
import org.pvdiet.analyzer.report.ReportTrace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = {
            "Writes one HTML page that holds all that traces of one kernel say of its hooks, and needs no network.",
            "The first trace is what the others are compared with: give the native one first."
        },
        footer = {
            "",
            "Writes report.html, and report.json with the same content for programs.",
            "",
            "Examples:",
            "  pvdiet report native.pvtrace xen-pv.pvtrace -o report",
            "  xdg-open report/report.html"
        })
final class ReportCommand implements Callable<Integer> {
    @Mixin
    private OutputOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (options.traces().size() < 2) {
            throw new ParameterException(spec.commandLine(), "report needs traces of at least two platforms.");
        }
        ReportFiles files = new ReportFiles(options.directory(ReportFiles.NAMES));
        try (OpenTraces open =
                OpenTraces.ofOneKernel(options.traces(), spec.commandLine().getErr())) {
            List<ReportTrace> read = ReportTrace.of(open.readers());
            List<DietTrace> diets = read.stream().map(ReportTrace::diet).toList();
            List<DiffReport> diffs = Diff.of(diets.stream().map(DietTrace::log).toList());
            files.write(ReportFiles.report(read, Diet.of(diets, diffs), diffs));
        }
        System.out.println(files.page());
        return ExitCode.DONE;
    }
}
