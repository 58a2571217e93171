package org.pvdiet.analyzer.stats;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.Outcome;
import org.pvdiet.traces.Phase;
import org.pvdiet.traces.Site;
import org.pvdiet.traces.TraceReader;

/**
 * The counts of a trace, most calls first.
 *
 * @param grouping what a line is
 * @param calls all
 * @param instructions retired in the run; 0 where the trace does not say
 * @param lines one for each hook, used site or phase
 */
public record StatsReport(
        String platform, Grouping grouping, boolean complete, long calls, long instructions, List<Line> lines) {

    /**
     * One line.
     *
     * @param name the hook's, the site's function, or the phase's
     * @param hook the hook of a site; else null
     * @param address of a site; else 0
     * @param knownSites sites that the kernel has
     */
    public record Line(String name, String hook, long address, int knownSites, Usage usage) {}

    public static StatsReport of(TraceReader reader, Grouping grouping) {
        Map<Integer, Usage> usages = Usages.of(reader, grouping);
        List<Hook> hooks = reader.hooks();
        List<Site> sites = reader.sites();
        List<Line> lines = new ArrayList<>();
        switch (grouping) {
            case HOOK -> {
                int[] known = new int[hooks.size()];
                sites.forEach(site -> known[site.hook()]++);
                for (Hook hook : hooks) {
                    lines.add(new Line(
                            hook.fullName(), null, 0, known[hook.id()], usages.getOrDefault(hook.id(), new Usage())));
                }
            }
            case SITE ->
                usages.forEach((id, usage) -> {
                    Site site = sites.get(id);
                    lines.add(new Line(
                            site.symbol().orElse(""), hooks.get(site.hook()).fullName(), site.address(), 1, usage));
                });
            case PHASE ->
                usages.forEach((phase, usage) -> lines.add(
                        new Line(Phase.values()[phase].name().toLowerCase(Locale.ROOT), null, 0, sites.size(), usage)));
        }
        if (grouping != Grouping.PHASE) {
            lines.sort(Comparator.comparingLong((Line line) -> -line.usage().calls()));
        }
        return new StatsReport(
                reader.info().platform(),
                grouping,
                reader.complete(),
                lines.stream().mapToLong(line -> line.usage().calls()).sum(),
                reader.ending().map(ending -> ending.icount()).orElse(0L),
                lines);
    }

    /** A line's part of all calls, 0 to 1. */
    public double share(Line line) {
        return calls == 0 ? 0 : (double) line.usage().calls() / calls;
    }

    /** The report for people. */
    public String text() {
        StringBuilder out = new StringBuilder();
        out.append(String.format(Locale.ROOT, "%,d calls on %s", calls, platform));
        if (instructions > 0) {
            out.append(String.format(Locale.ROOT, " in %,d instructions", instructions));
        }
        out.append("\n\n");
        out.append(String.format(
                "%-34s %11s %6s %11s %8s %8s %10s %8s  %s%n",
                grouping.name().toLowerCase(Locale.ROOT),
                "calls",
                "share",
                "sites",
                "insns",
                "own",
                "hypercalls",
                "traps",
                "not returned"));
        List<String> never = new ArrayList<>();
        for (Line line : lines) {
            Usage usage = line.usage();
            if (usage.calls() == 0) {
                never.add(line.name());
                continue;
            }
            out.append(String.format(
                    Locale.ROOT,
                    "%-34s %,11d %5.1f%% %11s %8.1f %8.1f %,10d %,8d  %s%n",
                    name(line),
                    usage.calls(),
                    100 * share(line),
                    grouping == Grouping.SITE ? "" : usage.sites() + "/" + line.knownSites(),
                    (double) usage.instructions() / usage.calls(),
                    (double) usage.ownInstructions() / usage.calls(),
                    usage.hypercalls(),
                    usage.traps(),
                    otherOutcomes(usage)));
        }
        if (!never.isEmpty()) {
            out.append(String.format("%nNever called (%d): %s%n", never.size(), String.join(", ", never)));
        }
        out.append("\ninsns, own: instructions per call, with and without those of calls within.\n");
        return out.toString();
    }

    private static String name(Line line) {
        return line.hook() == null ? line.name() : line.hook() + " " + line.name();
    }

    private static String otherOutcomes(Usage usage) {
        List<String> parts = new ArrayList<>();
        for (Outcome outcome : Outcome.values()) {
            if (outcome != Outcome.RETURNED && usage.outcomes(outcome) > 0) {
                parts.add(String.format(
                        Locale.ROOT, "%s %,d", outcome.name().toLowerCase(Locale.ROOT), usage.outcomes(outcome)));
            }
        }
        return String.join(", ", parts);
    }
}
