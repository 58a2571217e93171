package org.pvdiet.analyzer.diet;

import java.util.List;
import java.util.Locale;
import org.pvdiet.analyzer.diff.DiffReport.Divergence;
import org.pvdiet.analyzer.diff.DiffReport.HookDiff;
import org.pvdiet.analyzer.diff.Kind;

/** {@code result-differs}: callers can tell platforms apart by the result of many calls, and by nothing else. */
final class ResultDiffers implements Finding {
    static final String ID = "result-differs";

    /** The part of the compared calls that must show it: callers do not meet what is rarer. */
    private static final double OFTEN = 0.01;

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        return subject.others().stream()
                .flatMap(run -> run.diff().stream()
                        .filter(ResultDiffers::onlyResults)
                        .flatMap(diff -> diff.divergences().stream())
                        .filter(Divergence::contract)
                        .map(divergence -> evidence(subject, run, divergence)))
                .toList();
    }

    private static boolean onlyResults(HookDiff diff) {
        return diff.isDivergent()
                && diff.different() >= OFTEN * diff.compared()
                && diff.divergences().stream()
                        .filter(Divergence::contract)
                        .allMatch(divergence -> divergence.kind().equals(Kind.RESULT.word()));
    }

    private static Evidence evidence(Subject subject, Subject.Run run, Divergence divergence) {
        return new Evidence(
                ID,
                Verdict.RESPECIFY,
                String.format(
                        Locale.ROOT,
                        "On %s it %s, on %s it %s; %s.",
                        subject.first().platform(),
                        divergence.first(),
                        run.platform(),
                        divergence.second(),
                        Count.calls(divergence.calls())),
                divergence.calls(),
                run.calls().inputs(),
                List.of(
                        new Evidence.Witness(
                                subject.first().trace(), divergence.witness().first()),
                        new Evidence.Witness(run.trace(), divergence.witness().second())));
    }
}
