package org.pvdiet.analyzer.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.pvdiet.analyzer.diet.DietReport;
import org.pvdiet.analyzer.diff.DiffReport;
import org.pvdiet.analyzer.report.Page;
import org.pvdiet.analyzer.report.Report;
import org.pvdiet.analyzer.report.ReportSource;
import org.pvdiet.analyzer.report.ReportTrace;

/** A report on disk: a page for people, and the same in JSON. */
final class ReportFiles {
    static final String PAGE = "report.html";
    static final String JSON = "report.json";

    static final List<String> NAMES = List.of(PAGE, JSON);

    private final OutputDirectory directory;

    ReportFiles(OutputDirectory directory) {
        this.directory = directory;
    }

    Path page() {
        return directory.path().resolve(PAGE);
    }

    /** Everything that is to be said of traces of one kernel, when diet and diffs have been made already. */
    static Report report(List<ReportTrace> traces, DietReport diet, List<DiffReport> diffs) {
        return new ReportSource(traces, diet, diffs).report();
    }

    void write(Report report) throws IOException {
        directory.write(PAGE, Page.of(report));
        directory.write(JSON, Json.print(Json.tree(report)) + System.lineSeparator());
    }
}
