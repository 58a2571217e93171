package org.pvdiet.analyzer.contract;

import com.google.common.primitives.ImmutableLongArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.RecordedEffect;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.Outcome;
import org.pvdiet.traces.Phase;

/**
 * What held of one hook's calls. Size does not grow with the number of calls; parts merge in any order and grouping to what
 * one pass over all calls gives.
 */
final class HookSummary {
    private static final long HYPERCALL_IRET = 23;

    private final Signature signature;
    private final Occurrences calls = new Occurrences();
    private final Occurrences[] outcomes = new Occurrences[Outcome.values().length];
    private final Occurrences[] phases = new Occurrences[Phase.values().length];
    private final ValueSummary[] arguments;
    private final ValueSummary result;
    private final Map<EffectPlace, EffectSummary> effects = new TreeMap<>();
    private final Occurrences withEffects = new Occurrences();
    private final Occurrences withoutEffects = new Occurrences();
    private final Occurrences withHypercalls = new Occurrences();
    private final Occurrences trapped = new Occurrences();
    private final Occurrences interrupted = new Occurrences();
    private final Map<Integer, Occurrences> nested = new TreeMap<>();
    private final Map<Integer, Tally> sites = new TreeMap<>();
    private final Map<Integer, Tally> privileges = new TreeMap<>();
    private final ValueSummary roots = new ValueSummary(0);
    private final InstructionHistogram instructions = new InstructionHistogram();

    private final long[] values;

    HookSummary(Signature signature) {
        this.signature = signature;
        this.arguments = new ValueSummary[signature.arguments().size()];
        Arrays.setAll(arguments, i -> new ValueSummary(0));
        Arrays.setAll(outcomes, i -> new Occurrences());
        Arrays.setAll(phases, i -> new Occurrences());
        this.values = new long[signature.sources().size()];
        this.result = new ValueSummary(values.length);
    }

    void add(RecordedCall call) {
        Moment moment = new Moment(signature.circumstances().key(call), call.seq(), input(call));
        calls.add(moment);
        outcomes[call.outcome().ordinal()].add(moment);
        phases[Math.min(call.phase(), phases.length - 1)].add(moment);
        instructions.add(call.instructions());
        sites.merge(call.site(), new Tally(1, call.seq()), Tally::plus);
        privileges.merge(call.mode() & 3, new Tally(1, call.seq()), Tally::plus);
        roots.add(call.cr3(), NONE, 0, moment);
        for (int i = 0; i < Math.min(arguments.length, call.arguments().length()); i++) {
            arguments[i].add(call.arguments().get(i), NONE, 0, moment);
        }
        long present = signature.evaluate(call, values);
        if (call.outcome() == Outcome.RETURNED && call.result().isPresent()) {
            result.add(returned(call.result().getAsLong()), values, present, moment);
        }
        addEffects(call, present, moment);
        if (!call.nested().isEmpty()) {
            Set<Integer> hooks = new HashSet<>(call.nested());
            hooks.forEach(
                    hook -> nested.computeIfAbsent(hook, h -> new Occurrences()).add(moment));
        }
    }

    private static final long[] NONE = {};

    private void addEffects(RecordedCall call, long present, Moment moment) {
        if (call.effects().isEmpty()) {
            withoutEffects.add(moment);
            if (call.traps() > 0) {
                trapped.add(moment);
            }
            return;
        }
        List<EffectSummary> touched = new ArrayList<>();
        boolean excepted = false;
        boolean hypercalls = false;
        boolean cut = false;
        for (RecordedEffect effect : call.effects()) {
            if (effect.kind() == EffectKind.INTERRUPT) {
                cut = true;
                break;
            }
            excepted |= effect.kind() == EffectKind.EXCEPTION;
            // An exception's handler leaves by this hypercall.
            boolean handlers = excepted && effect.kind() == EffectKind.HYPERCALL && effect.address() == HYPERCALL_IRET;
            if (handlers) {
                continue;
            }
            hypercalls |= effect.kind() == EffectKind.HYPERCALL;
            EffectPlace place = EffectPlace.of(call, effect, signature.kernel());
            if (place.where() != EffectPlace.Where.POINTED_TO && changesNothing(effect)) {
                continue;
            }
            EffectSummary summary = effects.computeIfAbsent(place, p -> new EffectSummary(p, values.length));
            if (summary.add(effect, values, present, moment)) {
                touched.add(summary);
            }
        }
        for (EffectSummary summary : touched) {
            summary.end(values, present, moment);
        }
        (touched.isEmpty() ? withoutEffects : withEffects).add(moment);
        if (hypercalls) {
            withHypercalls.add(moment);
        }
        if (cut) {
            interrupted.add(moment);
        } else if (call.traps() > 0) {
            trapped.add(moment);
        }
    }

    private static boolean changesNothing(RecordedEffect effect) {
        return effect.kind() == EffectKind.PAGE_TABLE_ENTRY
                && effect.old().isPresent()
                && effect.old().equals(effect.value());
    }

