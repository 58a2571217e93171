package org.pvdiet.analyzer.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.ParameterException;

/** {@code pvdiet}: the command line. */
@Command(
        name = "pvdiet",
        description =
                "Records every paravirt call of an unmodified Linux kernel, on bare metal and as a Xen PV guest, and"
                        + " says what each hook does, where platforms part, and which hooks can go.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        version = "pvdiet 0.1.0",
        footer = {
            "",
            "Exit codes: 0 done; 1 the comparison or check found something when asked to fail on it; 2 usage;"
                    + " 3 bad input; 4 the guest failed.",
            "",
            "Try it:  pvdiet study"
        })
public final class Main {
    private static final List<Class<?>> COMMANDS = List.of(
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
            BenchCommand.class);

    /** Names in Java, where picocli says what an option may be. */
    private static final Pattern CONSTANTS = Pattern.compile("one of \\[[^]]*] \\(case-insensitive\\)");

    private Main() {}

    public static void main(String[] arguments) {
        HeadStart.begin(arguments);
        System.exit(execute(arguments));
    }

    /** Runs one command and gives its exit code. */
    static int execute(String... arguments) {
        CommandLine line = commandLine(arguments);
        line.setExecutionExceptionHandler((failure, command, parsed) -> Failures.report(failure, command.getErr()));
        line.setParameterExceptionHandler((failure, args) -> {
            PrintWriter err = failure.getCommandLine().getErr();
            err.println("pvdiet: " + words(failure));
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

    private static String words(ParameterException failure) {
        ArgSpec option = failure.getArgSpec();
        return option == null
                ? failure.getMessage()
                : CONSTANTS.matcher(failure.getMessage()).replaceFirst(Matcher.quoteReplacement(option.paramLabel()));
    }

    /** With the command that is asked for, or else with all: reading all of their options takes a quarter of a second. */
    private static CommandLine commandLine(String... arguments) {
        CommandLine line = new CommandLine(new Main());
        Optional<Class<?>> wanted = COMMANDS.stream()
                .filter(command -> arguments.length > 0
                        && command.getAnnotation(Command.class).name().equals(arguments[0]))
                .findFirst();
        if (wanted.isPresent()) {
            return line.addSubcommand(wanted.get());
        }
        COMMANDS.forEach(line::addSubcommand);
        return line.addSubcommand(HelpCommand.class);
    }
}
