package org.pvdiet.analyzer.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** {@code pvdiet}: the command line. */
@Command(
        name = "pvdiet",
        description =
                "Records every paravirt call of an unmodified Linux kernel, on bare metal and as a Xen PV guest, and"
                        + " says what each hook does, where platforms part, and which hooks can go.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        version = "pvdiet 0.1.0",
        subcommands = {
            StudyCommand.class,
            InspectCommand.class,
            RecordCommand.class,
            StatsCommand.class,
            ShowCommand.class,
            DiffCommand.class,
            ContractCommand.class,
            DietCommand.class,
            DocsCommand.class,
            QueryCommand.class,
            ReportCommand.class,
            ReplayCommand.class,
            RunCommand.class,
            BenchCommand.class,
            HelpCommand.class
        },
        footer = {
            "",
            "Exit codes: 0 done; 1 the comparison or check found something when asked to fail on it; 2 usage;"
                    + " 3 bad input; 4 the guest failed.",
            "",
            "Try it:  pvdiet study"
        })
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(execute(arguments));
    }

    /** Runs one command and gives its exit code. */
    static int execute(String... arguments) {
        CommandLine line = new CommandLine(new Main());
        line.setExecutionExceptionHandler((failure, command, parsed) -> Failures.report(failure, command.getErr()));
        line.setParameterExceptionHandler((failure, args) -> {
            PrintWriter err = failure.getCommandLine().getErr();
            err.println("pvdiet: " + failure.getMessage());
            err.println("Try 'pvdiet "
                    + (failure.getCommandLine().getParent() == null
                            ? "--help"
                            : failure.getCommandLine().getCommandName() + " --help")
                    + "'.");
            return ExitCode.USAGE;
        });
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpAutoWidth(true);
        return line.execute(arguments);
    }
}
