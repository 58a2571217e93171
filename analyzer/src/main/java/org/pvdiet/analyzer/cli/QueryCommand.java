package org.pvdiet.analyzer.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.pvdiet.analyzer.query.QueryException;
import org.pvdiet.analyzer.query.ResultFormat;
import org.pvdiet.analyzer.query.TraceDatabase;
import org.pvdiet.traces.TraceReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "query",
        mixinStandardHelpOptions = true,
        description = "Answers SQL (DuckDB's) over the tables of traces.",
        footer = {
            "",
            "Views: calls, effects, hooks, sites, symbols, frames as in traces/FORMAT.md,",
            "and traces. Each row says its trace (the path given) and platform; hooks has",
            "full_name too. Numbers of hooks, sites and calls are a trace's own: join within",
            "it. Addresses and registers are unsigned 64-bit integers: print them with",
            "printf('%%x', x) or hex(x). More, with five questions: analyzer/QUERIES.md.",
            "",
            "A query reads these traces and nothing else, and writes nothing but FILE.",
            "",
            "Examples:",
            "  pvdiet query native.pvtrace \"describe calls\"",
            "  pvdiet query native.pvtrace xen-pv.pvtrace \"",
            "      select c.platform, full_name, count(*) as calls from calls c",
            "      join hooks h on (h.trace, h.id) = (c.trace, c.hook)",
            "      group by all order by calls desc limit 20\"",
            "  pvdiet query xen-pv.pvtrace -o msr.csv \"select seq, printf('%%x', new) as value",
            "      from effects where kind = 'msr_write'\""
        })
final class QueryCommand implements Callable<Integer> {
    @Parameters(
            arity = "1..*",
            paramLabel = "X.pvtrace... SQL",
            hideParamSyntax = true,
            description = "Traces, and one statement.")
    private List<String> words;

    @Option(
            names = "--format",
            paramLabel = "text|csv|json|parquet",
            description = "Default: what FILE's name ends in, else text.")
    private ResultFormat format;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where the result goes. Default: standard output.")
    private Path output;

    @Mixin
    private Force force;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        String sql = words.get(words.size() - 1);
        List<Path> paths =
                words.subList(0, words.size() - 1).stream().map(Path::of).toList();
        check(paths, sql);
        try (OpenTraces open = OpenTraces.of(paths, spec.commandLine().getErr())) {
            List<TraceReader> traces = open.readers();
            for (TraceReader trace : traces) {
                // Asking for row groups compares the files with their checksums, which DuckDB does not know of.
                trace.callGroups();
                trace.effectGroups();
            }
            answer(traces, sql);
        } catch (QueryException e) {
            if (e.misunderstood()) {
                throw new ParameterException(spec.commandLine(), e.getMessage(), e);
            }
            throw new BadInputException(e.getMessage());
        }
        return ExitCode.DONE;
    }

    private void check(List<Path> paths, String sql) {
        if (sql.isBlank() || Files.exists(Path.of(sql).resolve("trace.json"))) {
            throw new ParameterException(spec.commandLine(), "query needs an SQL statement after the traces.");
        }
        if (paths.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "query needs a trace before the SQL statement.");
        }
        Set<Path> seen = new HashSet<>();
        for (Path path : paths) {
            if (!seen.add(path.toAbsolutePath().normalize())) {
                throw new ParameterException(spec.commandLine(), path + " is given twice.");
            }
        }
        if (output == null && format == ResultFormat.PARQUET) {
            throw new ParameterException(spec.commandLine(), "Parquet needs a file: -o FILE.");
        }
        if (output != null && Files.exists(output) && !force.given()) {
            throw new BadInputException(output + " exists; choose another, or replace it with --force.");
        }
    }

    private void answer(List<TraceReader> traces, String sql) throws IOException {
        if (output == null) {
            try (TraceDatabase database = TraceDatabase.open(traces)) {
                // Not closed: it is standard output.
                Writer out = new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8));
                database.write(sql, format == null ? ResultFormat.TEXT : format, out);
                out.flush();
            }
            return;
        }
        Path temporary = output.resolveSibling(output.getFileName() + ".tmp");
        ResultFormat chosen = format == null ? ResultFormat.ofFile(output) : format;
        try (TraceDatabase database = TraceDatabase.open(traces, temporary)) {
            if (chosen == ResultFormat.PARQUET) {
                database.writeParquet(sql, temporary);
            } else {
                try (Writer out = Files.newBufferedWriter(temporary)) {
                    database.write(sql, chosen, out);
                }
            }
            Files.move(temporary, output, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
