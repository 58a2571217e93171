package org.pvdiet.analyzer.diet;

import java.util.ArrayList;
import java.util.List;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.contract.Behaviour;
import org.pvdiet.analyzer.contract.Form;
import org.pvdiet.analyzer.diet.seen.Seen;

/**
 * {@code split-and-rejoin}: a 64-bit value goes through the hook in halves, and is put together behind it.
 */
final class SplitAndRejoin implements Finding {
    static final String ID = "split-and-rejoin";

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        List<Evidence> found = new ArrayList<>();
        for (Subject.Run run : subject.runs()) {
            if (hasHalves(run.kernel().prototype(run.hook().id()))) {
                run.contract()
                        .calls(SplitAndRejoin::joinsArguments)
                        .ifPresent(tally -> found.add(run.evidence(
                                ID,
                                Verdict.RESPECIFY,
                                new Seen(run.contract().calls(), tally.witness()),
                                "On %s each of %,d calls was given a 64-bit value in two halves, which were put together"
                                        + " for one register; in %,d neither half was 0.",
                                run.platform(),
                                run.contract().calls(),
                                tally.calls())));
            }
        }
        return found;
    }

    /** Whether the last two parameters have at most 32 bits. */
    private static boolean hasHalves(Prototype prototype) {
        int last = prototype.parameters().size() - 1;
        return last > 0
                && prototype.type(last).kind() == Prototype.Kind.SMALL
                && prototype.type(last).equals(prototype.type(last - 1));
    }

    private static boolean joinsArguments(Behaviour behaviour) {
        return behaviour.effects().stream().anyMatch(effect -> effect.value().kind() == Form.Kind.ARGUMENT_PAIR);
    }
}
