package org.pvdiet.analyzer.diet;

import java.util.List;
import java.util.stream.Collectors;

/** {@code same-function}: every platform recorded leads to the same function. */
final class SameFunction implements Finding {
    static final String ID = "same-function";

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        if (subject.others().isEmpty() || !subject.sameTarget()) {
            return List.of();
        }
        String platforms =
                subject.runs().stream().map(Subject.Run::platform).distinct().collect(Collectors.joining(" and "));
        return List.of(subject.evidence(
                ID,
                Verdict.REMOVE,
                "On %s it leads to %s, for %s. Platforms that were not recorded may replace it.",
                platforms,
                subject.first().target(),
                Count.calls(subject.calls())));
    }
}
