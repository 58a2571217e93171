package org.pvdiet.analyzer.diet;

import com.google.common.collect.Sets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.pvdiet.analyzer.contract.Behaviour;
import org.pvdiet.analyzer.contract.EffectForm;
import org.pvdiet.analyzer.contract.Form;
import org.pvdiet.analyzer.contract.Input;
import org.pvdiet.analyzer.contract.Tally;
import org.pvdiet.traces.EffectKind;

/**
 * {@code fixed-argument}: what the hook does on every call, another does as well where its first argument, the number of a
 * register or port, is that one.
 */
final class FixedArgument implements Finding {
    static final String ID = "fixed-argument";

    private static final Set<EffectKind> NUMBERED = Sets.immutableEnumSet(
            EffectKind.MSR_READ,
            EffectKind.MSR_WRITE,
            EffectKind.CONTROL_REGISTER,
            EffectKind.DEBUG_REGISTER,
            EffectKind.PORT_IN,
            EffectKind.PORT_OUT);

    private record Place(EffectKind kind, long number) {}

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        Optional<Place> place = fixed(subject.first());
        if (place.isEmpty()) {
            return List.of();
        }
        return hooks.stream()
                .filter(other -> !other.name().equals(subject.name()) && isAny(other.first(), place.get().kind))
                .map(other -> new Evidence(
                        ID,
                        Verdict.MERGE,
                        String.format(
                                Locale.ROOT,
                                "On %s each of its %,d calls does what %s does when it is given 0x%x first.",
                                subject.first().platform(),
                                subject.first().contract().calls(),
                                other.name(),
                                place.get().number),
                        subject.first().contract().calls(),
                        subject.first().calls().inputs(),
                        List.of(
                                subject.first().witness().get(0),
                                other.first().witness().get(0)),
                        other.name()))
                .toList();
    }

    /** The one place that every call is about. */
    private static Optional<Place> fixed(Subject.Run run) {
        Set<Place> places = new HashSet<>();
        for (Map.Entry<Input, Map<Behaviour, Tally>> entry :
                run.contract().behaviours().entrySet()) {
            for (Behaviour behaviour : entry.getValue().keySet()) {
                Optional<Place> place = place(behaviour);
                if (place.isEmpty() || number(entry.getKey()).equals(OptionalLong.of(place.get().number))) {
                    return Optional.empty();
                }
                places.add(place.get());
            }
        }
        return places.size() == 1 ? Optional.of(places.iterator().next()) : Optional.empty();
    }

    /** Whether every call is about the place that its first argument says, of which there were several. */
    private static boolean isAny(Subject.Run run, EffectKind kind) {
        Set<Long> numbers = new HashSet<>();
        for (Map.Entry<Input, Map<Behaviour, Tally>> entry :
                run.contract().behaviours().entrySet()) {
            OptionalLong number = number(entry.getKey());
            if (number.isEmpty()) {
                return false;
            }
            Place expected = new Place(kind, number.getAsLong());
            if (!entry.getValue().keySet().stream()
                    .allMatch(behaviour -> place(behaviour).equals(Optional.of(expected)))) {
                return false;
            }
            numbers.add(number.getAsLong());
        }
        return numbers.size() > 1;
    }

    private static OptionalLong number(Input input) {
        return !input.arguments().isEmpty() && input.arguments().get(0).kind() == Form.Kind.CONSTANT
                ? OptionalLong.of(input.arguments().get(0).number())
                : OptionalLong.empty();
    }

    private static Optional<Place> place(Behaviour behaviour) {
        if (behaviour.effects().size() != 1) {
            return Optional.empty();
        }
        EffectForm effect = behaviour.effects().get(0);
        return NUMBERED.contains(effect.kind()) && effect.where().kind() == Form.Kind.CONSTANT
                ? Optional.of(new Place(effect.kind(), effect.where().number()))
                : Optional.empty();
    }
}
