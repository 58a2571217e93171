package org.pvdiet.analyzer.diet;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.pvdiet.analyzer.contract.Behaviour;
import org.pvdiet.analyzer.contract.Tally;
import org.pvdiet.analyzer.diff.Kind;
import org.pvdiet.analyzer.words.Words;
import org.pvdiet.traces.EffectKind;

/** {@code platform-work}: a platform does by it what the first trace's platform does not do, or does in another way. */
final class PlatformWork implements Finding {
    static final String ID = "platform-work";

    @Override
    public List<Evidence> of(Subject subject) {
        List<Evidence> found = new ArrayList<>();
        for (Subject.Run run : subject.others()) {
            run.contract().calls(Behaviour::makesHypercalls).ifPresent(tally -> found.add(hypercalls(run, tally)));
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

    private static Evidence hypercalls(Subject.Run run, Tally tally) {
        String names = run.contract().behaviours().values().stream()
                .flatMap(map -> map.keySet().stream())
                .flatMap(behaviour -> behaviour.effects().stream())
                .filter(effect -> effect.kind() == EffectKind.HYPERCALL)
                .map(effect -> Words.hypercall(effect.where().number(), effect.detail()))
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        return new Evidence(
                ID,
                Verdict.KEEP,
                String.format(
                        Locale.ROOT,
                        "On %s %,d of its %,d calls make hypercalls: %s.",
                        run.platform(),
                        tally.calls(),
                        run.contract().calls(),
                        names),
                tally.calls(),
                List.of(new Evidence.Witness(run.trace(), tally.witness())));
    }
}
