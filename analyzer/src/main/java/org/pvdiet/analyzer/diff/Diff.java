package org.pvdiet.analyzer.diff;

import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.Multimaps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.pvdiet.analyzer.diff.DiffReport.HookDiff;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.Site;
import org.pvdiet.traces.TraceReader;

/** Compares two traces of one kernel. */
public final class Diff {
    private Diff() {}

    /** Compares them; the caller has seen to it that they are {@linkplain SameKernel of one kernel}. */
    public static DiffReport of(TraceReader first, TraceReader second) {
        List<TraceLog> logs = TraceLog.of(List.of(first, second));
        return of(logs.get(0), logs.get(1));
    }

    /** Compares what was read of them. */
    public static DiffReport of(TraceLog a, TraceLog other) {
        TraceLog b = other.numberedAs(a);
        ImmutableListMultimap<Integer, Site> sites =
                Multimaps.index(a.contracts().kernel().sites(), Site::hook);
        Map<String, Hook> secondHooks =
                b.contracts().kernel().hooks().stream().collect(Collectors.toMap(Hook::fullName, Function.identity()));
        List<HookDiff> hooks = a.contracts().kernel().hooks().parallelStream()
                .filter(hook -> secondHooks.containsKey(hook.fullName()))
                .map(hook -> HookComparison.of(a, b, hook, secondHooks.get(hook.fullName()), sites.get(hook.id())))
                .toList();
        return new DiffReport(a.run(), b.run(), summary(hooks), new ArrayList<>(hooks));
    }

    private static DiffReport.Summary summary(List<HookDiff> hooks) {
        return new DiffReport.Summary(
                hooks.size(),
                (int) hooks.stream().filter(HookDiff::isDivergent).count(),
                hooks.stream().mapToLong(HookDiff::compared).sum(),
                hooks.stream().mapToLong(HookDiff::different).sum(),
                hooks.stream().mapToLong(HookDiff::onlyFirst).sum(),
                hooks.stream().mapToLong(HookDiff::onlySecond).sum(),
                hooks.stream().mapToLong(HookDiff::varying).sum());
    }
}
