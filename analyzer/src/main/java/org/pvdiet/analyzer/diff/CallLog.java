package org.pvdiet.analyzer.diff;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pvdiet.analyzer.calls.CallOrder;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.PerKind;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.RecordedEffect;
import org.pvdiet.analyzer.calls.Summary;
import org.pvdiet.analyzer.calls.Wanted;
import org.pvdiet.analyzer.contract.Behaviour;
import org.pvdiet.analyzer.contract.Classifier;
import org.pvdiet.analyzer.contract.EffectForm;
import org.pvdiet.analyzer.contract.HookContract;
import org.pvdiet.analyzer.contract.Input;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.EffectKind;

/** What comparing needs of calls: the contracts of their hooks, and the calls of each site in order. */
public final class CallLog implements Summary<CallLog> {
    private static final Wanted WANTED = Wanted.of(
                    CallColumn.MODE,
                    CallColumn.PHASE,
                    CallColumn.RESULT,
                    CallColumn.CR0,
                    CallColumn.CR3,
                    CallColumn.CR4,
                    CallColumn.HYPERCALLS,
                    CallColumn.TRAPS,
                    CallColumn.OUTCOME,
                    CallColumn.ENTRY)
            .withArguments()
            .withSites()
            .and(Wanted.withoutArguments(CallColumn.RFLAGS, CallColumn.CR2))
            .withEffects();

    /** What calls of one kind were. */
    private record Made(int act, int effort) {}

    /**
     * Calls in order, from {@code firstSeq} on, that are not packed: those of a part of a trace soon are with those before them.
     *
     * @param kinds of each call, or {@link CallOrder#BY_ITSELF}
     * @param sites that made each call
     * @param made by kind
     */
    private record Unpacked(long firstSeq, int[] kinds, int[] sites, Made[] made) {}

    private final Kernel kernel;
    private final Classifier classifier;
    private final FrameTranslation translation;
    private final List<HookContract> hooks;
    /** By site's id; null where it made no calls yet: in a part of a trace few make any by themselves. */
    private final @Nullable SiteLog[] sites;
    /** By site, calls in lazy mode, after what was done is given to those who asked for it. */
    private final Map<Integer, SiteLog> corrections = new HashMap<>();

    private final Numbered<Act> correctedActs = new Numbered<>();
    private int[] corrected = {};
    private final Numbered<Act> acts = new Numbered<>();
    private final Numbered<Effort> efforts = new Numbered<>();
    private final PerKind<Made> ofKind = new PerKind<>();
    private final List<Unpacked> unpacked = new ArrayList<>(1);
    private final LazyQueue queue;
    private final CpuidAnswers cpuid = new CpuidAnswers();
    private final LargePages largePages = new LargePages();

    /**
     * @param classifier of {@code kernel}; one for all objects that are to be merged
     */
    public CallLog(Kernel kernel, Classifier classifier) {
        this.kernel = kernel;
        this.classifier = classifier;
        this.translation = new FrameTranslation(kernel);
        this.hooks = kernel.hooks().stream().map(hook -> new HookContract()).toList();
        this.sites = new SiteLog[kernel.sites().size()];
        this.queue = new LazyQueue(kernel, classifier);
    }

    @Override
    public Wanted wanted() {
        return WANTED;
    }

    @Override
    public void add(RecordedCall call) {
        Input input = classifier.input(call);
        Behaviour behaviour = classifier.behaviour(call);
        hooks.get(call.hook()).add(call, input, behaviour);
        List<CpuidAnswers.Reply> replies = CpuidAnswers.of(call);
        Deed deed = new Deed(behaviour, translation.isNeeded(call), rewritten(call), replies);
        Setting setting = new Setting(
                call.phase(), call.mode(), call.parent() >= 0, call.isInterrupted(), call.cr0(), call.cr4());
        Act act = new Act(input, deed, setting);
        Effort effort = new Effort(call.instructions(), call.hypercalls(), call.traps());
        Made made = new Made(acts.number(act), efforts.number(effort));
        if (call.kind() == CallOrder.BY_ITSELF) {
            log(call.site()).add(made.act, made.effort, call.seq());
        }
        ofKind.keep(call, made);
        queue.add(call, act);
        cpuid.add(replies, call.seq());
        largePages.add(call);
    }

