package org.pvdiet.analyzer.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "study", mixinStandardHelpOptions = true, description = "All of it.")
final class StudyCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        throw new UnsupportedOperationException("written with diff and diet");
    }
}
