package org.pvdiet.analyzer.diff;

import java.util.List;
import org.pvdiet.analyzer.contract.Behaviour;
import org.pvdiet.analyzer.contract.EffectForm;

/**
 * What a call did.
 *
 * @param behaviour in the call itself, without what it did for calls before it
 * @param translated whether a frame number in its result or effects is the argument's only after translation
 * @param putOff what was done for it in a later call
 * @param rewritten page-table entries and descriptors that it wrote as they were: no effect of its own, and so no part of its behaviour
 * @param replies what CPUID answered in it
 */
record Deed(
        Behaviour behaviour,
        boolean translated,
        List<PutOff> putOff,
        List<EffectForm> rewritten,
        List<CpuidAnswers.Reply> replies) {

    /**
     * An effect that lazy mode put off.
     *
     * @param effect as seen from the call that asked for it
     * @param until the hook in which it happened
     */
    record PutOff(EffectForm effect, String until) {}

    Deed(Behaviour behaviour, boolean translated, List<EffectForm> rewritten, List<CpuidAnswers.Reply> replies) {
        this(behaviour, translated, List.of(), rewritten, replies);
    }

    // Written out: what the compiler makes of a record is slow until it has been called very often.
    @Override
    public boolean equals(Object object) {
        return object instanceof Deed other
                && translated == other.translated
                && behaviour.equals(other.behaviour)
                && putOff.equals(other.putOff)
                && rewritten.equals(other.rewritten)
                && replies.equals(other.replies);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * (2 * behaviour.hashCode() + (translated ? 1 : 0)) + putOff.hashCode())
                + 31 * rewritten.hashCode()
                + replies.hashCode();
    }
}
