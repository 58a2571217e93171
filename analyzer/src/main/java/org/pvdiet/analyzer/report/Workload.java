package org.pvdiet.analyzer.report;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.pvdiet.analyzer.calls.CallOrder;
import org.pvdiet.analyzer.calls.PerKind;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.Summary;
import org.pvdiet.analyzer.calls.Wanted;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.Phase;

/** What a run did with its hooks: each hook's work, each group's calls over time, and when the phases began. */
final class Workload implements Summary<Workload> {
    private static final Wanted WANTED = Wanted.of(
                    CallColumn.SEQ, CallColumn.ICOUNT, CallColumn.PHASE, CallColumn.HYPERCALLS, CallColumn.TRAPS)
            .withEffects();

    private final List<Hook> hooks;
    private final List<HookWork> work;
    private final SortedMap<String, Timeline> groups = new TreeMap<>();
    private final PerKind<Timeline> ofKind = new PerKind<>();
    private final long[] phases = new long[Phase.values().length];
    private long lastIcount;

    Workload(List<Hook> hooks) {
        this.hooks = hooks;
        this.work = hooks.stream().map(hook -> new HookWork()).collect(ImmutableList.toImmutableList());
        hooks.forEach(hook -> groups.put(hook.group(), new Timeline()));
        Arrays.fill(phases, Long.MAX_VALUE);
    }

    @Override
    public Wanted wanted() {
        return WANTED;
    }

    @Override
    public void add(RecordedCall call) {
        work.get(call.hook()).add(call);
        Timeline group = groups.get(hooks.get(call.hook()).group());
        if (call.kind() == CallOrder.BY_ITSELF) {
            group.add(call.icount());
        }
        ofKind.keep(call, group);
        phases[call.phase()] = Math.min(phases[call.phase()], call.icount());
        lastIcount = Math.max(lastIcount, call.lastIcount());
    }

    @Override
    public void order(CallOrder order) {
        ofKind.inOrder(order, (group, i) -> group.add(order.icount(i)));
    }

    @Override
    public void merge(Workload later) {
        for (int i = 0; i < work.size(); i++) {
            work.get(i).merge(later.work.get(i));
        }
        groups.forEach((group, timeline) -> timeline.merge(later.groups.get(group)));
        for (int i = 0; i < phases.length; i++) {
            phases[i] = Math.min(phases[i], later.phases[i]);
        }
        lastIcount = Math.max(lastIcount, later.lastIcount);
    }

    /** By the hook's id. */
    HookWork hook(int id) {
        return work.get(id);
    }

    /** When the last call began. */
    long lastIcount() {
        return lastIcount;
    }

    /** By group. */
    SortedMap<String, Timeline> groups() {
        return groups;
    }

    /** Those that had calls. */
    List<Report.PhaseStart> phases() {
        return Stream.of(Phase.values())
                .filter(phase -> phases[phase.ordinal()] != Long.MAX_VALUE)
                .map(phase -> new Report.PhaseStart(phase.name().toLowerCase(Locale.ROOT), phases[phase.ordinal()]))
                .toList();
    }
}
