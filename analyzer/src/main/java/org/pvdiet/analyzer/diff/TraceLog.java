package org.pvdiet.analyzer.diff;

import java.util.List;
import org.pvdiet.analyzer.calls.CallStream;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.Summary;
import org.pvdiet.analyzer.calls.Wanted;
import org.pvdiet.analyzer.contract.Behaviour;
import org.pvdiet.analyzer.contract.Classifier;
import org.pvdiet.analyzer.contract.Input;
import org.pvdiet.analyzer.contract.TraceContracts;
import org.pvdiet.traces.TraceReader;

/** What comparing needs of one trace: contracts of hooks, and each site's calls in order, at 16 bytes a call. */
public final class TraceLog {
    private final DiffReport.Run run;
    private final TraceContracts contracts;
    private final Numbered<Input> inputs;
    private final Numbered<Behaviour> behaviours;
    private final List<SiteLog> sites;

    private TraceLog(
            DiffReport.Run run,
            TraceContracts contracts,
            Numbered<Input> inputs,
            Numbered<Behaviour> behaviours,
            List<SiteLog> sites) {
        this.run = run;
        this.contracts = contracts;
        this.inputs = inputs;
        this.behaviours = behaviours;
        this.sites = sites;
    }

    /** Reads a trace. */
    public static TraceLog of(TraceReader reader) {
        Kernel kernel = Kernel.of(reader);
        Classifier classifier = new Classifier(kernel);
        Part whole = CallStream.fold(reader, () -> new Part(kernel, classifier));
        DiffReport.Run run = new DiffReport.Run(
                reader.path().toString(),
                reader.info().platform(),
                reader.complete(),
                reader.counts().calls());
        return new TraceLog(
                run,
                whole.contracts,
                whole.inputs,
                whole.behaviours,
                whole.sites.stream().map(SiteLog.Builder::build).toList());
    }

    /** Reads traces. */
    public static List<TraceLog> of(List<TraceReader> readers) {
        return readers.stream().map(TraceLog::of).toList();
    }

    /** Some of a trace's calls. */
    private static final class Part implements Summary<Part> {
        private final Numbered<Input> inputs = new Numbered<>();
        private final Numbered<Behaviour> behaviours = new Numbered<>();
        private final List<SiteLog.Builder> sites;
        private final TraceContracts contracts;

        Part(Kernel kernel, Classifier classifier) {
            sites = kernel.sites().stream().map(site -> new SiteLog.Builder()).toList();
            contracts = new TraceContracts(kernel, classifier, (call, input, behaviour) ->
                    sites.get(call.site()).add(inputs.number(input), behaviours.number(behaviour), call.seq()));
        }

        @Override
        public Wanted wanted() {
            return contracts.wanted();
        }

        @Override
        public void add(RecordedCall call) {
            contracts.add(call);
        }

        @Override
        public void merge(Part later) {
            contracts.merge(later.contracts);
            int[] inputNumbers = inputs.translate(later.inputs);
            int[] behaviourNumbers = behaviours.translate(later.behaviours);
            for (int i = 0; i < sites.size(); i++) {
                sites.get(i).addAll(later.sites.get(i), inputNumbers, behaviourNumbers);
            }
        }
    }

    /** The same calls with their forms numbered as {@code other} numbers equal ones, so that numbers compare. */
    TraceLog numberedAs(TraceLog other) {
        int[] inputNumbers = other.inputs.translate(inputs);
        int[] behaviourNumbers = other.behaviours.translate(behaviours);
        return new TraceLog(
                run,
                contracts,
                other.inputs,
                other.behaviours,
                sites.stream()
                        .map(site -> site.renumber(inputNumbers, behaviourNumbers))
                        .toList());
    }

    /** Which trace this is. */
    public DiffReport.Run run() {
        return run;
    }

    /** What its hooks did. */
    public TraceContracts contracts() {
        return contracts;
    }

    Input input(int number) {
        return inputs.get(number);
    }

    Behaviour behaviour(int number) {
        return behaviours.get(number);
    }

    /** By the site's id. */
    SiteLog site(int id) {
        return sites.get(id);
    }
}
