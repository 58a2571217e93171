package org.pvdiet.analyzer.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pvdiet.analyzer.diet.Diet;
import org.pvdiet.analyzer.diet.DietReport;
import org.pvdiet.analyzer.diet.DietText;
import org.pvdiet.analyzer.diet.DietTrace;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.TraceReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "diet",
        mixinStandardHelpOptions = true,
        description = {
            "Says of each hook whether it can go, from traces of one kernel on several platforms.",
            "The first trace is what the others are compared with: give the native one first."
        },
        footer = {
            "",
            "Verdicts: remove, merge with another hook, replace by an instruction or a condition, respecify, narrow,",
            "keep. They are reached by rules, of which the first that holds decides; --why prints them for one hook.",
            "analyzer/DIET.md says what each rule and finding means.",
            "A verdict is about the platforms and the workload that were recorded.",
            "",
            "Examples:",
            "  pvdiet diet native.pvtrace xen-pv.pvtrace",
            "  pvdiet diet native.pvtrace xen-pv.pvtrace --why cpu.write_msr",
            "  pvdiet diet native.pvtrace xen-pv.pvtrace --format md > diet.md"
        })
final class DietCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "X.pvtrace", description = "Traces of one kernel, the native one first.")
    private List<Path> traces;

    @Option(names = "--format", paramLabel = "text|json|md", defaultValue = "TEXT", description = "Default: text.")
    private DietFormat format;

    @Option(
            names = "--why",
            paramLabel = "HOOK",
            description = "Prints for one hook which rules were tried, what held and what did not.")
    private String why;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (traces.size() < 2) {
            throw new ParameterException(spec.commandLine(), "diet needs traces of at least two platforms.");
        }
        try (OpenTraces open = OpenTraces.ofOneKernel(traces, spec.commandLine().getErr())) {
            List<TraceReader> readers = open.readers();
            Optional<Hook> asked = Optional.ofNullable(why)
                    .map(name -> HookNames.find(readers.get(0).hooks(), name));
            DietReport report = Diet.of(DietTrace.of(readers));
            if (asked.isPresent()) {
                print(report, asked.get().fullName());
                return ExitCode.DONE;
            }
            System.out.print(
                    switch (format) {
                        case TEXT -> DietText.plain(report);
                        case JSON -> Json.print(Json.tree(report)) + System.lineSeparator();
                        case MD -> DietText.markdown(report);
                    });
        }
        return ExitCode.DONE;
    }

    private void print(DietReport report, String name) {
        DietReport.HookVerdict hook = report.hooks().stream()
                .filter(each -> each.hook().equals(name))
                .findFirst()
                .orElseThrow();
        System.out.print(
                format == DietFormat.JSON
                        ? Json.print(Json.tree(hook)) + System.lineSeparator()
                        : DietText.why(report, hook));
    }
}