    /** A hash of what the call was given: the arguments, or, where there are none, the machine's state. */
    private static long input(RecordedCall call) {
        ImmutableLongArray given = call.arguments().isEmpty()
                ? ImmutableLongArray.of(call.rflags(), call.mode(), call.cr0(), call.cr2(), call.cr3(), call.cr4())
                : call.arguments();
        long hash = 0;
        for (int i = 0; i < given.length(); i++) {
            // The finaliser of SplitMix64, so that different inputs have different hashes as far as 64 bits allow.
            hash = (hash ^ given.get(i)) * 0x9e3779b97f4a7c15L;
            hash = (hash ^ hash >>> 30) * 0xbf58476d1ce4e5b9L;
            hash = (hash ^ hash >>> 27) * 0x94d049bb133111ebL;
            hash ^= hash >>> 31;
        }
        return hash;
    }

    /** The System V ABI leaves what is above a narrow type undefined. */
    private long returned(long value) {
        Prototype.Type type = signature.prototype().returns();
        if (type.kind() != Prototype.Kind.SMALL) {
            return value;
        }
        return type.text().equals("bool") ? value & 0xff : (int) value;
    }

    void merge(HookSummary other) {
        calls.merge(other.calls);
        for (int i = 0; i < outcomes.length; i++) {
            outcomes[i].merge(other.outcomes[i]);
        }
        for (int i = 0; i < phases.length; i++) {
            phases[i].merge(other.phases[i]);
        }
        for (int i = 0; i < arguments.length; i++) {
            arguments[i].merge(other.arguments[i]);
        }
        result.merge(other.result);
        other.effects.forEach(
                (place, summary) -> effects.computeIfAbsent(place, p -> new EffectSummary(p, values.length))
                        .merge(summary));
        withEffects.merge(other.withEffects);
        withoutEffects.merge(other.withoutEffects);
        withHypercalls.merge(other.withHypercalls);
        trapped.merge(other.trapped);
        interrupted.merge(other.interrupted);
        other.nested.forEach((hook, occurrences) ->
                nested.computeIfAbsent(hook, h -> new Occurrences()).merge(occurrences));
        other.sites.forEach((site, tally) -> sites.merge(site, tally, Tally::plus));
        other.privileges.forEach((level, tally) -> privileges.merge(level, tally, Tally::plus));
        roots.merge(other.roots);
        instructions.merge(other.instructions);
    }

    Signature signature() {
        return signature;
    }

    Occurrences calls() {
        return calls;
    }

    Occurrences outcome(Outcome outcome) {
        return outcomes[outcome.ordinal()];
    }

    Occurrences phase(Phase phase) {
        return phases[phase.ordinal()];
    }

    ValueSummary argument(int i) {
        return arguments[i];
    }

    ValueSummary result() {
        return result;
    }

    /** By place, in its order. */
    Map<EffectPlace, EffectSummary> effects() {
        return effects;
    }

    Occurrences withEffects() {
        return withEffects;
    }

    Occurrences withoutEffects() {
        return withoutEffects;
    }

    Occurrences withHypercalls() {
        return withHypercalls;
    }

    /** Calls with exceptions or emulated instructions and without interrupts. */
    Occurrences trapped() {
        return trapped;
    }

    /** Calls in which an interrupt was taken. */
    Occurrences interrupted() {
        return interrupted;
    }

    /** Calls by the hooks that were called in them. */
    Map<Integer, Occurrences> nested() {
        return nested;
    }

    Map<Integer, Tally> sites() {
        return sites;
    }

    /** Calls by privilege level. */
    Map<Integer, Tally> privileges() {
        return privileges;
    }

    /** CR3 before the calls. */
    ValueSummary roots() {
        return roots;
    }

    InstructionHistogram instructions() {
        return instructions;
    }

    OptionalLong constantArgument(int i) {
        ValueSummary argument = arguments[i];
        return argument.seen() > 0 && argument.varied() == 0
                ? OptionalLong.of(argument.constantOnes())
                : OptionalLong.empty();
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof HookSummary other
                && calls.equals(other.calls)
                && Arrays.equals(outcomes, other.outcomes)
                && Arrays.equals(phases, other.phases)
                && Arrays.equals(arguments, other.arguments)
                && result.equals(other.result)
                && effects.equals(other.effects)
                && withEffects.equals(other.withEffects)
                && withoutEffects.equals(other.withoutEffects)
                && withHypercalls.equals(other.withHypercalls)
                && trapped.equals(other.trapped)
                && interrupted.equals(other.interrupted)
                && nested.equals(other.nested)
                && sites.equals(other.sites)
                && privileges.equals(other.privileges)
                && roots.equals(other.roots)
                && instructions.equals(other.instructions);
    }

    @Override
    public int hashCode() {
        return calls.hashCode();
    }
}
