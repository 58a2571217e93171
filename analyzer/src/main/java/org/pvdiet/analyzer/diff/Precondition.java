package org.pvdiet.analyzer.diff;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pvdiet.analyzer.calls.Lazy;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.contract.Form;
import org.pvdiet.analyzer.contract.Names;
import org.pvdiet.traces.Mode;

/**
 * Something that holds before a call or does not.
 *
 * @param always what to say where it held before every call, in the words of {@code pvdiet contract}
 * @param otherwise what to say of a call before which it did not
 */
record Precondition(String always, Function<Act, String> otherwise, Predicate<Act> holds) {
    /** What fewer calls have in common may be chance; {@code pvdiet contract} calls that thin. */
    private static final long FEW_CALLS = 10;

    private static final List<Precondition> STATES = List.of(
            state("with interrupts off", "with interrupts on", act -> !interrupts(act)),
            state("with interrupts on", "with interrupts off", Precondition::interrupts),
            state(
                    "in lazy MMU mode",
                    "outside of lazy MMU mode",
                    act -> act.input().lazy() == Lazy.MMU),
            state(
                    "during a context switch",
                    "outside of context switches",
                    act -> act.input().lazy() == Lazy.CPU),
            state("by another hook", "not by another hook", act -> act.setting().nested()));

    private static boolean interrupts(Act act) {
        return Mode.interruptsEnabled(act.setting().mode());
    }

    private static Precondition readOnly(String table) {
        return state(
                "when " + table + " is read-only",
                "when " + table + " is writable",
                act -> Mode.readOnlyTable(act.setting().mode()));
    }

    private static Precondition state(String holds, String fails, Predicate<Act> test) {
        return new Precondition("was always called " + holds, act -> "was called " + fails, test);
    }

    /**
     * Those that held before every call of a hook; none of a hook with few calls.
     *
     * @param prototype the hook's
     * @param acts of its calls
     */
    static List<Precondition> held(Prototype prototype, long calls, Collection<Act> acts, Names names) {
        if (calls < FEW_CALLS) {
            return List.of();
        }
        List<Precondition> held = Stream.concat(STATES.stream(), prototype.table().map(Precondition::readOnly).stream())
                .filter(state -> acts.stream().allMatch(state.holds()))
                .collect(Collectors.toCollection(ArrayList::new));
        int arguments = acts.iterator().next().input().arguments().size();
        IntStream.range(0, arguments)
                .mapToObj(i -> constants(acts, i, names))
                .flatMap(List::stream)
                .forEach(held::add);
        return held;
    }

    /** That an argument was always the same number. */
    private static List<Precondition> constants(Collection<Act> acts, int i, Names names) {
        Set<Form> values = acts.stream().map(act -> argument(act, i)).collect(Collectors.toSet());
        Form value = values.iterator().next();
        return values.size() > 1 || value.kind() != Form.Kind.CONSTANT
                ? List.of()
                : List.of(new Precondition(
                        names.argument(i) + " was always " + value.words(names),
                        act -> names.argument(i) + " was " + argument(act, i).words(names),
                        act -> argument(act, i).equals(value)));
    }

    private static Form argument(Act act, int i) {
        List<Form> arguments = act.input().arguments();
        return i < arguments.size() ? arguments.get(i) : Form.NOTHING;
    }
}
