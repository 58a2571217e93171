package org.pvdiet.analyzer.diff;

import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.Multimaps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pvdiet.analyzer.calls.Processors;
import org.pvdiet.analyzer.diff.DiffReport.HookDiff;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.RegisterMode;
import org.pvdiet.traces.TraceReader;

/** Compares traces of one kernel. */
public final class Diff {
    private Diff() {}

    /** Compares them; the caller has seen to it that they are {@linkplain SameKernel of one kernel}. */
    public static DiffReport of(TraceReader first, TraceReader second) {
        return of(TraceLog.of(List.of(first, second))).get(0);
    }

    /** Compares what was read of several with the first: one report for each of the others, in order. */
    public static List<DiffReport> of(List<TraceLog> logs) {
        return logs.subList(1, logs.size()).stream()
                .map(other -> of(logs.get(0), other))
                .toList();
    }

    /** Compares what was read of two. */
    public static DiffReport of(TraceLog first, TraceLog second) {
        Pairing pairing = new Pairing(first, second);
        // All sites at once and then all hooks: a parallel step within a task of another would wait for tasks that
        // wait.
        ImmutableListMultimap<Integer, SitePairs> pairs =
                Multimaps.index(pairs(pairing), one -> one.site().hook());
        Map<String, Hook> secondHooks =
                second.kernel().hooks().stream().collect(Collectors.toMap(Hook::fullName, Function.identity()));
        List<HookDiff> hooks = first.kernel().hooks().parallelStream()
                .filter(hook -> secondHooks.containsKey(hook.fullName()))
                .map(hook -> HookComparison.of(pairing, hook, secondHooks.get(hook.fullName()), pairs.get(hook.id())))
                .toList();
        return new DiffReport(
                first.run(),
                second.run(),
                summary(hooks),
                new ArrayList<>(hooks),
                Environment.differences(first, second, pairs.values()),
                notCompared(first, second));
    }

    private static List<String> notCompared(TraceLog first, TraceLog second) {
        String without = Stream.of(first, second)
                .filter(log -> log.info().registers() != RegisterMode.FULL)
                .map(log -> log.run().trace())
                .collect(Collectors.joining(" and "));
        return without.isEmpty()
                ? List.of()
                : List.of("which registers calls change: " + without + (without.contains(" and ") ? " were" : " was")
                        + " recorded without --registers full");
    }

    /** The calls of each site. Sites with most calls come first, so that none is left over for the end. */
    private static List<SitePairs> pairs(Pairing pairing) {
        TraceLog first = pairing.first().log();
        TraceLog second = pairing.second().log();
        return Processors.map(
                first.kernel().sites().stream()
                        .filter(site -> first.calls(site.id()) > 0 || second.calls(site.id()) > 0)
                        .toList(),
                site -> first.calls(site.id()) + second.calls(site.id()),
                site -> SitePairing.of(site, pairing));
    }

    private static DiffReport.Summary summary(List<HookDiff> hooks) {
        return new DiffReport.Summary(
                hooks.size(),
                (int) hooks.stream().filter(HookDiff::isDivergent).count(),
                hooks.stream().mapToLong(HookDiff::compared).sum(),
                hooks.stream().mapToLong(HookDiff::different).sum(),
                hooks.stream().mapToLong(HookDiff::onlyFirst).sum(),
                hooks.stream().mapToLong(HookDiff::onlySecond).sum(),
                hooks.stream().mapToLong(HookDiff::varying).sum(),
                hooks.stream().mapToLong(HookDiff::outOfOrder).sum());
    }
}
