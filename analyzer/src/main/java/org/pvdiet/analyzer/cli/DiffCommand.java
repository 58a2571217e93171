package org.pvdiet.analyzer.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.pvdiet.analyzer.diff.Diff;
import org.pvdiet.analyzer.diff.DiffReport;
import org.pvdiet.analyzer.diff.DiffText;
import org.pvdiet.analyzer.diff.SameKernel;
import org.pvdiet.traces.TraceReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "diff",
        mixinStandardHelpOptions = true,
        description = {
            "Says per hook and site what two traces of one kernel differ in.",
            "Calls that were given the same at the same site are compared, after translation of frame numbers."
                    + " What differs because of the platform is told apart from calls that only one run made."
        },
        footer = {
            "",
            "Examples:",
            "  pvdiet diff native.pvtrace xen-pv.pvtrace",
            "  pvdiet diff native.pvtrace xen-pv.pvtrace --format json > diff.json",
            "  pvdiet diff before.pvtrace after.pvtrace --fail-on-divergence"
        })
final class DiffCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "A.pvtrace", description = "The trace to compare with.")
    private Path first;

    @Parameters(index = "1", paramLabel = "B.pvtrace", description = "The trace to compare.")
    private Path second;

    @Option(names = "--format", paramLabel = "text|json", defaultValue = "TEXT", description = "Default: text.")
    private Format format;

    @Option(names = "--fail-on-divergence", description = "Exit with 1 if callers of any hook can tell the two apart.")
    private boolean failOnDivergence;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (format == Format.CSV) {
            throw new ParameterException(spec.commandLine(), "diff prints text or json.");
        }
        try (TraceReader a = TraceInput.open(first, spec.commandLine().getErr());
                TraceReader b = TraceInput.open(second, spec.commandLine().getErr())) {
            SameKernel.objection(a, b).ifPresent(objection -> {
                throw new BadInputException(objection);
            });
            DiffReport report = Diff.of(a, b);
            System.out.print(
                    format == Format.JSON
                            ? Json.print(Json.tree(report)) + System.lineSeparator()
                            : DiffText.of(report));
            return failOnDivergence && report.summary().divergentHooks() > 0 ? ExitCode.FOUND : ExitCode.DONE;
        }
    }
}
