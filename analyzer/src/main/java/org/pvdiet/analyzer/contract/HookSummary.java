package org.pvdiet.analyzer.contract;

import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pvdiet.analyzer.calls.CallOrder;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.RecordedEffect;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.Mode;
import org.pvdiet.traces.Outcome;
import org.pvdiet.traces.Phase;

/**
 * What held of one hook's calls. Size does not grow with the number of calls; parts merge in any order and grouping to what
 * one pass over all calls gives.
 */
final class HookSummary {
    private static final long[] NONE = {};
    private static final int REGISTERS = 16;
    private static final int PRIVILEGES = 4;

    private final Signature signature;
    private final Occurrences calls = new Occurrences();
    private final Occurrences[] outcomes = new Occurrences[Outcome.values().length];
    private final Occurrences[] phases = new Occurrences[Phase.values().length];
    private final ValueSummary[] arguments;
    private final ValueSummary result;
    private final HookEffects effects;
    /** What interrupted calls did before; what they did after is not told apart from what the handler did. */
    private final HookEffects interrupted;

    private final InterruptFlag interruptFlag;
    private final Occurrences registersSeen = new Occurrences();
    /** By number, the general-purpose registers that any call changed. */
    private long changedRegisters;

    private final Map<Integer, Occurrences> clobbered = new TreeMap<>();
    private final Map<Integer, Tally> sites = new TreeMap<>();
    /** By privilege level; null where no call was made at it. */
    private final @Nullable Tally[] privileges = new Tally[PRIVILEGES];

    private final ValueSummary roots = new ValueSummary(0);
    /** Calls whose instructions hold an interrupt handler's. */
    private final Occurrences withHandlers = new Occurrences();

    private final InstructionHistogram instructions = new InstructionHistogram();

    private final long[] values;

    HookSummary(Signature signature) {
        this.signature = signature;
        this.effects = new HookEffects(signature);
        this.interrupted = new HookEffects(signature);
        this.interruptFlag = new InterruptFlag(signature.prototype());
        this.arguments = new ValueSummary[signature.arguments().size()];
        Arrays.setAll(arguments, i -> new ValueSummary(0));
        Arrays.setAll(outcomes, i -> new Occurrences());
        Arrays.setAll(phases, i -> new Occurrences());
        this.values = new long[signature.sources().size()];
        this.result = new ValueSummary(values.length);
    }

    void add(RecordedCall call) {
        Moment moment = new Moment(signature.circumstances().key(call), call.seq(), input(call), call.times());
        calls.add(moment);
        outcomes[call.outcome().ordinal()].add(moment);
        phases[Math.min(call.phase(), phases.length - 1)].add(moment);
        instructions.add(call.instructions(), call.times());
        Tally tally = new Tally(call.times(), call.seq());
        if (call.kind() == CallOrder.BY_ITSELF) {
            calledFrom(call.site(), tally);
        }
        made(Mode.privilegeLevel(call.mode()), tally);
        roots.add(call.cr3(), NONE, 0, moment);
        for (int i = 0; i < Math.min(arguments.length, call.argumentCount()); i++) {
            arguments[i].add(call.argument(i), NONE, 0, moment);
        }
        boolean returned = call.outcome() == Outcome.RETURNED && call.has(CallColumn.RESULT);
        long present = returned || !call.effects().isEmpty() ? signature.evaluate(call, values) : 0;
        if (returned) {
            result.add(narrowed(call.get(CallColumn.RESULT)), values, present & signature.forResults(), moment);
        }
        boolean cut = isInterrupted(call);
        if (cut && !call.has(CallColumn.INTERRUPT_INSTRUCTIONS)) {
            withHandlers.add(moment);
        }
        (cut ? interrupted : effects).add(call, values, present & signature.forEffects(), moment);
        if (call.outcome() == Outcome.RETURNED) {
            interruptFlag.add(call, moment);
        }
        clobbered(call, moment);
    }

    /** Takes into account which site made calls, of those that were not added by themselves. */
    void calledFrom(int site, Tally tally) {
        sites.merge(site, tally, Tally::plus);
    }

    private void made(int privilege, Tally tally) {
        Tally before = privileges[privilege];
        privileges[privilege] = before == null ? tally : before.plus(tally);
    }

    private static boolean isInterrupted(RecordedCall call) {
        for (RecordedEffect effect : call.effects()) {
            if (effect.kind() == EffectKind.INTERRUPT) {
                return true;
            }
        }
        return false;
    }

