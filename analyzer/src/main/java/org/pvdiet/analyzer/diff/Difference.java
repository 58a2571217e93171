package org.pvdiet.analyzer.diff;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pvdiet.analyzer.contract.Behaviour;
import org.pvdiet.analyzer.contract.EffectForm;
import org.pvdiet.analyzer.contract.Form;
import org.pvdiet.analyzer.contract.Names;
import org.pvdiet.analyzer.diff.CpuidAnswers.Reply;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;

/**
 * One thing that two calls which were given the same did differently.
 *
 * @param kind in what they differ
 * @param first what the first run's call did, in words
 * @param second what the second run's call did
 * @param cause what explains it, as far as the two calls tell
 * @param effect of a difference in effects, the first run's, or the second's where the first has none
 */
record Difference(Kind kind, String first, String second, Optional<Cause> cause, Optional<EffectForm> effect) {
    /** What a call did that asked no platform for anything. */
    static final String DIRECTLY = "no hypercall or trap";

    private static final String NOTHING = "nothing";
    private static final String TRANSLATED = ", with the frame number translated";

    /**
     * An effect, in the call or later.
     *
     * @param until the hook until which it was put off; empty if it was not
     */
    private record Happening(EffectForm effect, Optional<String> until) {
        String words(Names names) {
            return effect.words(names)
                    + until.map(hook -> ", put off until " + hook).orElse("");
        }
    }

    private Difference(Kind kind, String first, String second) {
        this(kind, first, second, Optional.empty(), Optional.empty());
    }

    private Difference(Kind kind, String first, String second, EffectForm effect) {
        this(kind, first, second, Optional.empty(), Optional.of(effect));
    }

    /** What a deed shows of what this difference is about: deeds that show the same do not differ in it. */
    Object shownBy(Deed deed) {
        Behaviour behaviour = deed.behaviour();
        return switch (kind) {
            case RESULT -> behaviour.result();
            case OUTCOME -> behaviour.outcome();
            case FAULT ->
                behaviour.effects().stream()
                        .filter(one -> one.kind() == EffectKind.EXCEPTION)
                        .toList();
            case EFFECT_MISSING, EFFECT_EXTRA, EFFECT_DIFFERENT ->
                isOfCpuid()
                        ? deed.replies()
                        : happenings(deed).stream()
                                .map(Happening::effect)
                                .filter(one -> effect.isPresent() && one.samePlace(effect.get()))
                                .map(one -> List.of(one.value(), one.isDone()))
                                .toList();
            case MECHANISM, PRECONDITION, CLOBBER, TARGET, COST -> deed;
        };
    }

    /** All that two calls differ in. */
    static List<Difference> between(Deed a, Deed b, Names names) {
        List<Difference> found = new ArrayList<>();
        Behaviour first = a.behaviour();
        Behaviour second = b.behaviour();
        if (first.outcome() != second.outcome()) {
            found.add(new Difference(Kind.OUTCOME, word(first.outcome()), word(second.outcome())));
        }
        if (!mayBeEqual(first.result(), second.result())) {
            found.add(new Difference(
                    Kind.RESULT,
                    "returns " + first.result().words(names),
                    "returns " + second.result().words(names)));
        }
        texts(found, Kind.FAULT, faults(first, names), faults(second, names));
        texts(found, Kind.MECHANISM, mechanism(first, second, names), mechanism(second, first, names));
        effects(found, a, b, names);
        replies(found, a, b);
        if (a.translated() != b.translated()
                && found.stream().noneMatch(difference -> difference.kind().isContract())) {
            found.add(translation(a, b, names));
        }
        return found;
    }

    /** Whether only one of the two flushed the TLB. */
    boolean isFlush() {
        return (kind == Kind.EFFECT_MISSING || kind == Kind.EFFECT_EXTRA)
                && effect.filter(one -> one.kind() == EffectKind.TLB_FLUSH || one.kind() == EffectKind.TLB_PAGE)
                        .isPresent();
    }

    /** The same, which this explains. */
    Difference because(Cause explanation) {
        return new Difference(kind, first, second, Optional.of(explanation), effect);
    }

    /** Whether it is about what CPUID answered. */
    boolean isOfCpuid() {
        return kind == Kind.EFFECT_DIFFERENT && effect.isEmpty() && cause.isEmpty();
    }

    /** What CPUID answered to the same question. */
    private static void replies(List<Difference> found, Deed a, Deed b) {
        for (Reply reply : a.replies()) {
            b.replies().stream()
                    .filter(other -> other.question().equals(reply.question())
                            && !other.registers().equals(reply.registers()))
                    .findFirst()
                    .ifPresent(other ->
                            found.add(new Difference(Kind.EFFECT_DIFFERENT, words(reply, other), words(other, reply))));
        }
    }

    /** The registers in which a reply is not the other. */
    private static String words(Reply reply, Reply other) {
        return "CPUID answers leaf 0x" + Long.toHexString(reply.question().leaf()) + " with "
                + CpuidRegister.of(reply.question()).stream()
                        .filter(register -> !register.in(reply).equals(register.in(other)))
                        .map(register -> register.words(register.in(reply), register.in(other)))
                        .collect(Collectors.joining(", "));
    }

    private static Difference translation(Deed a, Deed b, Names names) {
        boolean result = !a.behaviour().result().equals(Form.NOTHING);
        String words = result
                ? "returns " + a.behaviour().result().words(names)
                : a.behaviour().effects().stream()
                        .filter(effect -> effect.value().kind() == Form.Kind.ARGUMENT)
                        .findFirst()
                        .map(effect -> effect.words(names))
                        .orElse("the frame of its argument");
        return new Difference(
                result ? Kind.RESULT : Kind.EFFECT_DIFFERENT,
                a.translated() ? words + TRANSLATED : words,
                b.translated() ? words + TRANSLATED : words,
                Optional.of(Cause.FRAME_TRANSLATION),
                Optional.empty());
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
        return words.isEmpty() ? DIRECTLY : words;
    }

