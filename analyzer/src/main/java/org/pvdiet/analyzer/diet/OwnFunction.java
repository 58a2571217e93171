package org.pvdiet.analyzer.diet;

import java.util.List;
import java.util.Locale;

/** {@code own-function}: a platform has a function of its own, and calls it. */
final class OwnFunction implements Finding {
    static final String ID = "own-function";

    @Override
    public List<Evidence> of(Subject subject) {
        return subject.others().stream()
                .filter(run -> !run.doesNothing()
                        && !run.target().equals(subject.first().target())
                        && run.contract().calls() > 0)
                .map(run -> new Evidence(
                        ID,
                        Verdict.KEEP,
                        String.format(
                                Locale.ROOT,
                                "On %s %,d calls lead to %s in the place of %s, at %.1f instructions in the place of %.1f.",
                                run.platform(),
                                run.contract().calls(),
                                run.target(),
                                subject.first().target(),
                                average(run),
                                average(subject.first())),
                        run.contract().calls(),
                        run.witness()))
                .toList();
    }

    private static double average(Subject.Run run) {
        return (double) run.contract().instructions()
                / Math.max(1, run.contract().calls());
    }
}
