package org.pvdiet.analyzer.diet;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pvdiet.analyzer.contract.Behaviour;
import org.pvdiet.analyzer.contract.Form;
import org.pvdiet.analyzer.contract.Tally;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;

/**
 * Model-specific registers that one run writes where a hook's first argument says so, and for which another run does nothing at all: it
 * changes nothing, asks nobody and does not trap.
 *
 * @param registers by number, the first run's calls and the other's
 */
record Unwritten(SortedMap<Long, Both> registers) {

    /** Calls of both runs. */
    record Both(Tally first, Tally other) {}

    static Unwritten of(Subject.Run first, Subject.Run other) {
        SortedMap<Long, Both> registers = new TreeMap<>();
        Map<Long, Tally> written = calls(first, true);
        calls(other, false).forEach((number, calls) -> {
            if (written.containsKey(number)) {
                registers.put(number, new Both(written.get(number), calls));
            }
        });
        return new Unwritten(registers);
    }

    /** By the register's number, calls of a run all of which wrote it, or all of which did nothing. */
    private static Map<Long, Tally> calls(Subject.Run run, boolean writing) {
        Map<Long, Optional<Tally>> byNumber = new TreeMap<>();
        run.contract().behaviours().forEach((input, behaviours) -> {
            List<Form> arguments = input.arguments();
            if (arguments.size() > 1 && arguments.get(0).kind() == Form.Kind.CONSTANT) {
                long number = arguments.get(0).number();
                boolean all = behaviours.keySet().stream()
                        .allMatch(one -> writing ? writes(one, number) : one.withoutEffects());
                Tally calls = behaviours.values().stream().reduce(Tally::plus).orElseThrow();
                byNumber.merge(
                        number,
                        all ? Optional.of(calls) : Optional.empty(),
                        (a, b) -> a.isEmpty() || b.isEmpty()
                                ? Optional.empty()
                                : Optional.of(a.get().plus(b.get())));
            }
        });
        Map<Long, Tally> found = new TreeMap<>();
        byNumber.forEach((number, calls) -> calls.ifPresent(tally -> found.put(number, tally)));
        return found;
    }

    private static boolean writes(Behaviour behaviour, long number) {
        return behaviour.effects().stream()
                .anyMatch(effect -> effect.kind() == EffectKind.MSR_WRITE
                        && effect.where().equals(Form.constant(number))
                        && effect.outcome() == EffectOutcome.DONE);
    }

    boolean isEmpty() {
        return registers.isEmpty();
    }

    Tally first() {
        return registers.values().stream().map(Both::first).reduce(Tally::plus).orElseThrow();
    }

    Tally other() {
        return registers.values().stream().map(Both::other).reduce(Tally::plus).orElseThrow();
    }
}
