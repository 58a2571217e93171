package org.pvdiet.analyzer.diet;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * A rule of the diet. Rules are tried in order; the first that has no objection decides.
 *
 * @param id stable
 * @param says what it takes, in a sentence
 */
record Rule(String id, Verdict verdict, String says, Function<Case, Optional<String>> objection) {
    private static final Optional<String> HOLDS = Optional.empty();

    /** A hook and what was found of it. */
    record Case(Subject subject, List<Evidence> evidence) {
        boolean has(String finding) {
            return count(finding) > 0;
        }

        long count(String finding) {
            return evidence.stream().filter(e -> e.finding().equals(finding)).count();
        }

        boolean has(String finding, Verdict supports) {
            return evidence.stream().anyMatch(e -> e.finding().equals(finding) && e.supports() == supports);
        }

        int others() {
            return subject.others().size();
        }
    }

    /** In the order in which they are tried. */
    static final ImmutableList<Rule> ALL = ImmutableList.of(
            new Rule(
                    "unused",
                    Verdict.REMOVE,
                    "The kernel has no site that calls it.",
                    c -> objection(
                            c.has(NoSite.ID),
                            "it has %s",
                            Count.of(c.subject.sites().size(), "site"))),
            new Rule(
                    "wanted-elsewhere",
                    Verdict.KEEP,
                    "No recorded platform shows a use for it, but the kernel has a function for another platform.",
                    c -> !c.has(SameFunction.ID) && !c.has(NeverCalled.ID) && !c.has(NoFunction.ID)
                            ? Optional.of("recorded platforms part in it")
                            : objection(
                                    c.has(OtherPlatform.ID), "the kernel has no function of that name for another")),
            new Rule(
                    "unknown",
                    Verdict.KEEP,
                    "A platform has a function of its own for it, which no call reached.",
                    c -> objection(c.has(NotSeen.ID), "every platform's own function was called, or there is none")),
            new Rule(
                    "no-use",
                    Verdict.REMOVE,
                    "No call reached it, and no platform but the first has a function for it that works.",
                    c -> !c.has(NeverCalled.ID)
                            ? Optional.of(String.format("%,d calls reached it", c.subject.calls()))
                            : objection(
                                    c.others() > 0
                                            && (c.has(NoFunction.ID)
                                                    || c.subject.first().doesNothing()),
                                    "platforms have a function for it")),
            new Rule(
                    "same-function",
                    Verdict.REMOVE,
                    "Every recorded platform leads to the same function.",
                    c -> objection(
                            c.has(SameFunction.ID), "platforms lead to different functions, or there is only one")),
            new Rule(
                    "identity",
                    Verdict.REMOVE,
                    "Every call returned its argument and had no effect.",
                    c -> objection(c.has(Identity.ID), "not every call returned its argument as it was")),
            new Rule(
                    "does-nothing",
                    Verdict.REMOVE,
                    "No platform does anything in it.",
                    c -> objection(
                            c.count(NoOp.ID) == c.subject.runs().size(), "a platform does something, or was not seen")),
            new Rule(
                    "forwards",
                    Verdict.MERGE,
                    "On every platform it does nothing but call another hook, of this table or another.",
                    c -> objection(
                            c.count(ForwardsOnly.ID) + c.count(ForwardsToTable.ID)
                                    == c.subject.runs().size(),
                            "on a platform it does more than that")),
            new Rule(
                    "equivalent",
                    Verdict.MERGE,
                    "Another hook, which is called more, does the same on every platform.",
                    c -> c.has(Equivalent.ID, Verdict.KEEP)
                            ? Optional.of("others do the same, and this one is called most")
                            : objection(c.has(Equivalent.ID), "no other hook was seen to do the same")),
            new Rule(
                    "fixed-argument",
                    Verdict.MERGE,
                    "Another hook does the same when it is given a certain number.",
                    c -> objection(c.has(FixedArgument.ID), "no other hook was seen to do the same with a number")),
            new Rule(
                    "nothing-or-native",
                    Verdict.REPLACE,
                    "Every platform but the first does nothing, or what the first does.",
                    c -> c.others() == 0
                            ? Optional.of("there is only one platform")
                            : objection(
                                    c.has(NothingOnPlatform.ID)
                                            && c.count(NothingOnPlatform.ID) + c.count(NativeFunction.ID) == c.others(),
                                    "a platform has a function of its own that works")),
            new Rule(
                    "kernel-function",
                    Verdict.REPLACE,
                    "Platforms choose between functions of the kernel's own that do the same.",
                    c -> objection(
                            c.others() > 0 && c.count(KernelFunction.ID) == c.others(),
                            "a platform's function is its own, or does something else")),
            new Rule(
                    "traps-anyway",
                    Verdict.REPLACE,
                    "On every platform but the first each call trapped and did the same.",
                    c -> objection(
                            c.others() > 0 && c.count(TrapsAnyway.ID) == c.others(),
                            "a call did not trap, or did something else")),
            new Rule(
                    "cold",
                    Verdict.REPLACE,
                    "It is one privileged instruction, which every other platform emulates to the same effect, and is rare.",
                    c -> objection(
                            c.others() > 0 && c.count(Cold.ID) == c.others(),
                            "it is not one such instruction, or differs, or is not rare")),
            new Rule(
                    "promises-too-much",
                    Verdict.RESPECIFY,
                    "Callers cannot rely on all that it seems to promise, or give it one value in two halves.",
                    c -> c.has(ResultDiffers.ID) && c.has(PlatformWork.ID) && !hasPromise(c)
                            ? Optional.of("platforms work in it")
                            : objection(
                                    hasPromise(c) || c.has(ResultDiffers.ID),
                                    "no result, error or value was seen to be unreliable")),
            new Rule(
                    "only-some",
                    Verdict.NARROW,
                    "Every other platform works only for some of the numbers that it is given.",
                    c -> objection(
                            c.others() > 0 && c.count(OnlySome.ID) == c.others(),
                            "a platform works for all, or it takes no number")),
            new Rule(
                    "constant",
                    Verdict.NARROW,
                    "In every trace it returned one value.",
                    c -> objection(
                            c.count(ConstantResult.ID) == c.subject.runs().size(),
                            "it returned several values, or few calls")),
            new Rule("needed", Verdict.KEEP, "Nothing above held: a platform works in it.", c -> HOLDS));

    private static boolean hasPromise(Case c) {
        return c.has(ZeroAndAbsent.ID)
                || (c.has(SplitAndRejoin.ID) && SplitAndRejoin.hasHalves(c.subject.first()))
                || c.has(Dropped.ID)
                || c.has(ErrorSwallowed.ID);
    }

    private static Optional<String> objection(boolean holds, String format, Object... arguments) {
        return holds ? HOLDS : Optional.of(String.format(Locale.ROOT, format, arguments));
    }
}
