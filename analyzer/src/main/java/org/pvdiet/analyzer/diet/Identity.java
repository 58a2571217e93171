package org.pvdiet.analyzer.diet;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.pvdiet.analyzer.contract.Behaviour;
import org.pvdiet.analyzer.contract.Form;

/** {@code identity}: every call, on every platform that made one, returned its argument as it was and had no effect. */
final class Identity implements Finding {
    static final String ID = "identity";

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        if (subject.calls() == 0
                || givenOneNumber(subject)
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

    /** Of one number that was always given, what is returned may be another thing: CPU 0, and no time stolen. */
    private static boolean givenOneNumber(Subject subject) {
        Set<Form> given = subject.runs().stream()
                .flatMap(run -> run.contract().behaviours().keySet().stream())
                .flatMap(input -> input.arguments().stream())
                .collect(Collectors.toSet());
        return given.size() == 1 && given.iterator().next().kind() == Form.Kind.CONSTANT;
    }
}
