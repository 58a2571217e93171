package org.pvdiet.analyzer.diet;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.pvdiet.analyzer.architecture.NativeMeaning;
import org.pvdiet.analyzer.diff.DiffReport.Divergence;
import org.pvdiet.analyzer.diff.DiffReport.HookDiff;
import org.pvdiet.analyzer.diff.Kind;

/** {@code result-differs}: callers can tell platforms apart by the result of many calls, and by nothing else. */
final class ResultDiffers implements Finding {
    static final String ID = "result-differs";

    /** The part of the compared calls that must show it: callers do not meet what is rarer. */
    private static final double OFTEN = 0.01;

    /** Fewer different results may be different answers. */
    private static final int MANY = 10;

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        return subject.others().stream()
                .flatMap(run -> run.diff().stream()
                        .filter(ResultDiffers::onlyResults)
                        .flatMap(diff -> evidence(subject, run, diff).stream()))
                .toList();
    }

    private static Optional<Evidence> evidence(Subject subject, Subject.Run run, HookDiff diff) {
        List<Divergence> found =
                diff.divergences().stream().filter(Divergence::contract).toList();
        return isMeasurement(found) ? Optional.empty() : Optional.of(evidence(subject, run, found));
    }

    /** What is another number in every other call is measured, as time is: no caller relies on it. */
    private static boolean isMeasurement(List<Divergence> found) {
        long calls = found.stream().mapToLong(Divergence::calls).sum();
        return found.size() >= MANY && 2L * found.size() > calls;
    }

    private static boolean onlyResults(HookDiff diff) {
        return diff.isDivergent()
                && diff.different() >= OFTEN * diff.compared()
                && diff.divergences().stream()
                        .filter(Divergence::contract)
                        .allMatch(divergence -> divergence.kind().equals(Kind.RESULT.word()));
    }

    /** That callers were told of it long ago. */
    private static String noted(Subject subject) {
        return subject.meaning()
                .map(NativeMeaning::note)
                .filter(note -> !note.isEmpty())
                .map(note -> " The catalogue notes: " + note)
                .orElse("");
    }

    private static Evidence evidence(Subject subject, Subject.Run run, List<Divergence> found) {
        Divergence divergence = found.get(0);
        String more = found.size() == 1
                ? ""
                : String.format(Locale.ROOT, " And %s.", Count.of(found.size() - 1, "other way"));
        return new Evidence(
                ID,
                Verdict.RESPECIFY,
                String.format(
                        Locale.ROOT,
                        "On %s it %s, on %s it %s; %s.%s%s",
                        subject.first().platform(),
                        divergence.first(),
                        run.platform(),
                        divergence.second(),
                        Count.calls(divergence.calls()),
                        more,
                        noted(subject)),
                divergence.calls(),
                run.calls().inputs(),
                List.of(
                        new Evidence.Witness(
                                subject.first().trace(), divergence.witness().first()),
                        new Evidence.Witness(run.trace(), divergence.witness().second())));
    }
}
