package org.pvdiet.analyzer.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.pvdiet.analyzer.diet.Diet;
import org.pvdiet.analyzer.diet.DietTrace;
import org.pvdiet.analyzer.diff.Diff;
import org.pvdiet.analyzer.diff.DiffReport;
import org.pvdiet.analyzer.report.ReportTrace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
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
    @Parameters(arity = "1..*", paramLabel = "X.pvtrace", description = "Traces of one kernel, the native one first.")
    private List<Path> traces;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "Where report.html and report.json go.")
    private Path directory;

    @Option(names = "--force", description = "Replace a report that is there already.")
    private boolean force;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (traces.size() < 2) {
            throw new ParameterException(spec.commandLine(), "report needs traces of at least two platforms.");
        }
        ReportFiles files = new ReportFiles(directory);
        if (!force) {
            files.refuseExisting();
        }
        try (OpenTraces open = OpenTraces.ofOneKernel(traces, spec.commandLine().getErr())) {
            List<ReportTrace> read = ReportTrace.of(open.readers());
            List<DietTrace> diets = read.stream().map(ReportTrace::diet).toList();
            List<DiffReport> diffs = Diff.of(diets.stream().map(DietTrace::log).toList());
            files.write(ReportFiles.report(read, Diet.of(diets, diffs), diffs));
        }
        System.out.println(files.page());
        return ExitCode.DONE;
    }
}
