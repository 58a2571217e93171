package org.pvdiet.analyzer.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.pvdiet.analyzer.stats.Grouping;
import org.pvdiet.analyzer.stats.StatsReport;
import org.pvdiet.analyzer.stats.StatsReport.Line;
import org.pvdiet.analyzer.stats.Usage;
import org.pvdiet.traces.Outcome;
import org.pvdiet.traces.TraceReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "stats",
        mixinStandardHelpOptions = true,
        description = "Counts a trace's calls: sites, share, instructions, hypercalls, traps.",
        footer = {
            "",
            "Examples:",
            "  pvdiet stats native.pvtrace",
            "  pvdiet stats xen-pv.pvtrace --by site --format csv > sites.csv"
        })
final class StatsCommand implements Callable<Integer> {
    @Parameters(paramLabel = "X.pvtrace", description = "A trace.")
    private Path trace;

    @Option(
            names = "--by",
            paramLabel = "hook|site|phase",
            defaultValue = "HOOK",
            description = "What to count by. Default: hook.")
    private Grouping by;

    @Option(names = "--format", paramLabel = "text|json|csv", defaultValue = "TEXT", description = "Default: text.")
    private ListFormat format;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        try (TraceReader reader = TraceInput.open(trace, spec.commandLine().getErr())) {
            StatsReport report = StatsReport.of(reader, by);
            switch (format) {
                case TEXT -> System.out.print(report.text());
                case JSON -> System.out.println(Json.print(json(report)));
                case CSV -> csv(report);
            }
        }
        return ExitCode.DONE;
    }

    private static ObjectNode json(StatsReport report) {
        ObjectNode root = Json.object();
        root.put("platform", report.platform());
        root.put("complete", report.complete());
        root.put("calls", report.calls());
        root.put("instructions", report.instructions());
        ArrayNode lines = root.putArray(report.grouping().name().toLowerCase(Locale.ROOT) + "s");
        for (Line line : report.lines()) {
            Usage usage = line.usage();
            ObjectNode node = lines.addObject();
            switch (report.grouping()) {
                case HOOK -> node.put("hook", line.name());
                case SITE ->
                    node.put("site", "0x" + Long.toHexString(line.address()))
                            .put("symbol", line.name())
                            .put("hook", line.hook());
                case PHASE -> node.put("phase", line.name());
            }
            node.put("calls", usage.calls());
            if (report.grouping() != Grouping.SITE) {
                node.put("sites", usage.sites()).put("knownSites", line.knownSites());
            }
            node.put("share", report.share(line))
                    .put("instructions", usage.instructions())
                    .put("ownInstructions", usage.ownInstructions())
                    .put("hypercalls", usage.hypercalls())
                    .put("traps", usage.traps());
            ObjectNode outcomes = node.putObject("outcomes");
            for (Outcome outcome : Outcome.values()) {
                outcomes.put(outcome.name().toLowerCase(Locale.ROOT), usage.outcomes(outcome));
            }
        }
        return root;
    }

    private static void csv(StatsReport report) {
        System.out.println(report.grouping().name().toLowerCase(Locale.ROOT)
                + ",hook,address,calls,share,sites,known_sites,instructions,own_instructions,hypercalls,traps");
        for (Line line : report.lines()) {
            Usage usage = line.usage();
            System.out.println(String.join(
                    ",",
                    Csv.quote(line.name()),
                    line.hook() == null ? "" : line.hook(),
                    line.address() == 0 ? "" : "0x" + Long.toHexString(line.address()),
                    Long.toString(usage.calls()),
                    String.format(Locale.ROOT, "%.6f", report.share(line)),
                    Integer.toString(usage.sites()),
                    Integer.toString(line.knownSites()),
                    Long.toString(usage.instructions()),
                    Long.toString(usage.ownInstructions()),
                    Long.toString(usage.hypercalls()),
                    Long.toString(usage.traps())));
        }
    }
}
