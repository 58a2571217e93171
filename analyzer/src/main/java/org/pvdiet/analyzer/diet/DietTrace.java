package org.pvdiet.analyzer.diet;

import java.util.List;
import org.pvdiet.analyzer.calls.CallStream;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.Summary;
import org.pvdiet.analyzer.calls.Wanted;
import org.pvdiet.analyzer.contract.ContractReport;
import org.pvdiet.analyzer.contract.ContractSummary;
import org.pvdiet.analyzer.contract.Contracts;
import org.pvdiet.analyzer.diet.seen.Observations;
import org.pvdiet.analyzer.diff.TraceLog;
import org.pvdiet.traces.TraceReader;

/**
 * What a diet needs of one trace.
 *
 * @param log for comparing it with others
 * @param statements what held on every call
 * @param seen for the findings
 */
public record DietTrace(TraceLog log, ContractReport statements, Observations seen) {

    /** Reads traces. */
    public static List<DietTrace> of(List<TraceReader> readers) {
        return readers.stream().map(DietTrace::of).toList();
    }

    private static DietTrace of(TraceReader reader) {
        TraceLog log = TraceLog.of(reader);
        Kernel kernel = log.contracts().kernel();
        Both both = CallStream.fold(reader, () -> new Both(new Observations(kernel), new ContractSummary(kernel)));
        return new DietTrace(log, Contracts.of(reader, both.contracts), both.seen);
    }

    /** Two summaries that see the same calls. */
    private record Both(Observations seen, ContractSummary contracts) implements Summary<Both> {
        @Override
        public Wanted wanted() {
            return seen.wanted().and(contracts.wanted());
        }

        @Override
        public void add(RecordedCall call) {
            seen.add(call);
            contracts.add(call);
        }

        @Override
        public void merge(Both later) {
            seen.merge(later.seen);
            contracts.merge(later.contracts);
        }
    }
}
