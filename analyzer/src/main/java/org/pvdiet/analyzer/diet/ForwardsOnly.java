package org.pvdiet.analyzer.diet;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/** {@code forwards-only}: on every call, all that was recorded is one call of another hook. */
final class ForwardsOnly implements Finding {
    static final String ID = "forwards-only";

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        return subject.runs().stream()
                .filter(run -> run.contract().forwardsTo().isPresent())
                .map(ForwardsOnly::evidence)
                .toList();
    }

    private static Evidence evidence(Subject.Run run) {
        OptionalInt hook = run.contract().forwardsTo();
        String other = run.kernel().hooks().get(hook.getAsInt()).fullName();
        return new Evidence(
                ID,
                Verdict.MERGE,
                String.format(
                        Locale.ROOT,
                        "On %s each of its %,d calls makes one call of %s and has no effect besides.",
                        run.platform(),
                        run.contract().calls(),
                        other),
                run.contract().calls(),
                run.calls().inputs(),
                run.witness(),
                other);
    }
}
