package org.pvdiet.analyzer.diet;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.pvdiet.analyzer.contract.Behaviour;
import org.pvdiet.analyzer.contract.Form;
import org.pvdiet.analyzer.contract.Input;
import org.pvdiet.analyzer.contract.Tally;
import org.pvdiet.analyzer.diet.seen.Seen;
import org.pvdiet.analyzer.words.Words;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;

/**
 * {@code only-some}: on a platform a hook that is given a number, a register's for one, makes hypercalls for some numbers; for
 * the others it does nothing or executes an instruction that traps.
 */
final class OnlySome implements Finding {
    static final String ID = "only-some";

    private static final int MOST_NAMED = 6;

    private static final class Number {
        Seen works = Seen.NEVER;
        Seen plain = Seen.NEVER;
        boolean msr;
    }

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        return subject.others().stream().flatMap(run -> evidence(run).stream()).toList();
    }

    private static List<Evidence> evidence(Subject.Run run) {
        Map<Long, Number> numbers = numbers(run);
        List<Map.Entry<Long, Number>> working = numbers.entrySet().stream()
                .filter(entry -> entry.getValue().works.ever())
                .toList();
        List<Number> plain =
                numbers.values().stream().filter(number -> !number.works.ever()).toList();
        if (working.isEmpty() || plain.isEmpty()) {
            return List.of();
        }
        String names = working.stream()
                .limit(MOST_NAMED)
                .map(entry -> entry.getValue().msr
                        ? Words.msr(entry.getKey())
                        : String.format(Locale.ROOT, "0x%x", entry.getKey()))
                .collect(Collectors.joining(", "));
        Seen works = working.stream().map(entry -> entry.getValue().works).reduce(Seen.NEVER, Seen::plus);
        Seen rest = plain.stream().map(number -> number.plain).reduce(Seen.NEVER, Seen::plus);
        Evidence evidence = run.evidence(
                ID,
                Verdict.NARROW,
                works,
                "On %s it makes hypercalls for %s (%s); for %s (%s) it does nothing, or" + " executes what traps.",
                run.platform(),
                names,
                Count.calls(works.calls()),
                Count.of(plain.size(), "other number"),
                Count.calls(rest.calls()));
        return List.of(new Evidence(
                ID,
                evidence.supports(),
                evidence.sentence(),
                works.calls() + rest.calls(),
                numbers.size(),
                List.of(
                        new Evidence.Witness(run.trace(), works.witness()),
                        new Evidence.Witness(run.trace(), rest.witness()))));
    }

    private static Map<Long, Number> numbers(Subject.Run run) {
        Map<Long, Number> numbers = new TreeMap<>();
        for (Map.Entry<Input, Map<Behaviour, Tally>> entry :
                run.contract().behaviours().entrySet()) {
            List<Form> arguments = entry.getKey().arguments();
            if (arguments.size() < 2 || arguments.get(0).kind() != Form.Kind.CONSTANT) {
                return Map.of();
            }
            Number number = numbers.computeIfAbsent(arguments.get(0).number(), n -> new Number());
            for (Map.Entry<Behaviour, Tally> behaviour : entry.getValue().entrySet()) {
                Seen seen = new Seen(
                        behaviour.getValue().calls(), behaviour.getValue().witness());
                number.msr |= behaviour.getKey().effects().stream()
                        .anyMatch(effect ->
                                effect.kind() == EffectKind.MSR_WRITE || effect.kind() == EffectKind.MSR_READ);
                if (behaviour.getKey().makesHypercalls()) {
                    number.works = number.works.plus(seen);
                } else if (behaviour.getKey().effects().stream()
                        .allMatch(effect -> effect.outcome() == EffectOutcome.EMULATED)) {
                    number.plain = number.plain.plus(seen);
                } else {
                    return Map.of();
                }
            }
        }
        return numbers;
    }
}
