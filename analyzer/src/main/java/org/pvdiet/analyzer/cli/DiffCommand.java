package org.pvdiet.analyzer.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pvdiet.analyzer.diff.Change;
import org.pvdiet.analyzer.diff.Diff;
import org.pvdiet.analyzer.diff.DiffReport;
import org.pvdiet.analyzer.diff.DiffText;
import org.pvdiet.analyzer.diff.SameKernel;
import org.pvdiet.analyzer.diff.SideBySide;
import org.pvdiet.analyzer.diff.SideBySideText;
import org.pvdiet.analyzer.diff.TraceLog;
import org.pvdiet.analyzer.diff.VersionReport;
import org.pvdiet.analyzer.diff.VersionText;
import org.pvdiet.analyzer.diff.Versions;
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
            "Says per hook and site what traces differ in.",
            "Two traces of one kernel: first what pvdiet contract says of one and not of the other, then the calls that"
                    + " were given the same at the same site, after translation of frame numbers. What differs because of the platform is told apart from what something else"
                    + " explains, and from calls that only one run made.",
            "Three or more of one kernel: side by side, each compared with the first.",
            "Two of different kernels: hooks by name, added, removed or changed, and their contracts."
        },
        footer = {
            "",
            "Kinds to fail on (exit code 1, and a line on standard error that says which hooks):",
            "  result        what calls return",
            "  effect        what they change: missing, extra or different",
            "  fault         exceptions",
            "  outcome       how they end",
            "  precondition  what held before every call and no longer does",
            "  clobber       registers changed that callers rely on (--registers full)",
            "  mechanism     hypercalls and traps",
            "  target        the function that a hook leads to",
            "  cost          instructions, hypercalls, traps of the same calls",
            "  added         a hook that the first kernel has not",
            "  removed       a hook that the second kernel has not",
            "  prototype     another C prototype",
            "  changed       a hook of both kernels whose prototype or contract changed",
            "  contract      of two kernels, another contract, where calls show it",
            "  widened       of two kernels, a contract that allows more than the first",
            "  any           all of which callers can tell: all but mechanism, target and cost",
            "What frame translation, lazy mode, start-up or the environment explains is nothing to fail on.",
            "",
            "Examples:",
            "  pvdiet diff native.pvtrace xen-pv.pvtrace",
            "  pvdiet diff native.pvtrace xen-pv.pvtrace --format json > diff.json",
            "  pvdiet diff native.pvtrace xen-4.17.pvtrace xen-4.18.pvtrace",
            "  pvdiet diff before.pvtrace after.pvtrace --fail-on added,widened"
        })
final class DiffCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "X.pvtrace", description = "The trace to compare with, and the others.")
    private List<Path> traces;

    @Option(names = "--format", paramLabel = "text|json", defaultValue = "TEXT", description = "Default: text.")
    private Format format;

    @Option(
            names = "--fail-on",
            paramLabel = "KIND",
            split = ",",
            description = "Exit with 1 on these kinds; see below.")
    private List<FailOn> failOn = new ArrayList<>();

    @Option(names = "--fail-on-divergence", description = "The same as --fail-on any.")
    private boolean failOnDivergence;

    @Spec
    private CommandSpec spec;

    /** What was found, and what can be failed on. */
    private record Found(Object report, String text, List<Change> changes) {}

    @Override
    public Integer call() throws IOException {
        if (traces.size() < 2) {
            throw new ParameterException(spec.commandLine(), "diff needs at least two traces.");
        }
        if (failOnDivergence) {
            failOn.add(FailOn.ANY);
        }
        PrintWriter err = spec.commandLine().getErr();
        Found found;
        try (OpenTraces open = OpenTraces.of(traces, err)) {
            found = compare(open.readers());
        }
        System.out.print(
                format == Format.JSON ? Json.print(Json.tree(found.report())) + System.lineSeparator() : found.text());
        System.out.flush();
        Optional<String> reason = FailOn.reason(failOn, found.changes());
        reason.ifPresent(sentence -> {
            err.println("pvdiet: " + sentence);
            err.flush();
        });
        return reason.isPresent() ? ExitCode.FOUND : ExitCode.DONE;
    }

    private static Found compare(List<TraceReader> readers) {
        Optional<String> objection = readers.stream()
                .flatMap(reader -> SameKernel.objection(readers.get(0), reader).stream())
                .findFirst();
        if (objection.isPresent() && readers.size() > 2) {
            throw new BadInputException(objection.get() + " Traces of different kernels compare two at a time.");
        }
        List<TraceLog> logs = TraceLog.of(readers);
        if (objection.isPresent()) {
            VersionReport report = Versions.of(logs.get(0), logs.get(1));
            return new Found(report, VersionText.of(report), report.changes());
        }
        List<DiffReport> diffs = Diff.of(logs);
        if (diffs.size() == 1) {
            return new Found(
                    diffs.get(0), DiffText.of(diffs.get(0)), diffs.get(0).changes());
        }
        SideBySide report = SideBySide.of(diffs);
        return new Found(report, SideBySideText.of(report), report.changes());
    }
}
