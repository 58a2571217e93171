package org.pvdiet.analyzer.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.pvdiet.traces.TraceReader;

/** Opens traces that a command was given, and says of each that is only the beginning of a run that it is. */
final class TraceInput {
    private TraceInput() {}

    static TraceReader open(Path path, PrintWriter err) {
        TraceReader reader = TraceReader.open(path);
        if (reader.hooks().isEmpty()) {
            reader.close();
            throw new BadInputException(
                    path + " holds no hooks: the recording stopped before it began. Record it again.");
        }
        if (!reader.complete()) {
            err.printf(
                    "pvdiet: %s is incomplete: its recording was not closed. What follows is of its first %d calls.%n",
                    path, reader.counts().calls());
            err.flush();
        }
        return reader;
    }
}
