package org.pvdiet.analyzer.diff;

import java.util.ArrayList;
import java.util.List;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.contract.Behaviour;
import org.pvdiet.analyzer.contract.Input;
import org.pvdiet.analyzer.contract.TraceContracts;
import org.pvdiet.traces.TraceReader;

/** What comparing needs of one trace: contracts of hooks, and each site's calls in order, at 16 bytes a call. */
public final class TraceLog {
    private final Numbered<Input> inputs = new Numbered<>();
    private final Numbered<Behaviour> behaviours = new Numbered<>();
    private final List<SiteLog.Builder> builders = new ArrayList<>();
    private final TraceContracts contracts;
    private final List<SiteLog> sites = new ArrayList<>();

    private final DiffReport.Run run;

    private TraceLog(TraceReader reader) {
        run = new DiffReport.Run(
                reader.path().toString(),
                reader.info().platform(),
                reader.complete(),
                reader.counts().calls());
        reader.sites().forEach(site -> builders.add(new SiteLog.Builder()));
        contracts = TraceContracts.of(reader, this::add);
        builders.forEach(builder -> sites.add(builder.build()));
        builders.clear();
    }

    /** Reads a trace. */
    public static TraceLog of(TraceReader reader) {
        return new TraceLog(reader);
    }

    /** Reads traces, several at once. */
    public static List<TraceLog> of(List<TraceReader> readers) {
        return readers.parallelStream().map(TraceLog::new).toList();
    }

    private void add(RecordedCall call, Input input, Behaviour behaviour) {
        builders.get(call.site()).add(inputs.number(input), behaviours.number(behaviour), call.seq());
    }

    /** Numbers this log's forms as {@code other} does. */
    void renumber(TraceLog other) {
        int[] inputNumbers = other.inputs.translate(inputs);
        int[] behaviourNumbers = other.behaviours.translate(behaviours);
        sites.replaceAll(site -> site.renumber(inputNumbers, behaviourNumbers));
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
