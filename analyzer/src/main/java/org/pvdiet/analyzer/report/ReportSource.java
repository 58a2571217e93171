package org.pvdiet.analyzer.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.pvdiet.analyzer.architecture.Catalogue;
import org.pvdiet.analyzer.contract.ContractReport.HookStatements;
import org.pvdiet.analyzer.contract.Statement;
import org.pvdiet.analyzer.diet.DietReport;
import org.pvdiet.analyzer.diet.DietReport.HookVerdict;
import org.pvdiet.analyzer.diff.DiffReport;
import org.pvdiet.analyzer.diff.DiffReport.HookDiff;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.Site;
import org.pvdiet.traces.TraceInfo;
import org.pvdiet.traces.TraceReader;

/**
 * What a report is made of.
 *
 * @param read the traces, in the diet's order
 * @param diffs the first trace with each of the others, in that order
 */
public record ReportSource(List<ReportTrace> read, DietReport diet, List<DiffReport> diffs) {

    /** Puts it together. */
    public Report report() {
        List<TraceReader> readers = read.stream().map(ReportTrace::reader).toList();
        List<Workload> workloads = read.stream().map(ReportTrace::workload).toList();
        List<Report.Trace> traces = new ArrayList<>();
        for (int i = 0; i < readers.size(); i++) {
            traces.add(trace(readers.get(i), workloads.get(i)));
        }
        List<Report.HookPage> hooks = hooks(readers, workloads);
        List<Report.Comparison> comparisons = diffs.stream()
                .map(diff -> new Report.Comparison(diff.second().trace(), diff.summary(), diff.environment()))
                .toList();
        Witnesses witnesses = new Witnesses(readers, comparisons, hooks, diet.bits(), Witnesses.ROOM);
        return new Report(
                Report.VERSION,
                kernel(readers.get(0)),
                traces,
                hooks,
                comparisons,
                overTime(readers, workloads),
                diet.bits(),
                witnesses.texts(),
                witnesses.leftOut(),
                Catalogue.get().edition());
    }

    private static Report.Kernel kernel(TraceReader first) {
        TraceInfo.Image image = first.info().image();
        return new Report.Kernel(
                image.banner(),
                image.buildId().orElse(""),
                image.sha256(),
                first.sites().size());
    }

    private static Report.Trace trace(TraceReader reader, Workload workload) {
        return new Report.Trace(
                reader.path().toString(),
                reader.info().platform(),
                reader.complete(),
                reader.counts().calls(),
                reader.ending().map(ending -> ending.icount()).orElse(workload.lastIcount()),
                reader.info().cpuModel(),
                reader.info().memoryBytes(),
                reader.info().commandLine(),
                reader.ending().map(ending -> ending.detail()).orElse(""));
    }

    private static Report.OverTime overTime(List<TraceReader> readers, List<Workload> workloads) {
        int shift = workloads.stream()
                .flatMap(workload -> workload.groups().values().stream())
                .mapToInt(Timeline::shift)
                .max()
                .orElse(0);
        List<Report.TraceOverTime> traces = new ArrayList<>();
        for (int i = 0; i < workloads.size(); i++) {
            List<Report.GroupOverTime> groups = new ArrayList<>();
            workloads.get(i).groups().forEach((group, timeline) -> {
                timeline.coarsen(shift);
                groups.add(new Report.GroupOverTime(group, timeline.calls()));
            });
            traces.add(new Report.TraceOverTime(
                    readers.get(i).path().toString(), groups, workloads.get(i).phases()));
        }
        return new Report.OverTime(1L << shift, traces);
    }

    private List<Report.HookPage> hooks(List<TraceReader> readers, List<Workload> workloads) {
        Map<String, HookVerdict> verdicts =
                diet.hooks().stream().collect(Collectors.toMap(HookVerdict::hook, Function.identity()));
        Map<String, Integer> ranks = new HashMap<>();
        diet.hooks().forEach(hook -> ranks.put(hook.hook(), ranks.size()));
        List<Map<String, HookDiff>> comparisons = diffs.stream()
                .map(diff -> diff.hooks().stream().collect(Collectors.toMap(HookDiff::hook, Function.identity())))
                .toList();
        List<Map<String, List<Statement>>> statements = read.stream()
                .map(trace -> trace.diet().statements().hooks().stream()
                        .collect(Collectors.toMap(HookStatements::hook, HookStatements::statements)))
                .toList();
        List<Map<String, Hook>> byName = readers.stream()
                .map(reader -> reader.hooks().stream().collect(Collectors.toMap(Hook::fullName, Function.identity())))
                .toList();
        Map<Integer, Long> sites =
                readers.get(0).sites().stream().collect(Collectors.groupingBy(Site::hook, Collectors.counting()));
        List<Report.HookPage> pages = new ArrayList<>();
        for (Hook hook : readers.get(0).hooks()) {
            String name = hook.fullName();
            List<Report.OnPlatform> platforms = new ArrayList<>();
            for (int i = 0; i < readers.size(); i++) {
                Hook there = byName.get(i).get(name);
                platforms.add(onPlatform(
                        readers.get(i),
                        there,
                        workloads.get(i).hook(there.id()),
                        statements.get(i).getOrDefault(name, List.of())));
            }
            pages.add(new Report.HookPage(
                    name,
                    hook.group(),
                    hook.prototype(),
                    meaning(hook),
                    sites.getOrDefault(hook.id(), 0L).intValue(),
                    ranks.get(name),
                    verdicts.get(name),
                    platforms,
                    comparisons.stream()
                            .filter(diff -> diff.containsKey(name))
                            .map(diff -> diff.get(name))
                            .toList()));
        }
        return pages;
    }

    private static Report.OnPlatform onPlatform(
            TraceReader reader, Hook hook, HookWork work, List<Statement> statements) {
        return new Report.OnPlatform(
                reader.path().toString(),
                reader.info().platform(),
                hook.latest(reader.hooks()).map(Hook.Target::name).orElse("none"),
                work.calls(),
                work.instructions(),
                work.hypercalls(),
                work.traps(),
                work.byName(),
                statements);
    }

    private static Report.Native meaning(Hook hook) {
        return Catalogue.get()
                .of(hook.fullName(), hook.prototype())
                .map(known -> new Report.Native(
                        known.purpose(),
                        known.instructions(),
                        known.privileged(),
                        known.words(),
                        known.reference(),
                        known.remarks()))
                .orElse(new Report.Native("", List.of(), false, "", "", ""));
    }
}
