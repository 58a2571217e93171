package org.pvdiet.analyzer.diet;

import java.util.List;
import org.pvdiet.analyzer.calls.CallStream;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.diet.seen.Observations;
import org.pvdiet.analyzer.diff.TraceLog;
import org.pvdiet.traces.TraceReader;

/**
 * What a diet needs of one trace.
 *
 * @param log for comparing it with others
 * @param seen for the findings
 */
public record DietTrace(TraceLog log, Observations seen) {

    /** Reads traces, several at once. */
    public static List<DietTrace> of(List<TraceReader> readers) {
        return readers.parallelStream().map(DietTrace::of).toList();
    }

    private static DietTrace of(TraceReader reader) {
        TraceLog log = TraceLog.of(reader);
        Kernel kernel = log.contracts().kernel();
        return new DietTrace(log, CallStream.fold(reader, () -> new Observations(kernel)));
    }
}
