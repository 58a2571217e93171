package org.pvdiet.analyzer.diet;

import java.util.List;

/** {@code own-function}: a platform has a function of its own, and calls it. */
final class OwnFunction implements Finding {
    static final String ID = "own-function";

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        return subject.others().stream()
                .filter(run ->
                        run.hasOwnFunction(subject.first()) && run.contract().calls() > 0)
                .map(run -> run.evidence(
                        ID,
                        Verdict.KEEP,
                        run.calls().all(),
                        "On %s %s led to %s in the place of %s, at %.1f instructions in the place of %.1f.",
                        run.platform(),
                        Count.calls(run.contract().calls()),
                        run.target(),
                        subject.first().target(),
                        average(run),
                        average(subject.first())))
                .toList();
    }

    private static double average(Subject.Run run) {
        return (double) run.contract().instructions()
                / Math.max(1, run.contract().calls());
    }
}
