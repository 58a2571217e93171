package org.pvdiet.analyzer.diff;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.pvdiet.analyzer.contract.Behaviour;
import org.pvdiet.analyzer.contract.EffectForm;
import org.pvdiet.analyzer.contract.Form;
import org.pvdiet.analyzer.contract.Names;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;

/**
 * One thing that two calls which were given the same did differently.
 *
 * @param kind in what they differ
 * @param first what the first run's call did, in words
 * @param second what the second run's call did
 */
record Difference(Kind kind, String first, String second) {
    private static final String NOTHING = "nothing";

    /** All that two behaviours differ in.  */
    static List<Difference> between(Behaviour a, Behaviour b, Names names) {
        List<Difference> found = new ArrayList<>();
        if (a.outcome() != b.outcome()) {
            found.add(new Difference(Kind.OUTCOME, word(a.outcome()), word(b.outcome())));
        }
        if (!mayBeEqual(a.result(), b.result())) {
            found.add(new Difference(
                    Kind.RESULT,
                    "returns " + a.result().words(names),
                    "returns " + b.result().words(names)));
        }
        texts(found, Kind.FAULT, faults(a, names), faults(b, names));
        texts(found, Kind.MECHANISM, mechanism(a, b, names), mechanism(b, a, names));
        effects(found, a, b, names);
        return found;
    }

    /** Forms that do not exclude each other are no difference; a call that did not return has no result. */
    private static boolean mayBeEqual(Form a, Form b) {
        return a.equals(b)
                || a.kind() == Form.Kind.NOTHING
                || b.kind() == Form.Kind.NOTHING
                || (isOldEntry(a) && isEntry(b))
                || (isEntry(a) && isOldEntry(b));
    }

    private static boolean isOldEntry(Form form) {
        return form.kind() == Form.Kind.OLD_VALUE && form.set() == 0 && form.cleared() == 0;
    }

    private static boolean isEntry(Form form) {
        return form.kind() == Form.Kind.PRESENT_ENTRY || form.kind() == Form.Kind.ABSENT_ENTRY;
    }

    private static void texts(List<Difference> found, Kind kind, String a, String b) {
        if (!a.equals(b)) {
            found.add(new Difference(kind, a, b));
        }
    }

    private static String faults(Behaviour behaviour, Names names) {
        String faults = behaviour.effects().stream()
                .filter(effect -> effect.kind() == EffectKind.EXCEPTION)
                .map(effect -> effect.words(names))
                .collect(Collectors.joining(", "));
        return faults.isEmpty() ? "no exception" : faults;
    }

    private static String mechanism(Behaviour behaviour, Behaviour other, Names names) {
        String words = behaviour.effects().stream()
                .filter(effect -> effect.kind() == EffectKind.HYPERCALL
                        || (effect.outcome() == EffectOutcome.EMULATED && has(other, effect)))
                .map(effect -> effect.words(names))
                .distinct()
                .collect(Collectors.joining(", "));
        return words.isEmpty() ? NOTHING + " of the kind" : words;
    }

    private static boolean has(Behaviour behaviour, EffectForm effect) {
        return behaviour.effects().stream().anyMatch(effect::sameChange);
    }

    private static void effects(List<Difference> found, Behaviour a, Behaviour b, Names names) {
        List<EffectForm> missing = architectural(a);
        List<EffectForm> extra = architectural(b);
        List<EffectForm> first = List.copyOf(missing);
        missing.removeIf(effect -> extra.stream().anyMatch(effect::sameChange));
        extra.removeIf(effect -> first.stream().anyMatch(effect::sameChange));
        for (EffectForm effect : missing) {
            extra.stream()
                    .filter(effect::samePlace)
                    .findFirst()
                    .ifPresentOrElse(
                            other -> {
                                extra.remove(other);
                                found.add(
                                        new Difference(Kind.EFFECT_DIFFERENT, effect.words(names), other.words(names)));
                            },
                            () -> found.add(new Difference(Kind.EFFECT_MISSING, effect.words(names), NOTHING)));
        }
        extra.forEach(effect -> found.add(new Difference(Kind.EFFECT_EXTRA, NOTHING, effect.words(names))));
    }

    private static List<EffectForm> architectural(Behaviour behaviour) {
        return behaviour.effects().stream()
                .filter(effect -> effect.kind() != EffectKind.HYPERCALL && effect.kind() != EffectKind.EXCEPTION)
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
