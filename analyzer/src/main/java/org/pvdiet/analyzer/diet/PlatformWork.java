package org.pvdiet.analyzer.diet;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pvdiet.analyzer.contract.HookContract;
import org.pvdiet.analyzer.diff.DiffReport.Divergence;
import org.pvdiet.analyzer.diff.Kind;

/** {@code platform-work}: a platform does by it what the first trace's platform does not do, or does in another way. */
final class PlatformWork implements Finding {
    static final String ID = "platform-work";

    @Override
    public List<Evidence> of(Subject subject) {
        List<Evidence> found = new ArrayList<>();
        for (Subject.Run run : subject.others()) {
            HookContract contract = run.contract();
            if (contract.hypercalls() > 0) {
                found.add(new Evidence(
                        ID,
                        Verdict.KEEP,
                        String.format(
                                Locale.ROOT,
                                "On %s its %,d calls make %,d hypercalls.",
                                run.platform(),
                                contract.calls(),
                                contract.hypercalls()),
                        contract.calls(),
                        witnesses(run, Kind.MECHANISM)));
            }
            run.diff().stream()
                    .flatMap(diff -> diff.divergences().stream())
                    .filter(divergence ->
                            divergence.contract() && !divergence.kind().equals(Kind.RESULT.word()))
                    .findFirst()
                    .ifPresent(divergence -> found.add(new Evidence(
                            ID,
                            Verdict.KEEP,
                            String.format(
                                    Locale.ROOT,
                                    "Effects differ: on %s %s; on %s %s; %,d calls.",
                                    subject.first().platform(),
                                    divergence.first(),
                                    run.platform(),
                                    divergence.second(),
                                    divergence.calls()),
                            divergence.calls(),
                            List.of(
                                    new Evidence.Witness(
                                            subject.first().trace(),
                                            divergence.witness().first()),
                                    new Evidence.Witness(
                                            run.trace(), divergence.witness().second())))));
        }
        return found;
    }

    private static List<Evidence.Witness> witnesses(Subject.Run run, Kind kind) {
        return run.diff().stream()
                .flatMap(diff -> diff.divergences().stream())
                .filter(divergence -> divergence.kind().equals(kind.word()))
                .map(Divergence::witness)
                .findFirst()
                .map(witness -> List.of(new Evidence.Witness(run.trace(), witness.second())))
                .orElseGet(run::witness);
    }
}
