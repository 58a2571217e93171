package org.pvdiet.analyzer.diff;

import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.Multimaps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.pvdiet.analyzer.diff.DiffReport.HookDiff;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.Site;
import org.pvdiet.traces.TraceReader;

/** Compares two traces of one kernel. */
public final class Diff {
    private Diff() {}

    /** Compares them; the caller has seen to it that they are {@link SameKernel of one kernel}. */
    public static DiffReport of(TraceReader first, TraceReader second) {
        CompletableFuture<TraceLog> other = CompletableFuture.supplyAsync(() -> new TraceLog(second));
        TraceLog a = new TraceLog(first);
        TraceLog b = join(other);
        b.renumber(a);
        ImmutableListMultimap<Integer, Site> sites =
                Multimaps.index(a.contracts().kernel().sites(), Site::hook);
        Map<String, Hook> secondHooks = b.contracts().kernel().hooks().stream()
                .collect(Collectors.toMap(Hook::fullName, Function.identity()));
        List<HookDiff> hooks = a.contracts().kernel().hooks().parallelStream()
                .filter(hook -> secondHooks.containsKey(hook.fullName()))
                .map(hook -> HookComparison.of(a, b, hook, secondHooks.get(hook.fullName()), sites.get(hook.id())))
                .toList();
        return new DiffReport(run(first), run(second), summary(hooks), new ArrayList<>(hooks));
    }

    private static DiffReport.Run run(TraceReader reader) {
        return new DiffReport.Run(
                reader.path().toString(),
                reader.info().platform(),
                reader.complete(),
                reader.counts().calls());
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

    private static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
