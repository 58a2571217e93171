package org.pvdiet.analyzer.contract;

import java.util.List;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.traces.Outcome;

/** Puts what held of one hook's calls into sentences. */
final class Statements {
    static final String UNKNOWN = "returns a value that follows nothing recorded";

    private Statements() {}

    /**
     * All statements, by aspect.
     *
     * @param hypercallsExist whether the platform answers hypercalls, so that making none is worth saying
     * @param privilegesVary whether the trace has calls at several privilege levels
     */
    static List<Statement> of(HookSummary hook, boolean hypercallsExist, boolean privilegesVary) {
        if (hook.calls().calls() == 0) {
            return List.of();
        }
        StatementList statements = new StatementList(hook.signature().circumstances());
        EffectStatements effects = new EffectStatements(hook.signature(), hook.effects(), statements);
        UseStatements use = new UseStatements(hook, statements);
        boolean readsSaid = result(hook, effects, statements);
        effects.effects(readsSaid);
        new InterruptStatements(hook, statements).say();
        use.preconditions(privilegesVary);
        effects.exceptions();
        use.endings();
        new EffectStatements(hook.signature(), hook.allEffects(), statements).hypercalls(hypercallsExist);
        effects.traps();
        use.clobbers();
        use.time();
        use.callers();
        use.phases();
        return statements.list();
    }

    /** Says what is returned, and gives whether that says what is read. */
    private static boolean result(HookSummary hook, EffectStatements effects, StatementList statements) {
        ValueSummary result = hook.result();
        if (result.seen() == 0) {
            return false;
        }
        Signature signature = hook.signature();
        Prototype.Type type = signature.prototype().returns();
        Bits bits = type.kind() == Prototype.Kind.ENTRY ? Bits.entry(type.level()) : Bits.numbered();
        Occurrences returned = hook.outcome(Outcome.RETURNED);
        List<ValueWords.Phrase> phrases =
                ValueWords.ofResult(signature, bits, returned).phrases(result);
        if (phrases.isEmpty()) {
            statements.say(Aspect.RESULT, UNKNOWN, returned);
        }
        String place =
                effects.read().map(read -> read.words(signature.prototype())).orElse(Source.READ);
        boolean readsSaid = false;
        for (ValueWords.Phrase phrase : phrases) {
            readsSaid |= phrase.words().equals(Source.READ) && effects.read().isPresent();
            String rider = phrase.rider().isEmpty() ? "" : "; " + phrase.rider();
            String share = statements.share(phrase.calls(), returned);
            statements.say(
                    Aspect.RESULT,
                    returns(phrase.claim(), place),
                    phrase.synonyms().stream()
                            .map(words -> returns(words, place))
                            .toList(),
                    returns(phrase.words(), place) + share + rider,
                    share.isEmpty(),
                    phrase.calls());
        }
        return readsSaid;
    }

    private static String returns(String words, String place) {
        return "returns " + words.replace(Source.READ, place);
    }
}
