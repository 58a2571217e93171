package org.pvdiet.analyzer.contract;

import java.util.Arrays;
import java.util.OptionalLong;
import org.pvdiet.analyzer.calls.RecordedEffect;
import org.pvdiet.analyzer.words.DebugRegister;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;

/** What happened to one place in the calls of a hook. */
final class EffectSummary {
    private static final int HYPERCALL_ARGUMENTS = 5;
    private static final EffectOutcome[] OUTCOMES = EffectOutcome.values();

    private final EffectPlace place;
    private final int sources;
    private final Occurrences calls = new Occurrences();
    private final Occurrences[] outcomes = new Occurrences[OUTCOMES.length];
    private final ValueSummary value;
    private final ValueSummary[] arguments = new ValueSummary[HYPERCALL_ARGUMENTS];
    private long events;
    private long most;

    /** Of the call under way; no part of what is known. */
    private long current = -1;

    private long currentEvents;
    /** Bits of the place that are 1 whatever is written there. */
    private long ones;

    private OptionalLong firstOld = OptionalLong.empty();
    private OptionalLong lastNew = OptionalLong.empty();

    EffectSummary(EffectPlace place, int sources) {
        this.place = place;
        this.sources = sources;
        this.value = new ValueSummary(sources);
        Arrays.setAll(outcomes, i -> new Occurrences());
        Arrays.setAll(arguments, i -> new ValueSummary(sources));
    }

    /** Takes an effect of a call into account; whether it is the first here in that call. */
    boolean add(RecordedEffect effect, long[] values, long present, Moment moment) {
        boolean first = moment.seq() != current;
        if (first) {
            current = moment.seq();
            currentEvents = 0;
            firstOld = effect.old();
            calls.add(moment);
        }
        events += moment.times();
        currentEvents++;
        lastNew = effect.value();
        ones = effect.kind() == EffectKind.DEBUG_REGISTER ? DebugRegister.ones(effect.address()) : 0;
        outcomes[effect.outcome().ordinal()].add(moment);
        for (int i = 0; i < Math.min(HYPERCALL_ARGUMENTS, effect.arguments().size()); i++) {
            arguments[i].add(effect.arguments().get(i), values, present, moment);
        }
        if (!place.holdsOneValue()) {
            OptionalLong what = effect.arguments().isEmpty() ? effect.value() : effect.result();
            value(effect.old(), what, values, present, moment);
        }
        return first;
    }

    /** The call that was given last has ended. */
    void end(long[] values, long present, Moment moment) {
        most = Math.max(most, currentEvents);
        if (place.holdsOneValue()) {
            value(firstOld, lastNew, ones == 0 ? values : withOnes(values), present, moment);
        }
    }

    /** What the sources' values would be in this place. */
    private long[] withOnes(long[] values) {
        return Arrays.stream(values).map(value -> value | ones).toArray();
    }

    private void value(OptionalLong old, OptionalLong what, long[] values, long present, Moment moment) {
        if (what.isPresent()) {
            long known = present;
            if (old.isPresent()) {
                values[sources - 1] = old.getAsLong();
                known |= 1L << (sources - 1);
            }
            value.add(what.getAsLong(), values, known, moment);
        }
    }

    void merge(EffectSummary other) {
        calls.merge(other.calls);
        for (int i = 0; i < outcomes.length; i++) {
            outcomes[i].merge(other.outcomes[i]);
        }
        value.merge(other.value);
        for (int i = 0; i < arguments.length; i++) {
            arguments[i].merge(other.arguments[i]);
        }
        events += other.events;
        most = Math.max(most, other.most);
    }

    EffectPlace place() {
        return place;
    }

    /** Calls in which it happened at least once. */
    Occurrences calls() {
        return calls;
    }

    /** Effects that ended so. */
    Occurrences outcome(EffectOutcome outcome) {
        return outcomes[outcome.ordinal()];
    }

    /** The new value; of a hypercall its result. */
    ValueSummary value() {
        return value;
    }

    /** What a hypercall was given. */
    ValueSummary argument(int i) {
        return arguments[i];
    }

    int arguments() {
        int count = 0;
        while (count < arguments.length && arguments[count].seen() > 0) {
            count++;
        }
        return count;
    }

    /** Effects, several in one call included. */
    long events() {
        return events;
    }

    /** The most of them in one call. */
    long most() {
        return most;
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof EffectSummary other
                && place.equals(other.place)
                && calls.equals(other.calls)
                && Arrays.equals(outcomes, other.outcomes)
                && value.equals(other.value)
                && Arrays.equals(arguments, other.arguments)
                && events == other.events
                && most == other.most;
    }

    @Override
    public int hashCode() {
        return place.hashCode();
    }
}
