package org.pvdiet.analyzer.diet;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.pvdiet.analyzer.contract.Behaviour;
import org.pvdiet.analyzer.contract.Tally;
import org.pvdiet.analyzer.diet.seen.Seen;
import org.pvdiet.analyzer.words.XenNames;
import org.pvdiet.traces.EffectKind;

/** {@code platform-work}: a platform's calls make hypercalls. */
final class PlatformWork implements Finding {
    static final String ID = "platform-work";

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        return subject.others().stream()
                .flatMap(run -> hypercalls(run).stream())
                .toList();
    }

    private static Optional<Evidence> hypercalls(Subject.Run run) {
        return run.contract().calls(Behaviour::makesHypercalls).map(tally -> evidence(run, tally));
    }

    private static Evidence evidence(Subject.Run run, Tally tally) {
        String names = run.contract().behaviours().values().stream()
                .flatMap(map -> map.keySet().stream())
                .flatMap(behaviour -> behaviour.effects().stream())
                .filter(effect -> effect.kind() == EffectKind.HYPERCALL)
                .map(effect -> XenNames.hypercall(effect.where().number(), effect.detail()))
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        return run.evidence(
                ID,
                Verdict.KEEP,
                new Seen(tally.calls(), tally.witness()),
                "On %s %,d of its %s made hypercalls: %s.",
                run.platform(),
                tally.calls(),
                Count.calls(run.contract().calls()),
                names);
    }
}
