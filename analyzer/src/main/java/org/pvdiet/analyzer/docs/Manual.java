package org.pvdiet.analyzer.docs;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.pvdiet.analyzer.architecture.Catalogue;
import org.pvdiet.analyzer.architecture.NativeMeaning;
import org.pvdiet.analyzer.bits.BitTable;
import org.pvdiet.analyzer.contract.ContractReport;
import org.pvdiet.analyzer.contract.ContractReport.HookStatements;
import org.pvdiet.analyzer.contract.Statement;
import org.pvdiet.analyzer.diff.DiffReport;
import org.pvdiet.analyzer.diff.DiffReport.Divergence;
import org.pvdiet.analyzer.diff.DiffReport.HookDiff;
import org.pvdiet.analyzer.stats.Grouping;
import org.pvdiet.analyzer.stats.StatsReport;
import org.pvdiet.analyzer.stats.Usage;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.TraceReader;

/**
 * What the manual is made from.
 *
 * @param banner the kernel's
 * @param hooks in the order of the kernel's table
 * @param bits a table for each trace
 */
public record Manual(String banner, List<Run> runs, List<Entry> hooks, List<BitTable> bits) {

    /**
     * A trace.
     *
     * @param name what it is called in the manual: its platform, and its file where there are several of that platform
     */
    record Run(String trace, String name, boolean complete, long calls) {
        static List<Run> of(List<TraceReader> traces) {
            return traces.stream()
                    .map(trace -> new Run(
                            trace.path().toString(),
                            name(trace, traces),
                            trace.complete(),
                            trace.counts().calls()))
                    .toList();
        }

        private static String name(TraceReader trace, List<TraceReader> all) {
            String platform = trace.info().platform();
            List<Path> others = all.stream()
                    .filter(other -> other != trace && other.info().platform().equals(platform))
                    .map(TraceReader::path)
                    .toList();
            Path file = trace.path().getFileName();
            boolean sameFile = others.stream().anyMatch(other -> other.endsWith(file));
            return others.isEmpty() ? platform : platform + " (" + (sameFile ? trace.path() : file) + ")";
        }
    }

    /**
     * One hook.
     *
     * @param meaning what the architecture says of it
     * @param sites in the kernel's text
     * @param platforms in the order of runs
     * @param divergences for each run after the first, what callers can tell from the first
     */
    record Entry(
            String group,
            String name,
            String prototype,
            boolean calleeSave,
            Optional<NativeMeaning> meaning,
            int sites,
            List<OnPlatform> platforms,
            List<Divergences> divergences) {
        String fullName() {
            return group + "." + name;
        }

        boolean called() {
            return platforms.stream().anyMatch(platform -> platform.calls() > 0);
        }
    }

    /**
     * A hook on one platform.
     *
     * @param instructions retired in the calls, calls within them included
     */
    record OnPlatform(Run run, String target, long calls, long instructions, List<Statement> statements) {}

    /**
     * What callers of a hook can tell on a run's platform.
     *
     * @param compared pairs of calls
     */
    record Divergences(Run run, long compared, List<Divergence> list) {}

    public Manual {
        runs = ImmutableList.copyOf(runs);
        hooks = ImmutableList.copyOf(hooks);
        bits = ImmutableList.copyOf(bits);
    }

    /**
     * Puts it together.
     *
     * @param diffs of the first trace with each other one, in order
     * @param contracts of each trace
     * @param bits of each trace
     */
    public static Manual of(
            List<TraceReader> traces, List<ContractReport> contracts, List<DiffReport> diffs, List<BitTable> bits) {
        List<Run> runs = Run.of(traces);
        List<Map<String, StatsReport.Line>> usages = new ArrayList<>();
        List<Map<String, HookStatements>> statements = new ArrayList<>();
        for (int i = 0; i < traces.size(); i++) {
            TraceReader trace = traces.get(i);
            usages.add(byHook(StatsReport.of(trace, Grouping.HOOK).lines(), StatsReport.Line::name));
            statements.add(byHook(contracts.get(i).hooks(), HookStatements::hook));
        }
        List<Map<String, HookDiff>> differences =
                diffs.stream().map(diff -> byHook(diff.hooks(), HookDiff::hook)).toList();
        List<Entry> hooks = new ArrayList<>();
        for (Hook hook : traces.get(0).hooks()) {
            String name = hook.fullName();
            List<OnPlatform> platforms = new ArrayList<>();
            List<Divergences> divergences = new ArrayList<>();
            for (int i = 0; i < runs.size(); i++) {
                platforms.add(onPlatform(
                        runs.get(i), statements.get(i).get(name), usages.get(i).get(name)));
                if (i > 0 && differences.get(i - 1).containsKey(name)) {
                    HookDiff diff = differences.get(i - 1).get(name);
                    divergences.add(new Divergences(
                            runs.get(i),
                            diff.compared(),
                            diff.divergences().stream()
                                    .filter(Divergence::contract)
                                    .toList()));
                }
            }
            hooks.add(new Entry(
                    hook.group(),
                    hook.name(),
                    hook.prototype(),
                    hook.calleeSave(),
                    Catalogue.get().of(name, hook.prototype()),
                    usages.get(0).get(name).knownSites(),
                    platforms,
                    divergences));
        }
        return new Manual(traces.get(0).info().image().banner(), runs, hooks, bits);
    }

    /** The hooks by group, in the order of the table. */
    Map<String, List<Entry>> groups() {
        return hooks.stream().collect(Collectors.groupingBy(Entry::group, LinkedHashMap::new, Collectors.toList()));
    }

    private static OnPlatform onPlatform(Run run, HookStatements statements, StatsReport.Line line) {
        boolean known = statements != null;
        Usage usage = line.usage();
        return new OnPlatform(
                run,
                known ? statements.target() : "",
                usage.calls(),
                usage.instructions(),
                known ? statements.statements() : List.of());
    }

    private static <T> Map<String, T> byHook(List<T> list, Function<T, String> name) {
        return list.stream().collect(Collectors.toMap(name, Function.identity(), (a, b) -> a, HashMap::new));
    }
}
