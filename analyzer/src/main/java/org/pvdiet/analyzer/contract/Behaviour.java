package org.pvdiet.analyzer.contract;

import java.util.List;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.Outcome;

/**
 * What a call did.
 *
 * @param outcome how it ended
 * @param result the form of its result
 * @param effects the different forms of its effects, in their order as forms
 */
public record Behaviour(Outcome outcome, Form result, List<EffectForm> effects) {
    // Written out: what the compiler makes of a record is slow until it has been called very often.
    @Override
    public boolean equals(Object object) {
        return object instanceof Behaviour other
                && outcome == other.outcome
                && result.equals(other.result)
                && effects.equals(other.effects);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * outcome.ordinal() + result.hashCode()) + effects.hashCode();
    }

    /** Whether it asked the platform by a hypercall. */
    public boolean makesHypercalls() {
        return effects.stream().anyMatch(effect -> effect.kind() == EffectKind.HYPERCALL);
    }

    /** Whether it returned and changed nothing. */
    public boolean withoutEffects() {
        return outcome == Outcome.RETURNED && effects.isEmpty();
    }
}
