package org.pvdiet.analyzer.diet;

import java.util.List;
import java.util.Locale;

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
                        "On %s %s led to %s in the place of %s, at %,.1f instructions %s.",
                        run.platform(),
                        Count.calls(run.contract().calls()),
                        run.target(),
                        subject.first().target(),
                        average(run),
                        instead(subject.first())))
                .toList();
    }

    private static String instead(Subject.Run first) {
        return first.contract().calls() == 0
                ? "each; " + first.platform() + " has no call to compare with"
                : String.format(Locale.ROOT, "in the place of %,.1f", average(first));
    }

    private static double average(Subject.Run run) {
        return (double) run.contract().instructions()
                / Math.max(1, run.contract().calls());
    }
}