    private static boolean has(Behaviour behaviour, EffectForm effect) {
        return behaviour.effects().stream().anyMatch(effect::sameChange);
    }

    private static void effects(List<Difference> found, Deed a, Deed b, Names names) {
        List<Happening> missing = happenings(a);
        List<Happening> extra = happenings(b);
        for (Happening one : List.copyOf(missing)) {
            Optional<Happening> same = extra.stream()
                    .filter(other -> other.effect().sameChange(one.effect()))
                    .findFirst();
            if (same.isPresent()) {
                missing.remove(one);
                extra.remove(same.get());
                late(found, one, same.get(), names);
            }
        }
        missing.removeIf(one -> isRewritten(found, Kind.EFFECT_MISSING, one, b, names));
        extra.removeIf(one -> isRewritten(found, Kind.EFFECT_EXTRA, one, a, names));
        for (Happening one : missing) {
            Optional<Happening> changed = extra.stream()
                    .filter(other -> other.effect().samePlace(one.effect()))
                    .findFirst();
            changed.ifPresent(extra::remove);
            found.add(
                    changed.isPresent()
                            ? new Difference(
                                    Kind.EFFECT_DIFFERENT,
                                    one.words(names),
                                    changed.get().words(names),
                                    one.effect())
                            : new Difference(Kind.EFFECT_MISSING, one.words(names), instead(b, names), one.effect()));
        }
        extra.forEach(
                one -> found.add(new Difference(Kind.EFFECT_EXTRA, instead(a, names), one.words(names), one.effect())));
    }

    /** The other call wrote the same, but it was so already. */
    private static boolean isRewritten(List<Difference> found, Kind kind, Happening one, Deed other, Names names) {
        boolean rewritten = other.rewritten().stream().anyMatch(one.effect()::sameChange);
        if (rewritten) {
            String did = one.words(names);
            String wrote = one.effect().words(names) + ", which it was already";
            found.add(new Difference(
                    kind,
                    kind == Kind.EFFECT_MISSING ? did : wrote,
                    kind == Kind.EFFECT_MISSING ? wrote : did,
                    Optional.of(Cause.ALREADY_SO),
                    Optional.of(one.effect())));
        }
        return rewritten;
    }

    /** The same was done, by one run in the call and for the other later. */
    private static void late(List<Difference> found, Happening first, Happening second, Names names) {
        if (first.until().isPresent() != second.until().isPresent()) {
            found.add(new Difference(
                    first.until().isPresent() ? Kind.EFFECT_EXTRA : Kind.EFFECT_MISSING,
                    first.words(names),
                    second.words(names),
                    Optional.of(Cause.LAZY_MODE),
                    Optional.of(first.effect())));
        }
    }

    /** What a call without an effect did: it may have asked a hypervisor to see to it in its own way. */
    private static String instead(Deed deed, Names names) {
        String hypercalls = deed.behaviour().effects().stream()
                .filter(effect -> effect.kind() == EffectKind.HYPERCALL)
                .map(effect -> effect.words(names))
                .distinct()
                .collect(Collectors.joining(", "));
        return hypercalls.isEmpty() ? NOTHING : NOTHING + " but " + hypercalls;
    }

    private static List<Happening> happenings(Deed deed) {
        List<Happening> happenings = new ArrayList<>();
        deed.behaviour().effects().stream()
                .filter(effect -> effect.kind() != EffectKind.HYPERCALL && effect.kind() != EffectKind.EXCEPTION)
                .forEach(effect -> happenings.add(new Happening(effect, Optional.empty())));
        deed.putOff().forEach(late -> happenings.add(new Happening(late.effect(), Optional.of(late.until()))));
        return happenings;
    }

    /**
     * What calls did, in words, by the kind of difference that another word would be.
     *
     * @return in the order of {@link Kind}
     */
    static SortedMap<Kind, Set<String>> words(Deed deed, Names names) {
        SortedMap<Kind, Set<String>> words = new TreeMap<>();
        Behaviour behaviour = deed.behaviour();
        words.put(Kind.OUTCOME, Set.of(word(behaviour.outcome())));
        if (!behaviour.result().equals(Form.NOTHING)) {
            words.put(Kind.RESULT, Set.of("returns " + behaviour.result().words(names)));
        }
        words.put(Kind.FAULT, Set.of(faults(behaviour, names)));
        words.put(Kind.MECHANISM, Set.of(mechanism(behaviour, behaviour, names)));
        words.put(Kind.EFFECT_DIFFERENT, effects(deed, names, UnaryOperator.identity()));
        return words;
    }

    /** The effects of calls in words, each in the form that {@code seen} makes of it. */
    static Set<String> effects(Deed deed, Names names, UnaryOperator<EffectForm> seen) {
        // What it was asked to write was written, also if it was so already.
        Stream<EffectForm> rewritten = deed.rewritten().stream()
                .filter(effect ->
                        effect.kind() == EffectKind.DESCRIPTOR || effect.where().kind() == Form.Kind.POINTED_TO);
        Set<String> effects = Stream.concat(happenings(deed).stream().map(Happening::effect), rewritten)
                .map(seen)
                .map(effect -> effect.words(names))
                .collect(Collectors.toSet());
        return effects.isEmpty() ? Set.of("no effect") : effects;
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
