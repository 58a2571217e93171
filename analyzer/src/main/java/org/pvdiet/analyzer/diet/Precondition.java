package org.pvdiet.analyzer.diet;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.pvdiet.analyzer.contract.Aspect;
import org.pvdiet.analyzer.contract.Statement;

/** {@code precondition}: something held before every call on one platform, and not on another that made calls as well. */
final class Precondition implements Finding {
    static final String ID = "precondition";

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        Set<String> first = subject.first()
                .statements(Aspect.PRECONDITION)
                .map(Statement::sentence)
                .collect(Collectors.toSet());
        if (subject.first().contract().calls() == 0) {
            return List.of();
        }
        return subject.others().stream()
                .flatMap(run -> run.statements(Aspect.PRECONDITION)
                        .filter(statement -> !statement.thin() && !first.contains(statement.sentence()))
                        .map(statement -> evidence(subject, run, statement)))
                .toList();
    }

    private static Evidence evidence(Subject subject, Subject.Run run, Statement statement) {
        return new Evidence(
                ID,
                Verdict.KEEP,
                String.format(
                        Locale.ROOT,
                        "On %s, and not on %s, it %s: %s.",
                        run.platform(),
                        subject.first().platform(),
                        statement.sentence(),
                        Count.calls(statement.calls())),
                statement.calls(),
                statement.inputs(),
                List.of(new Evidence.Witness(run.trace(), statement.witness())));
    }
}
