package org.pvdiet.analyzer.diet;

import java.util.List;
import java.util.Locale;

/** {@code not-seen}: a platform has a function of its own, which no call reached. What it does is not known. */
final class NotSeen implements Finding {
    static final String ID = "not-seen";

    @Override
    public List<Evidence> of(Subject subject) {
        return subject.others().stream()
                .filter(run -> run.contract().calls() == 0
                        && !run.doesNothing()
                        && !run.target().equals(subject.first().target()))
                .map(run -> new Evidence(
                        ID,
                        Verdict.KEEP,
                        String.format(
                                Locale.ROOT,
                                "On %s it leads to %s in the place of %s, which no call reached: what that does was not"
                                        + " seen.",
                                run.platform(),
                                run.target(),
                                subject.first().target()),
                        0,
                        List.of()))
                .toList();
    }
}
