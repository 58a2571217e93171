package org.pvdiet.analyzer.diet.seen;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.pvdiet.analyzer.bits.PageTableBits;
import org.pvdiet.analyzer.calls.CallOrder;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.PerKind;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.RecordedEffect;
import org.pvdiet.analyzer.calls.Summary;
import org.pvdiet.analyzer.calls.Wanted;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;
import org.pvdiet.traces.Phase;

/** All of it, of one trace. */
public final class Observations implements Summary<Observations> {
    private static final Wanted WANTED = Wanted.of(CallColumn.PHASE, CallColumn.RESULT, CallColumn.OUTCOME)
            .withArguments()
            .withSites()
            .withEffects();

    private final List<HookCalls> hooks;
    private final PerKind<HookCalls> ofKind = new PerKind<>();
    private final long[] siteCalls;
    private final long[] lastOfPhase = new long[Phase.values().length];
    private final Map<EffectKind, Seen> emulated = new EnumMap<>(EffectKind.class);
    private final Answers answers;
    private final ReadBack readBack;
    private final PageTableBits bits;

    public Observations(Kernel kernel) {
        hooks = Stream.generate(HookCalls::new).limit(kernel.hooks().size()).toList();
        siteCalls = new long[kernel.sites().size()];
        answers = new Answers(kernel);
        readBack = new ReadBack(kernel);
        bits = new PageTableBits(kernel);
    }

    @Override
    public Wanted wanted() {
        return WANTED;
    }

    @Override
    public void add(RecordedCall call) {
        HookCalls hook = hooks.get(call.hook());
        hook.add(call);
        ofKind.keep(call, hook.wantsMore() ? hook : null);
        if (call.kind() == CallOrder.BY_ITSELF) {
            siteCalls[call.site()]++;
        }
        lastOfPhase[call.phase()] = Math.max(lastOfPhase[call.phase()], call.lastIcount());
        for (RecordedEffect effect : call.effects()) {
            if (effect.outcome() == EffectOutcome.EMULATED
                    && effect.kind() != EffectKind.EXCEPTION
                    && effect.seq() == call.seq()) {
                emulated.merge(effect.kind(), Seen.of(call), Seen::plus);
            }
        }
        answers.add(call);
        readBack.add(call);
        bits.add(call);
    }

    @Override
    public void order(CallOrder order) {
        ofKind.inOrder(order, (hook, i) -> hook.made(order.seq(i)));
        order.bySite().forEach(site -> siteCalls[site.site()] += site.calls());
        answers.order(order);
        readBack.order(order);
    }

    @Override
    public void merge(Observations later) {
        for (int i = 0; i < hooks.size(); i++) {
            hooks.get(i).merge(later.hooks.get(i));
        }
        Arrays.setAll(siteCalls, i -> siteCalls[i] + later.siteCalls[i]);
        Arrays.setAll(lastOfPhase, i -> Math.max(lastOfPhase[i], later.lastOfPhase[i]));
        later.emulated.forEach((kind, seen) -> emulated.merge(kind, seen, Seen::plus));
        answers.merge(later.answers);
        readBack.merge(later.readBack);
        bits.merge(later.bits);
    }

    /** By the hook's id. */
    public HookCalls hook(int id) {
        return hooks.get(id);
    }

    /** By the site's id. */
    public long siteCalls(int site) {
        return siteCalls[site];
    }

    /** The icount of the last call of the run. */
    public long end() {
        return Arrays.stream(lastOfPhase).max().orElse(0);
    }

    /** The icount of the last call of a phase, 0 where it had none. */
    public long last(Phase phase) {
        return lastOfPhase[phase.ordinal()];
    }

    /** What the platform did in the guest's stead after a trap. */
    public Seen emulated(EffectKind kind) {
        return emulated.getOrDefault(kind, Seen.NEVER);
    }

    public Answers answers() {
        return answers;
    }

    public ReadBack readBack() {
        return readBack;
    }

    public PageTableBits bits() {
        return bits;
    }
}
