package org.pvdiet.analyzer.diet;

import java.util.List;
import org.pvdiet.analyzer.diet.seen.Seen;

/** {@code no-op}: on a platform every call was a call and a return, or less, and nothing was changed or returned. */
final class NoOp implements Finding {
    static final String ID = "no-op";

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        return subject.runs().stream()
                .filter(NoOp::doesNothing)
                .map(run -> run.evidence(
                        ID,
                        Verdict.REPLACE,
                        run.calls().empty(),
                        "On %s it does nothing: it leads to %s, and %s took at most a call and a return each.",
                        run.platform(),
                        run.target(),
                        Count.calls(run.contract().calls())))
                .toList();
    }

    /** An instruction may stand in the site, so that few instructions alone say little. */
    static boolean doesNothing(Subject.Run run) {
        Seen empty = run.calls().empty();
        return run.doesNothing()
                && empty.ever()
                && empty.calls() == run.contract().calls();
    }
}
