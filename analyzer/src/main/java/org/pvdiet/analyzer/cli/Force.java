package org.pvdiet.analyzer.cli;

import picocli.CommandLine.Option;

/** Whether a command that writes may replace what is there. It refuses to otherwise. */
final class Force {
    @Option(names = "--force", description = "Replace the output if it is there already.")
    private boolean given;

    boolean given() {
        return given;
    }
}
