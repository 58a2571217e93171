package org.pvdiet.analyzer.diet;

import org.pvdiet.analyzer.calls.CallOrder;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.Summary;
import org.pvdiet.analyzer.calls.Wanted;
import org.pvdiet.analyzer.contract.Classifier;
import org.pvdiet.analyzer.contract.ContractSummary;
import org.pvdiet.analyzer.diet.seen.Observations;
import org.pvdiet.analyzer.diff.CallLog;
import org.pvdiet.analyzer.diff.TraceLog;
import org.pvdiet.traces.TraceReader;

/** What a diet needs of the calls of one trace, all in one reading. */
public final class DietSummary implements Summary<DietSummary> {
    private final Kernel kernel;
    private final CallLog log;
    private final ContractSummary contracts;
    private final Observations seen;

    /**
     * @param classifier of {@code kernel}; one for all objects that are to be merged
     */
    public DietSummary(Kernel kernel, Classifier classifier) {
        this.kernel = kernel;
        this.log = new CallLog(kernel, classifier);
        this.contracts = new ContractSummary(kernel);
        this.seen = new Observations(kernel);
    }

    @Override
    public Wanted wanted() {
        return log.wanted().and(contracts.wanted()).and(seen.wanted());
    }

    @Override
    public void add(RecordedCall call) {
        log.add(call);
        contracts.add(call);
        seen.add(call);
    }

    @Override
    public void order(CallOrder order) {
        log.order(order);
        contracts.order(order);
        seen.order(order);
    }

    @Override
    public void settle(long before) {
        log.settle(before);
        contracts.settle(before);
        seen.settle(before);
    }

    @Override
    public void merge(DietSummary later) {
        log.merge(later.log);
        contracts.merge(later.contracts);
        seen.merge(later.seen);
    }

    /** What this has seen, all calls of a trace. */
    public DietTrace trace(TraceReader reader) {
        return new DietTrace(TraceLog.of(reader, kernel, log, contracts), seen);
    }
}
