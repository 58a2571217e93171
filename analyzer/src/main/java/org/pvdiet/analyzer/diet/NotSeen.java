package org.pvdiet.analyzer.diet;

import java.util.List;
import org.pvdiet.analyzer.diet.seen.Seen;

/** {@code not-seen}: a platform has a function of its own, which no call reached. What it does is not known. */
final class NotSeen implements Finding {
    static final String ID = "not-seen";

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        return subject.others().stream()
                .filter(run -> run.contract().calls() == 0 && run.hasOwnFunction(subject.first()))
                .map(run -> run.evidence(
                        ID,
                        Verdict.KEEP,
                        Seen.NEVER,
                        "On %s it leads to %s in the place of %s, which no call reached: what that does was not seen.",
                        run.platform(),
                        run.target(),
                        subject.first().target()))
                .toList();
    }
}
