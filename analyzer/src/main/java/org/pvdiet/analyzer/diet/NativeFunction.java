package org.pvdiet.analyzer.diet;

import java.util.List;

/** {@code native-function}: a platform uses the function of the first trace, though not every platform does. */
final class NativeFunction implements Finding {
    static final String ID = "native-function";

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        if (subject.sameTarget() || !subject.first().hasFunction()) {
            return List.of();
        }
        return subject.others().stream()
                .filter(run -> run.target().equals(subject.first().target()))
                .map(run -> run.evidence(
                        ID,
                        Verdict.REPLACE,
                        run.calls().all(),
                        "On %s it leads to %s, as on %s.",
                        run.platform(),
                        run.target(),
                        subject.first().platform()))
                .toList();
    }
}
