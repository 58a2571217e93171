package org.pvdiet.analyzer.diet;

import java.util.List;
import org.pvdiet.analyzer.contract.Behaviour;

/** {@code identity}: every call, on every platform that made one, returned its argument as it was and had no effect. */
final class Identity implements Finding {
    static final String ID = "identity";

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        if (subject.calls() == 0
                || !subject.runs().stream()
                        .allMatch(run ->
                                run.contract().identities() == run.contract().calls()
                                        && run.contract().always(Behaviour::withoutEffects))) {
            return List.of();
        }
        return List.of(subject.evidence(
                ID,
                Verdict.REMOVE,
                "Each of %,d calls returned its argument as it was and had no effect.",
                subject.calls()));
    }
}
