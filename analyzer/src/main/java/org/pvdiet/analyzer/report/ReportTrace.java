package org.pvdiet.analyzer.report;

import java.util.List;
import org.pvdiet.analyzer.calls.CallStream;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.Processors;
import org.pvdiet.analyzer.calls.TwoSummaries;
import org.pvdiet.analyzer.contract.Classifier;
import org.pvdiet.analyzer.diet.DietSummary;
import org.pvdiet.analyzer.diet.DietTrace;
import org.pvdiet.traces.TraceReader;

/** What a report needs of one trace. */
public final class ReportTrace {
    private final TraceReader reader;
    private final DietTrace diet;
    private final Workload workload;

    private ReportTrace(TraceReader reader, DietTrace diet, Workload workload) {
        this.reader = reader;
        this.diet = diet;
        this.workload = workload;
    }

    /** Reads traces, each once. */
    public static List<ReportTrace> of(List<TraceReader> readers) {
        return Processors.ofEach(readers, ReportTrace::of);
    }

    private static ReportTrace of(TraceReader reader) {
        Kernel kernel = Kernel.of(reader);
        Classifier classifier = new Classifier(kernel);
        TwoSummaries<DietSummary, Workload> seen = CallStream.fold(
                reader, () -> new TwoSummaries<>(new DietSummary(kernel, classifier), new Workload(reader.hooks())));
        return new ReportTrace(reader, seen.first().trace(reader), seen.second());
    }

    /** What a diet needs of it. */
    public DietTrace diet() {
        return diet;
    }

    TraceReader reader() {
        return reader;
    }

    Workload workload() {
        return workload;
    }
}
