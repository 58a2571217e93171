package org.pvdiet.analyzer.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.pvdiet.analyzer.diet.DietReport;
import org.pvdiet.analyzer.diet.DietTrace;
import org.pvdiet.analyzer.diff.DiffReport;
import org.pvdiet.analyzer.report.Page;
import org.pvdiet.analyzer.report.Report;
import org.pvdiet.analyzer.report.ReportSource;
import org.pvdiet.traces.TraceReader;

/** A report on disk: a page for people, and the same in JSON. */
final class ReportFiles {
    static final String PAGE = "report.html";
    static final String JSON = "report.json";

    private final Path directory;

    ReportFiles(Path directory) {
        this.directory = directory;
    }

    Path page() {
        return directory.resolve(PAGE);
    }

    void refuseExisting() {
        for (String name : List.of(PAGE, JSON)) {
            Path file = directory.resolve(name);
            if (Files.exists(file)) {
                throw new BadInputException(
                        file + " exists; choose another directory with -o DIR, or replace it with --force.");
            }
        }
    }

    /** Everything that is to be said of traces of one kernel, when diet and diffs have been made already. */
    static Report report(List<TraceReader> readers, List<DietTrace> traces, DietReport diet, List<DiffReport> diffs) {
        return new ReportSource(
                        readers,
                        diet,
                        diffs,
                        traces.stream().map(DietTrace::statements).toList())
                .report();
    }

    void write(Report report) throws IOException {
        Files.createDirectories(directory);
        write(PAGE, Page.of(report));
        write(JSON, Json.print(Json.tree(report)) + System.lineSeparator());
    }

    private void write(String name, String content) throws IOException {
        Path temporary = directory.resolve(name + ".part");
        Files.writeString(temporary, content);
        Files.move(temporary, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
}
