package org.pvdiet.analyzer.diet;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pvdiet.analyzer.diet.seen.Seen;

/**
 * {@code zero-and-absent}: a call that met an exception, because what it asked for is not there, and one that met none returned
 * the same. The instruction tells them apart.
 */
final class ZeroAndAbsent implements Finding {
    static final String ID = "zero-and-absent";

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        if (ErrorSwallowed.hasSafeForm(subject, hooks)) {
            return List.of();
        }
        List<Evidence> found = new ArrayList<>();
        for (Subject.Run run : subject.runs()) {
            if (ErrorSwallowed.saysErrors(run.prototype())) {
                continue;
            }
            for (Map.Entry<Long, Seen> absent : run.calls().faultedResults().entrySet()) {
                present(subject, absent.getKey())
                        .ifPresent(present -> found.add(new Evidence(
                                ID,
                                Verdict.RESPECIFY,
                                String.format(
                                        Locale.ROOT,
                                        "It returned 0x%x after an exception on %s, and without one on %s: callers cannot tell a"
                                                + " value from its absence; %s and %s.",
                                        absent.getKey(),
                                        run.platform(),
                                        present.run().platform(),
                                        Count.calls(absent.getValue().calls()),
                                        Count.calls(present.seen().calls())),
                                absent.getValue().calls() + present.seen().calls(),
                                subject.inputs(),
                                List.of(
                                        new Evidence.Witness(
                                                run.trace(), absent.getValue().witness()),
                                        new Evidence.Witness(
                                                present.run().trace(),
                                                present.seen().witness())))));
            }
        }
        return found;
    }

    private record Present(Subject.Run run, Seen seen) {}

    /** Calls that returned the same without an exception. */
    private static Optional<Present> present(Subject subject, long result) {
        for (Subject.Run run : subject.runs()) {
            Seen all = run.calls().results().getOrDefault(result, Seen.NEVER);
            Seen faulted = run.calls().faultedResults().getOrDefault(result, Seen.NEVER);
            boolean known = all.witness() != faulted.witness() || !faulted.ever();
            if (all.calls() > faulted.calls() && known) {
                return Optional.of(new Present(run, new Seen(all.calls() - faulted.calls(), all.witness())));
            }
        }
        return Optional.empty();
    }
}
