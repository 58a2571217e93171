package org.pvdiet.analyzer.diet;

import java.util.List;
import java.util.Locale;

/**
 * {@code nothing-on-platform}: the first trace's function is replaced by one that does nothing. An instruction in the hook's
 * place that is patched out there would do the same.
 */
final class NothingOnPlatform implements Finding {
    static final String ID = "nothing-on-platform";

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        if (subject.first().doesNothing()) {
            return List.of();
        }
        return subject.others().stream()
                .filter(Subject.Run::doesNothing)
                .map(run -> new Evidence(
                        ID,
                        Verdict.REPLACE,
                        String.format(
                                Locale.ROOT,
                                "On %s %s in the place of %s; %s there, %,d on %s.",
                                run.platform(),
                                run.hasNone() ? "nothing is done" : run.target() + ", which is empty, stands",
                                subject.first().target(),
                                Count.calls(run.contract().calls()),
                                subject.first().contract().calls(),
                                subject.first().platform()),
                        run.contract().calls() + subject.first().contract().calls(),
                        subject.inputs(),
                        subject.witnesses()))
                .toList();
    }
}
