package org.pvdiet.analyzer.diet;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code shared-function}: on a platform two hooks lead to one function of its own. */
final class SharedFunction implements Finding {
    static final String ID = "shared-function";

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        List<Evidence> found = new ArrayList<>();
        for (Subject other : hooks) {
            for (int i = 1; i < subject.runs().size(); i++) {
                Subject.Run mine = subject.runs().get(i);
                Subject.Run its = other.runs().get(i);
                if (!other.name().equals(subject.name())
                        && mine.hasOwnFunction(subject.first())
                        && mine.target().equals(its.target())) {
                    found.add(new Evidence(
                            ID,
                            Verdict.MERGE,
                            String.format(
                                    Locale.ROOT,
                                    "On %s it and %s lead to %s.",
                                    mine.platform(),
                                    other.name(),
                                    mine.target()),
                            mine.contract().calls(),
                            mine.calls().inputs(),
                            mine.witness(),
                            other.name()));
                }
            }
        }
        return found;
    }
}
