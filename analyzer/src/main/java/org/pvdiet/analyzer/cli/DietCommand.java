package org.pvdiet.analyzer.cli;

import com.google.common.io.Closer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.pvdiet.analyzer.diet.Diet;
import org.pvdiet.analyzer.diet.DietReport;
import org.pvdiet.analyzer.diet.DietText;
import org.pvdiet.analyzer.diff.SameKernel;
import org.pvdiet.analyzer.diff.TraceLog;
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
            "Verdicts, the first that holds:",
            "  remove     the same function on every platform; or it returns its argument; or never called, and no",
            "             platform has a function of its own",
            "  merge      on every platform it does nothing but call another hook",
            "  replace    platforms use the native function, nothing, or an instruction that traps anyway",
            "  respecify  only the result differs: callers rely on more than every platform keeps",
            "  keep       a platform works in it",
            "A verdict is about the platforms and the workload that were recorded.",
            "",
            "Examples:",
            "  pvdiet diet native.pvtrace xen-pv.pvtrace",
            "  pvdiet diet native.pvtrace xen-pv.pvtrace --format md > diet.md"
        })
final class DietCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "X.pvtrace", description = "Traces of one kernel, the native one first.")
    private List<Path> traces;

    @Option(names = "--format", paramLabel = "text|json|md", defaultValue = "TEXT", description = "Default: text.")
    private DietFormat format;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (traces.size() < 2) {
            throw new ParameterException(spec.commandLine(), "diet needs traces of at least two platforms.");
        }
        try (Closer closer = Closer.create()) {
            List<TraceReader> readers = new ArrayList<>();
            for (Path trace : traces) {
                TraceReader reader = TraceInput.open(trace, spec.commandLine().getErr());
                closer.register(reader::close);
                readers.add(reader);
                SameKernel.objection(readers.get(0), reader).ifPresent(objection -> {
                    throw new BadInputException(objection);
                });
            }
            DietReport report = Diet.of(TraceLog.of(readers));
            System.out.print(
                    switch (format) {
                        case TEXT -> DietText.plain(report);
                        case JSON -> Json.print(Json.tree(report)) + System.lineSeparator();
                        case MD -> DietText.markdown(report);
                    });
        }
        return ExitCode.DONE;
    }
}
