package org.pvdiet.analyzer.contract;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * One thing that held of a hook's calls.
 *
 * @param aspect what it is about
 * @param sentence for people, without a full stop: {@code returns CR0 in 3 of 4 calls}
 * @param claim what it says, without how often, when, and run by run different numbers: {@code returns CR0}. Claims of two
 *     traces can be compared
 * @param synonyms claims that hold of the same calls just as well: of a register that only got what it held, that it got the
 *     argument, if that was the same
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
        @JsonIgnore List<String> synonyms,
        boolean always,
        long calls,
        long inputs,
        long witness,
        boolean thin) {
    private static final String ANYTHING = "*";
    private static final Splitter PARTS = Splitter.on(CharMatcher.anyOf(",()")).trimResults();

    /** As if frames had one number on all platforms. */
    public Statement untranslated() {
        return as(Source::untranslated);
    }

    /** The same in other words. */
    public Statement as(UnaryOperator<String> words) {
        return new Statement(
                aspect,
                words.apply(sentence),
                words.apply(claim),
                synonyms.stream().map(words).toList(),
                always,
                calls,
                inputs,
                witness,
                thin);
    }

    /**
     * Whether both say the same: what one claims, what was recorded for the other shows as well. A star in a hypercall's
     * arguments stands for values that varied, of which another run's may be one.
     */
    public boolean saysSameAs(Statement other) {
        return aspect == other.aspect && always == other.always && (allows(other.claim) || other.allows(claim));
    }

    private boolean allows(String other) {
        return isAlike(claim, other) || synonyms.contains(other);
    }

    private static boolean isAlike(String a, String b) {
        List<String> some = PARTS.splitToList(a);
        List<String> others = PARTS.splitToList(b);
        return some.size() == others.size()
                && IntStream.range(0, some.size()).allMatch(i -> {
                    String one = some.get(i);
                    return one.equals(others.get(i))
                            || one.equals(ANYTHING)
                            || others.get(i).equals(ANYTHING);
                });
    }

    /** Whether it only says that something is not done: a contract that does not speak of it says the same. */
    @JsonIgnore
    public boolean saysNothing() {
        return claim.equals(EffectStatements.NO_HYPERCALL) || claim.equals(EffectStatements.NO_CHANGE);
    }

    /** Whether it only says that the recording does not tell. */
    @JsonIgnore
    public boolean isUnknown() {
        return claim.equals(Statements.UNKNOWN);
    }

    /** Whether it says that a register was changed which callers may rely on. */
    @JsonIgnore
    public boolean isBreach() {
        return aspect == Aspect.CLOBBER && claim.startsWith(UseStatements.CHANGES);
    }

    /** What stands behind it, of {@code all} calls of the hook: {@code [3 calls, #17, thin]}. */
    public String evidence(long all) {
        return evidence(calls == all ? List.of() : List.of(counted()));
    }

    /** The same with how many inputs there were among them: {@code [3 calls, 2 inputs, #17, thin]}. */
    public String evidenceWithInputs() {
        String some = inputs > DistinctInputs.MOST ? "over " + DistinctInputs.MOST : Long.toString(inputs);
        return evidence(List.of(counted(), some + (inputs == 1 ? " input" : " inputs")));
    }

    private String counted() {
        return String.format(Locale.ROOT, calls == 1 ? "%,d call" : "%,d calls", calls);
    }

    private String evidence(List<String> counts) {
        List<String> parts = new ArrayList<>(counts);
        parts.add("#" + witness);
        if (thin) {
            parts.add("thin");
        }
        return "[" + String.join(", ", parts) + "]";
    }
}
