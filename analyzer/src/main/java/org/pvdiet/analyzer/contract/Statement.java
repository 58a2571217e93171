package org.pvdiet.analyzer.contract;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One thing that held of a hook's calls.
 *
 * @param aspect what it is about
 * @param sentence for people, without a full stop: {@code returns CR0 in 3 of 4 calls}
 * @param claim what it says, without how often, when, and run by run different numbers: {@code returns CR0}. Claims of two
 *     traces can be compared
 * @param always whether it held in all calls that could show it
 * @param calls that it rests on
 * @param inputs different inputs among them
 * @param witness seq of the first of them
 * @param thin whether so few calls or inputs stand behind it that it may be chance
 */
public record Statement(
        Aspect aspect,
        String sentence,
        String claim,
        boolean always,
        long calls,
        long inputs,
        long witness,
        boolean thin) {

    /** The claim, as if frames had one number on all platforms. */
    @JsonIgnore
    public String untranslatedClaim() {
        return Source.untranslated(claim);
    }

    /** Whether it only says that something is not done: a contract that does not speak of it says the same. */
    @JsonIgnore
    public boolean saysNothing() {
        return claim.equals(EffectStatements.NO_HYPERCALL) || claim.equals(EffectStatements.NO_CHANGE);
    }

    /** Whether it says that a register was changed which callers may rely on. */
    @JsonIgnore
    public boolean isBreach() {
        return aspect == Aspect.CLOBBER && claim.startsWith(UseStatements.CHANGES);
    }

    /** What stands behind it, of {@code all} calls of the hook: {@code [3 calls, #17, thin]}. */
    public String evidence(long all) {
        List<String> parts = new ArrayList<>();
        if (calls != all) {
            parts.add(String.format(Locale.ROOT, calls == 1 ? "%,d call" : "%,d calls", calls));
        }
        parts.add("#" + witness);
        if (thin) {
            parts.add("thin");
        }
        return "[" + String.join(", ", parts) + "]";
    }
}