    @Override
    public void order(CallOrder order) {
        unpacked.add(new Unpacked(order.firstSeq(), order.kinds(), order.sites(), ofKind.take(new Made[0])));
        order.bySite()
                .forEach(of -> hooks.get(kernel.sites().get(of.site()).hook()).calledFrom(of.site()));
        queue.order(order);
    }

    private List<EffectForm> rewritten(RecordedCall call) {
        if (call.effects().isEmpty()) {
            return List.of();
        }
        Set<EffectForm> forms = new TreeSet<>();
        for (RecordedEffect effect : call.effects()) {
            if (effect.kind() == EffectKind.INTERRUPT) {
                break;
            }
            if ((effect.kind() == EffectKind.PAGE_TABLE_ENTRY || effect.kind() == EffectKind.DESCRIPTOR)
                    && effect.old().isPresent()
                    && effect.old().equals(effect.value())) {
                forms.add(classifier.effect(call, effect));
            }
        }
        return List.copyOf(forms);
    }

    @Override
    public void merge(CallLog later) {
        for (int i = 0; i < hooks.size(); i++) {
            hooks.get(i).merge(later.hooks.get(i));
        }
        pack();
        int[] numbers = acts.translate(later.acts);
        int[] numbersOfEfforts = efforts.translate(later.efforts);
        for (int i = 0; i < sites.length; i++) {
            SiteLog more = later.sites[i];
            if (more != null) {
                log(i).append(more, numbers, numbersOfEfforts);
            }
        }
        later.unpacked.forEach(calls -> pack(calls, numbers, numbersOfEfforts));
        queue.merge(later.queue);
        cpuid.merge(later.cpuid);
        largePages.merge(later.largePages);
    }

    private void pack() {
        unpacked.forEach(calls -> pack(calls, acts.own(), efforts.own()));
        unpacked.clear();
    }

    /** Adds calls to the logs of their sites; act {@code i} of them has number {@code acts[i]} here, and efforts likewise. */
    private void pack(Unpacked calls, int[] numbers, int[] numbersOfEfforts) {
        int[] ofKind = calls.kinds;
        int[] itsActs = new int[calls.made.length];
        int[] itsEfforts = new int[itsActs.length];
        for (int kind = 0; kind < itsActs.length; kind++) {
            Made made = calls.made[kind];
            itsActs[kind] = numbers[made.act];
            itsEfforts[kind] = numbersOfEfforts[made.effort];
        }
        for (int i = 0; i < ofKind.length; i++) {
            int kind = ofKind[i];
            if (kind != CallOrder.BY_ITSELF) {
                log(calls.sites[i]).add(itsActs[kind], itsEfforts[kind], calls.firstSeq + i);
            }
        }
    }

    List<HookContract> hooks() {
        return hooks;
    }

    List<Act> acts() {
        return acts.objects();
    }

    /** By number. */
    List<Effort> efforts() {
        return efforts.objects();
    }

    /** The calls of a site, by its id, of a log that is settled to the end. */
    SiteCalls site(int id) {
        return new SiteCalls(log(id), corrections.getOrDefault(id, new SiteLog()), corrected);
    }

    /** How many calls a site made, by its id. */
    long calls(int site) {
        SiteLog log = sites[site];
        return log == null ? 0 : log.calls();
    }

    private SiteLog log(int site) {
        SiteLog log = sites[site];
        if (log == null) {
            log = new SiteLog();
            sites[site] = log;
        }
        return log;
    }

    CpuidAnswers cpuid() {
        return cpuid;
    }

    LargePages largePages() {
        return largePages;
    }

    @Override
    public void settle(long before) {
        pack();
        for (LazyQueue.Corrected call : queue.settle(before)) {
            corrections
                    .computeIfAbsent(call.site(), site -> new SiteLog())
                    .add(correctedActs.number(call.act()), 0, call.seq());
        }
        if (before == Long.MAX_VALUE) {
            corrected = acts.translate(correctedActs);
        }
    }
}
