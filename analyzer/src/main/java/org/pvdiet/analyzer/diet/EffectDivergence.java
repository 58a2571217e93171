package org.pvdiet.analyzer.diet;

import java.util.List;
import java.util.Locale;
import org.pvdiet.analyzer.diff.DiffReport.Divergence;
import org.pvdiet.analyzer.diff.Kind;

/**
 * {@code effect-missing}, {@code effect-extra}, {@code effect-different}, {@code fault-instead}: on the same input a platform
 * lacks an effect of the first trace's, has another, does it otherwise, or raises an exception.
 *
 * @param id the finding's
 * @param kind of divergence
 */
record EffectDivergence(String id, Kind kind) implements Finding {
    static final String MISSING = "effect-missing";
    static final String EXTRA = "effect-extra";
    static final String DIFFERENT = "effect-different";
    static final String FAULT = "fault-instead";

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        return subject.others().stream()
                .flatMap(run -> evidence(subject, run).stream())
                .toList();
    }

    private List<Evidence> evidence(Subject subject, Subject.Run run) {
        List<Divergence> found = run.diff().stream()
                .flatMap(diff -> diff.divergences().stream())
                .filter(divergence -> divergence.kind().equals(kind.word()))
                .toList();
        if (found.isEmpty()) {
            return List.of();
        }
        Divergence most = found.get(0);
        String more = found.size() == 1
                ? ""
                : String.format(Locale.ROOT, " And %s.", Count.of(found.size() - 1, "other way"));
        return List.of(new Evidence(
                id,
                Verdict.KEEP,
                String.format(
                        Locale.ROOT,
                        "Given the same, on %s %s; on %s %s; %s.%s",
                        subject.first().platform(),
                        most.first(),
                        run.platform(),
                        most.second(),
                        Count.calls(most.calls()),
                        more),
                most.calls(),
                run.calls().inputs(),
                List.of(
                        new Evidence.Witness(
                                subject.first().trace(), most.witness().first()),
                        new Evidence.Witness(run.trace(), most.witness().second()))));
    }
}
