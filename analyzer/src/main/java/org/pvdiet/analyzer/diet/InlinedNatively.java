package org.pvdiet.analyzer.diet;

import java.util.List;

/** {@code inlined-natively}: the first trace's sites became instructions, a platform's are calls. Bare metal pays nothing. */
final class InlinedNatively implements Finding {
    static final String ID = "inlined-natively";

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        if (!HotNotInlined.isInline(subject.first())) {
            return List.of();
        }
        return subject.others().stream()
                .filter(run -> run.contract().calls() > 0 && !HotNotInlined.isInline(run))
                .map(run -> run.evidence(
                        ID,
                        Verdict.KEEP,
                        run.calls().all(),
                        "On %s its sites are instructions after patching, on %s they are calls, %,d of them.",
                        subject.first().platform(),
                        run.platform(),
                        run.contract().calls()))
                .toList();
    }
}
