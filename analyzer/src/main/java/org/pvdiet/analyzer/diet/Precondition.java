package org.pvdiet.analyzer.diet;

import java.util.List;
import java.util.Locale;
import org.pvdiet.analyzer.contract.Aspect;
import org.pvdiet.analyzer.contract.Statement;

/** {@code precondition}: something held before every call on one platform, and not before the same calls on another. */
final class Precondition implements Finding {
    static final String ID = "precondition";

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        return subject.others().stream()
                .flatMap(run -> run.diff().stream()
                        .flatMap(diff -> diff.contracts().stream())
                        .filter(difference -> difference.isOf(Aspect.PRECONDITION) && difference.isShown())
                        .flatMap(difference -> difference.second().stream())
                        .filter(statement -> !statement.thin())
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