    /** Notes registers that the calling convention lets callers keep values in, and that did not keep them. */
    private void clobbered(RecordedCall call, Moment moment) {
        if (!call.has(CallColumn.RSP) || !call.has(CallColumn.RSP_AFTER)) {
            return;
        }
        registersSeen.add(moment);
        for (int register = 0; register < REGISTERS; register++) {
            if (call.get(CallColumn.gpr(register)) != call.get(CallColumn.gprAfter(register))) {
                changedRegisters |= 1L << register;
                if ((signature.preserved() >>> register & 1) != 0) {
                    clobbered.computeIfAbsent(register, r -> new Occurrences()).add(moment);
                }
            }
        }
    }

    /** A hash of what the call was given: the arguments, or, where there are none, the machine's state. */
    private static long input(RecordedCall call) {
        if (call.argumentCount() == 0) {
            long state = mixed(mixed(0, call.rflags()), call.mode());
            return mixed(mixed(mixed(mixed(state, call.cr0()), call.cr2()), call.cr3()), call.cr4());
        }
        long hash = 0;
        for (int i = 0; i < call.argumentCount(); i++) {
            hash = mixed(hash, call.argument(i));
        }
        return hash;
    }

    /** The finaliser of SplitMix64, so that different inputs have different hashes as far as 64 bits allow. */
    private static long mixed(long hash, long value) {
        long mix = (hash ^ value) * 0x9e3779b97f4a7c15L;
        mix = (mix ^ mix >>> 30) * 0xbf58476d1ce4e5b9L;
        mix = (mix ^ mix >>> 27) * 0x94d049bb133111ebL;
        return mix ^ mix >>> 31;
    }

    /** The System V ABI leaves what is above a narrow type undefined. */
    private long narrowed(long value) {
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
        effects.merge(other.effects);
        interrupted.merge(other.interrupted);
        interruptFlag.merge(other.interruptFlag);
        changedRegisters |= other.changedRegisters;
        registersSeen.merge(other.registersSeen);
        other.clobbered.forEach((register, occurrences) ->
                clobbered.computeIfAbsent(register, r -> new Occurrences()).merge(occurrences));
        other.sites.forEach((site, tally) -> sites.merge(site, tally, Tally::plus));
        for (int level = 0; level < PRIVILEGES; level++) {
            Tally more = other.privileges[level];
            if (more != null) {
                made(level, more);
            }
        }
        roots.merge(other.roots);
        instructions.merge(other.instructions);
        withHandlers.merge(other.withHandlers);
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

    /** What calls did that no interrupt was taken in; where there are none such, what they did before it. */
    HookEffects effects() {
        return effects.calls().calls() > 0 ? effects : interrupted;
    }

    /** What all calls did, interrupted ones until then. */
    HookEffects allEffects() {
        HookEffects all = new HookEffects(signature);
        all.merge(effects);
        all.merge(interrupted);
        return all;
    }

    /** Calls whose instructions hold those of an interrupt's handler, in traces that do not tell them apart. */
    Occurrences withHandlers() {
        return withHandlers;
    }

    /** What it did to the interrupt flag, in all calls that returned. */
    InterruptFlag interruptFlag() {
        return interruptFlag;
    }

    /** By number, the general-purpose registers that any call changed; those of calls whose registers were recorded. */
    long changedRegisters() {
        return changedRegisters;
    }

    /** Calls of which general-purpose registers were recorded. */
    Occurrences registersSeen() {
        return registersSeen;
    }

    /** Calls by the register that they changed against the calling convention. */
    Map<Integer, Occurrences> clobbered() {
        return clobbered;
    }

    Map<Integer, Tally> sites() {
        return sites;
    }

    /** Calls by privilege level. */
    Map<Integer, Tally> privileges() {
        Map<Integer, Tally> byLevel = new TreeMap<>();
        for (int level = 0; level < PRIVILEGES; level++) {
            if (privileges[level] != null) {
                byLevel.put(level, privileges[level]);
            }
        }
        return byLevel;
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
                && interrupted.equals(other.interrupted)
                && interruptFlag.equals(other.interruptFlag)
                && changedRegisters == other.changedRegisters
                && registersSeen.equals(other.registersSeen)
                && clobbered.equals(other.clobbered)
                && sites.equals(other.sites)
                && Arrays.equals(privileges, other.privileges)
                && roots.equals(other.roots)
                && instructions.equals(other.instructions)
                && withHandlers.equals(other.withHandlers);
    }

    @Override
    public int hashCode() {
        return calls.hashCode();
    }
}
