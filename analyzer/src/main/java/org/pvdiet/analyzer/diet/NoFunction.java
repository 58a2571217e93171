package org.pvdiet.analyzer.diet;

import java.util.List;

/** {@code no-function}: on a platform the hook's slot holds nothing. A call would jump to address 0. */
final class NoFunction implements Finding {
    static final String ID = "no-function";

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        return subject.runs().stream()
                .filter(run -> !run.hasFunction())
                .map(run -> run.evidence(
                        ID,
                        Verdict.REMOVE,
                        run.calls().all(),
                        "On %s its slot holds no function, so nothing there can rely on it.",
                        run.platform()))
                .toList();
    }
}
