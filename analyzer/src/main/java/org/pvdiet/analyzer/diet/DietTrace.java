package org.pvdiet.analyzer.diet;

import java.util.List;
import org.pvdiet.analyzer.bits.BitTable;
import org.pvdiet.analyzer.calls.CallStream;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.Processors;
import org.pvdiet.analyzer.contract.Classifier;
import org.pvdiet.analyzer.contract.ContractReport;
import org.pvdiet.analyzer.diet.seen.Observations;
import org.pvdiet.analyzer.diff.TraceLog;
import org.pvdiet.traces.TraceReader;

/**
 * What a diet needs of one trace.
 *
 * @param log for comparing it with others, and what held on every call
 * @param seen for the findings
 */
public record DietTrace(TraceLog log, Observations seen) {

    /** Reads traces. */
    public static List<DietTrace> of(List<TraceReader> readers) {
        return Processors.ofEach(readers, DietTrace::of);
    }

    private static DietTrace of(TraceReader reader) {
        Kernel kernel = Kernel.of(reader);
        Classifier classifier = new Classifier(kernel);
        return CallStream.fold(reader, () -> new DietSummary(kernel, classifier))
                .trace(reader);
    }

    /** What held on every call. */
    public ContractReport statements() {
        return log.statements();
    }

    /** What became of page-table bits. */
    public BitTable bits() {
        return seen.bits().table(log.run().trace(), log.run().platform());
    }
}
