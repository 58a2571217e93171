package org.pvdiet.analyzer.report;

import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.RecordedEffect;
import org.pvdiet.analyzer.words.XenNames;
import org.pvdiet.traces.EffectKind;

/** What one hook's calls cost, and which hypercalls they made. */
final class HookWork {
    private long calls;
    private long instructions;
    private long hypercalls;
    private long traps;
    private final TreeMap<String, Report.Hypercall> byName = new TreeMap<>();

    void add(RecordedCall call) {
        long times = call.times();
        calls += times;
        instructions += times * call.instructions();
        hypercalls += times * call.hypercalls();
        traps += times * call.traps();
        boolean excepted = false;
        for (RecordedEffect effect : call.effects()) {
            excepted |= effect.kind() == EffectKind.EXCEPTION;
            // Those of calls within this one are theirs, and the return from an exception is the handler's.
            if (effect.kind() == EffectKind.HYPERCALL
                    && effect.seq() == call.seq()
                    && !(excepted && effect.isHypercallIret())) {
                long command =
                        effect.arguments().isEmpty() ? -1 : effect.arguments().get(0);
                add(new Report.Hypercall(XenNames.hypercall(effect.address(), command), times, call.seq()));
            }
        }
    }

    private void add(Report.Hypercall more) {
        byName.merge(
                more.name(),
                more,
                (a, b) -> new Report.Hypercall(a.name(), a.count() + b.count(), Math.min(a.witness(), b.witness())));
    }

    void merge(HookWork other) {
        calls += other.calls;
        instructions += other.instructions;
        hypercalls += other.hypercalls;
        traps += other.traps;
        other.byName.values().forEach(this::add);
    }

    long calls() {
        return calls;
    }

    long instructions() {
        return instructions;
    }

    long hypercalls() {
        return hypercalls;
    }

    long traps() {
        return traps;
    }

    /** Most first. */
    List<Report.Hypercall> byName() {
        return byName.values().stream()
                .sorted(Comparator.comparingLong(Report.Hypercall::count)
                        .reversed()
                        .thenComparing(Report.Hypercall::name))
                .toList();
    }
}
