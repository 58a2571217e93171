package org.pvdiet.analyzer.diet;

import java.util.List;
import org.pvdiet.analyzer.diet.seen.Seen;
import org.pvdiet.traces.Phase;

/** {@code start-up-only}: every call came before the first user instruction, in a trace that has some after it. */
final class StartUpOnly implements Finding {
    static final String ID = "start-up-only";

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        boolean is = subject.calls() > 0
                && subject.runs().stream()
                        .allMatch(run -> run.seen().last(Phase.USER) > 0
                                && !run.calls().in(Phase.USER).ever());
        if (!is) {
            return List.of();
        }
        Seen early = subject.runs().stream().map(run -> run.calls().startUp()).reduce(Seen.NEVER, Seen::plus);
        return List.of(subject.evidence(
                ID,
                Verdict.REPLACE,
                "It was called only before the first user instruction, %s: its speed matters little.",
                Count.calls(early.calls())));
    }
}
