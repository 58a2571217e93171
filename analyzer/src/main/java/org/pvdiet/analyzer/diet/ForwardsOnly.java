package org.pvdiet.analyzer.diet;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * {@code forwards-only}: on every call, all that was recorded is one call of another hook, which takes no other types of
 * arguments.
 */
final class ForwardsOnly implements Finding {
    static final String ID = "forwards-only";

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        return subject.runs().stream()
                .filter(ForwardsOnly::forwards)
                .map(ForwardsOnly::evidence)
                .toList();
    }

    /** Whether all that it calls is one hook, which is given no more than it was given: a lock that it takes is no such hook. */
    private static boolean forwards(Subject.Run run) {
        OptionalInt other = run.contract().forwardsTo();
        return other.isPresent() && types(run, run.hook().id()).containsAll(types(run, other.getAsInt()));
    }

    private static Set<String> types(Subject.Run run, int hook) {
        return run.kernel().prototype(hook).parameters().stream()
                .map(parameter -> parameter.type().text())
                .collect(Collectors.toSet());
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
