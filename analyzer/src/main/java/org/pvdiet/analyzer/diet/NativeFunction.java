package org.pvdiet.analyzer.diet;

import java.util.List;
import java.util.Locale;

/** {@code native-function}: a platform uses the function of the first trace, though not every platform does. */
final class NativeFunction implements Finding {
    static final String ID = "native-function";

    @Override
    public List<Evidence> of(Subject subject) {
        if (subject.sameTarget()) {
            return List.of();
        }
        return subject.others().stream()
                .filter(run -> run.target().equals(subject.first().target()))
                .map(run -> new Evidence(
                        ID,
                        Verdict.REPLACE,
                        String.format(
                                Locale.ROOT,
                                "On %s it leads to %s, as on %s.",
                                run.platform(),
                                run.target(),
                                subject.first().platform()),
                        run.contract().calls(),
                        run.witness()))
                .toList();
    }
}
