package org.pvdiet.analyzer.contract;

import java.util.ArrayList;
import java.util.List;

/** Statements of one hook under construction. */
final class StatementList {
    /** Fewer calls or inputs than these may be chance. */
    private static final long FEW_CALLS = 10;

    private static final long FEW_INPUTS = 3;

    private final Circumstances circumstances;
    private final List<Statement> statements = new ArrayList<>();

    StatementList(Circumstances circumstances) {
        this.circumstances = circumstances;
    }

    /** Adds a claim that all calls show. */
    void say(Aspect aspect, String claim, Occurrences calls) {
        say(aspect, claim, "", "", calls);
    }

    /** Adds a claim that {@code calls} show, in so many of the calls as {@link #share} says. */
    void say(Aspect aspect, String claim, String share, String rider, Occurrences calls) {
        say(aspect, claim, List.of(), claim + share + rider, share.isEmpty(), calls);
    }

    /** Adds a claim in a sentence of its own, and other claims that hold just as well. */
    void say(Aspect aspect, String claim, List<String> synonyms, String sentence, boolean always, Occurrences calls) {
        boolean thin = calls.calls() < FEW_CALLS || calls.inputs() < FEW_INPUTS;
        statements.add(new Statement(
                aspect, sentence, claim, synonyms, always, calls.calls(), calls.inputs(), calls.witness(), thin));
    }

    /** In how many of the calls, and when; nothing if it is all of them. */
    String share(Occurrences some, Occurrences all) {
        if (some.calls() >= all.calls()) {
            return "";
        }
        return " in " + Amount.of(some.calls(), all.calls())
                + Condition.separating(circumstances, all, some)
                        .map(condition -> ", " + condition.words())
                        .orElse("");
    }

    List<Statement> list() {
        return statements;
    }
}
