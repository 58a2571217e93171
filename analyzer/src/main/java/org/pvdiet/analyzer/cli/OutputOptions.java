package org.pvdiet.analyzer.cli;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the commands have in common that write files about traces of one kernel. */
final class OutputOptions {
    @Parameters(arity = "1..*", paramLabel = "X.pvtrace", description = "Traces of one kernel, the native one first.")
    private List<Path> traces;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "Where the files go.")
    private Path directory;

    @Mixin
    private Force force;

    List<Path> traces() {
        return traces;
    }

    /**
     * Where files of these names are to go.
     *
     * @throws BadInputException if one is there and may not be replaced
     */
    OutputDirectory directory(Collection<String> names) {
        OutputDirectory output = new OutputDirectory(directory);
        if (!force.given()) {
            output.refuseExisting(names);
        }
        return output;
    }
}
