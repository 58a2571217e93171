package org.pvdiet.analyzer.diff;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pvdiet.analyzer.calls.CallStream;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.Processors;
import org.pvdiet.analyzer.calls.TwoSummaries;
import org.pvdiet.analyzer.contract.Classifier;
import org.pvdiet.analyzer.contract.ContractReport;
import org.pvdiet.analyzer.contract.ContractReport.HookStatements;
import org.pvdiet.analyzer.contract.ContractSummary;
import org.pvdiet.analyzer.contract.Contracts;
import org.pvdiet.analyzer.contract.Tally;
import org.pvdiet.analyzer.contract.TraceContracts;
import org.pvdiet.traces.Site;
import org.pvdiet.traces.TraceInfo;
import org.pvdiet.traces.TraceReader;

/** What comparing needs of one trace: contracts of hooks, and each site's calls in order, packed. */
public final class TraceLog {
    private final DiffReport.Run run;
    private final TraceInfo info;
    private final TraceContracts contracts;
    private final ContractSummary contractSummary;
    private final ContractReport statements;
    private final CallLog calls;

    private TraceLog(
            DiffReport.Run run,
            TraceInfo info,
            Kernel kernel,
            CallLog calls,
            ContractSummary contractSummary,
            ContractReport statements) {
        this.run = run;
        this.info = info;
        this.contractSummary = contractSummary;
        this.statements = statements;
        this.contracts = new TraceContracts(kernel, calls.hooks());
        this.calls = calls;
        calls.settle(Long.MAX_VALUE);
    }

    /** Reads a trace. */
    public static TraceLog of(TraceReader reader) {
        Kernel kernel = Kernel.of(reader);
        Classifier classifier = new Classifier(kernel);
        TwoSummaries<CallLog, ContractSummary> seen = CallStream.fold(
                reader, () -> new TwoSummaries<>(new CallLog(kernel, classifier), new ContractSummary(kernel)));
        return of(reader, kernel, seen.first(), seen.second());
    }

    /** The log of a trace all of whose calls {@code calls} and {@code contracts} have seen. */
    public static TraceLog of(TraceReader reader, Kernel kernel, CallLog calls, ContractSummary contracts) {
        DiffReport.Run run = new DiffReport.Run(
                reader.path().toString(),
                reader.info().platform(),
                reader.complete(),
                reader.counts().calls());
        return new TraceLog(run, reader.info(), kernel, calls, contracts, Contracts.of(reader, contracts));
    }

    /** Reads traces. */
    public static List<TraceLog> of(List<TraceReader> readers) {
        return Processors.ofEach(readers, TraceLog::of);
    }

    /** Which trace this is. */
    public DiffReport.Run run() {
        return run;
    }

    /** What was known when the recording began. */
    public TraceInfo info() {
        return info;
    }

    /** What {@code pvdiet contract} says of it. */
    public ContractReport statements() {
        return statements;
    }

    /** What {@code pvdiet contract} says of a hook, by its id. */
    HookStatements statements(int hook) {
        return statements.hooks().get(hook);
    }

    /** What these statements rest on. */
    ContractSummary contractSummary() {
        return contractSummary;
    }

    /** What its hooks did. */
    public TraceContracts contracts() {
        return contracts;
    }

    Kernel kernel() {
        return contracts.kernel();
    }

    List<Act> acts() {
        return calls.acts();
    }

    Act act(int number) {
        return calls.acts().get(number);
    }

    /** What calls spent, by the effort's number. */
    List<Effort> efforts() {
        return calls.efforts();
    }

    CpuidAnswers cpuid() {
        return calls.cpuid();
    }

    LargePages largePages() {
        return calls.largePages();
    }

    /** The calls of a site, by its id, with what was done for them later, and without what they did for others. */
    SiteCalls site(int id) {
        return calls.site(id);
    }

    /** How many calls a site made, by its id. */
    long calls(int site) {
        return calls.calls(site);
    }

    /** The calls of a hook, by its id, by what they were given and did. */
    Map<Act, Tally> tally(int hook) {
        Map<Integer, Tally> byAct = new TreeMap<>();
        for (Site site : kernel().sites()) {
            if (site.hook() == hook) {
                SiteCalls of = site(site.id());
                while (of.next()) {
                    byAct.merge(of.act(), new Tally(1, of.seq()), Tally::plus);
                }
            }
        }
        Map<Act, Tally> tally = new LinkedHashMap<>();
        byAct.forEach((act, calls) -> tally.put(act(act), calls));
        return tally;
    }
}
