package org.pvdiet.analyzer.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.pvdiet.analyzer.show.CallsText;
import org.pvdiet.traces.TraceReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "Prints calls as a person reads them: symbols, arguments by name, effects, register bits.",
        footer = {
            "",
            "Effects and calls within a call are indented; +N is how many instructions after its beginning.",
            "",
            "Examples:",
            "  pvdiet show xen-pv.pvtrace 120345",
            "  pvdiet show native.pvtrace 0 -n 20"
        })
final class ShowCommand implements Callable<Integer> {
    private static final long MOST = 100_000;

    @Parameters(index = "0", paramLabel = "X.pvtrace", description = "A trace.")
    private Path trace;

    @Parameters(index = "1", paramLabel = "SEQ", description = "Number of the first call.")
    private long seq;

    @Option(names = "-n", paramLabel = "N", defaultValue = "1", description = "How many calls. Default: 1.")
    private long count;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (seq < 0 || count < 1 || count > MOST) {
            throw new ParameterException(
                    spec.commandLine(), "SEQ must not be negative, and N must be 1 to " + MOST + ".");
        }
        try (TraceReader reader = TraceInput.open(trace, spec.commandLine().getErr())) {
            long calls = reader.counts().calls();
            if (seq >= calls) {
                throw new BadInputException(
                        trace + " has " + calls + " calls, numbered from 0: there is no call " + seq + ".");
            }
            System.out.print(CallsText.of(reader, seq, count));
        }
        return ExitCode.DONE;
    }
}
