package org.pvdiet.analyzer.diet;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.contract.Behaviour;
import org.pvdiet.analyzer.contract.EffectForm;
import org.pvdiet.analyzer.contract.Form;
import org.pvdiet.analyzer.contract.HookContract;
import org.pvdiet.analyzer.contract.Tally;
import org.pvdiet.analyzer.diet.seen.HookCalls;
import org.pvdiet.traces.EffectKind;

/**
 * {@code equivalent}: in every trace two hooks do the same, to entries of another level of the page table perhaps. They take
 * the same kinds of arguments, and what both did makes up nearly all calls of each.
 */
final class Equivalent implements Finding {
    static final String ID = "equivalent";

    /** The part of each hook's calls that the other's must be like. */
    private static final double NEARLY_ALL = 0.9;

    private static final int SOME = 3;

    /** P, R/W and U/S of a page-table entry. */
    private static final long ACCESS = 7;

    /** Fewer calls in all traces may be so by chance. */
    private static final int ENOUGH = 5;

    private static final Comparator<Subject> BUSIEST =
            Comparator.comparingLong(Subject::calls).thenComparing(Subject::name);

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        if (subject.calls() < ENOUGH || !doesSomething(subject)) {
            return List.of();
        }
        List<Subject> same = same(subject, hooks);
        if (same.isEmpty()) {
            return List.of();
        }
        Subject most = same.stream().max(BUSIEST).orElseThrow();
        boolean leads = BUSIEST.compare(subject, most) > 0;
        Subject last = leads ? most : last(most, hooks);
        String others = same.stream().map(Subject::name).collect(Collectors.joining(", "));
        return List.of(new Evidence(
                ID,
                leads ? Verdict.KEEP : Verdict.MERGE,
                String.format(
                        Locale.ROOT,
                        "%s %s %s what it does%s%s.%s%s%s",
                        where(subject, most),
                        others,
                        same.size() == 1 ? "does" : "do",
                        levels(subject).equals(levels(most)) ? "" : ", but for the level of the page table",
                        leads ? ", and can be merged into it" : "",
                        elsewhere(subject, most),
                        differences(subject, most),
                        last == most ? "" : " " + most.name() + " in turn does what " + last.name() + " does."),
                subject.calls() + same.stream().mapToLong(Subject::calls).sum(),
                subject.inputs(),
                witnesses(subject, most),
                leads ? "" : last.name()));
    }

    private static List<Subject> same(Subject subject, List<Subject> hooks) {
        return hooks.stream()
                .filter(other -> !other.name().equals(subject.name()) && equivalent(subject, other))
                .toList();
    }

    /** Where merging ends: a hook that is to be merged itself is no hook to merge with. */
    private static Subject last(Subject subject, List<Subject> hooks) {
        return same(subject, hooks).stream()
                .max(BUSIEST)
                .filter(other -> BUSIEST.compare(other, subject) > 0)
                .map(other -> last(other, hooks))
                .orElse(subject);
    }

    private static String where(Subject a, Subject b) {
        List<String> platforms = platforms(a, b, true);
        return platforms.size() == a.runs().size() ? "In all traces" : "On " + String.join(" and ", platforms);
    }

    private static String elsewhere(Subject a, Subject b) {
        List<String> platforms = platforms(a, b, false);
        return platforms.isEmpty()
                ? ""
                : String.format(
                        Locale.ROOT,
                        " On %s, where not both were called, %s leads to the same function.",
                        String.join(" and ", platforms),
                        b.name());
    }

    /** Where both were called, or else where not. */
    private static List<String> platforms(Subject a, Subject b, boolean called) {
        return IntStream.range(0, a.runs().size())
                .filter(i -> called
                        == (a.runs().get(i).contract().calls() > 0
                                && b.runs().get(i).contract().calls() > 0))
                .mapToObj(i -> a.runs().get(i).platform())
                .toList();
    }

    private static List<Evidence.Witness> witnesses(Subject a, Subject b) {
        List<Evidence.Witness> witnesses = new ArrayList<>(a.witnesses());
        witnesses.addAll(b.witnesses());
        return witnesses;
    }

    private static List<Integer> levels(Subject subject) {
        Prototype prototype = prototype(subject);
        List<Integer> levels = new ArrayList<>();
        levels.add(prototype.returns().level());
        prototype.parameters().forEach(parameter -> levels.add(parameter.type().level()));
        return levels;
    }

    private static Prototype prototype(Subject subject) {
        return subject.first().kernel().prototype(subject.first().hook().id());
    }

    /** An effect or a result in some calls of a trace: of what does nothing that was recorded, nothing is known. */
    private static boolean doesSomething(Subject subject) {
        return subject.runs().stream()
                .anyMatch(run -> run.contract()
                        .calls(Equivalent::doesSomething)
                        .filter(tally -> tally.calls() >= SOME)
                        .isPresent());
    }

    private static boolean doesSomething(Behaviour behaviour) {
        return !behaviour.withoutEffects() || behaviour.result().kind() != Form.Kind.NOTHING;
    }

    private static boolean equivalent(Subject a, Subject b) {
        if (b.calls() < ENOUGH
                || !doesSomething(b)
                || !isKnown(a)
                || !isKnown(b)
                || !takesTheSame(prototype(a), prototype(b))) {
            return false;
        }
        for (int i = 0; i < a.runs().size(); i++) {
            if (!alike(a.runs().get(i), b.runs().get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Of a hook without a prototype in BTF, arguments and results are not recorded. */
    private static boolean isKnown(Subject subject) {
        return !subject.first().hook().prototype().isEmpty();
    }

    private static boolean takesTheSame(Prototype a, Prototype b) {
        return kinds(a).equals(kinds(b)) && isConversionIn(a) == isConversionIn(b);
    }

    private static List<Prototype.Kind> kinds(Prototype prototype) {
        List<Prototype.Kind> kinds = new ArrayList<>();
        kinds.add(prototype.returns().kind());
        prototype.parameters().forEach(parameter -> kinds.add(parameter.type().kind()));
        return kinds;
    }

    /** Making an entry and taking its value translate frames in opposite ways. */
    private static boolean isConversionIn(Prototype prototype) {
        return prototype.returns().kind() == Prototype.Kind.ENTRY
                && !prototype.returns().text().endsWith("val_t");
    }

    private static boolean alike(Subject.Run a, Subject.Run b) {
        if (a.contract().calls() == 0 || b.contract().calls() == 0) {
            // What one never did on a platform says nothing, where the other does not work there either.
            return a.target().equals(b.target());
        }
        Set<HookCalls.AccessChange> first = a.calls().accessChanges().keySet();
        Set<HookCalls.AccessChange> second = b.calls().accessChanges().keySet();
        return shared(a.contract(), b.contract()) >= NEARLY_ALL
                && shared(b.contract(), a.contract()) >= NEARLY_ALL
                && (first.containsAll(second) || second.containsAll(first));
    }

    /** The part of a hook's calls that did what the other's did as well. */
    private static double shared(HookContract contract, HookContract other) {
        Set<Behaviour> known = new HashSet<>(behaviours(other).keySet());
        long like = behaviours(contract).entrySet().stream()
                .filter(entry -> known.contains(entry.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
        return (double) like / contract.calls();
    }

    /** Calls by what they did, whatever the level. */
    private static Map<Behaviour, Long> behaviours(HookContract contract) {
        Map<Behaviour, Long> calls = new HashMap<>();
        for (Map<Behaviour, Tally> map : contract.behaviours().values()) {
            map.forEach((behaviour, tally) -> calls.merge(withoutLevels(behaviour), tally.calls(), Long::sum));
        }
        return calls;
    }

    private static Behaviour withoutLevels(Behaviour behaviour) {
        return new Behaviour(
                behaviour.outcome(),
                behaviour.result(),
                behaviour.effects().stream()
                        .filter(effect -> !isAside(effect))
                        .map(effect -> effect.kind() == EffectKind.PAGE_TABLE_ENTRY ? withoutLevel(effect) : effect)
                        .distinct()
                        .toList());
    }

    private static EffectForm withoutLevel(EffectForm effect) {
        Form value = effect.value();
        return new EffectForm(
                effect.kind(),
                0,
                effect.where(),
                new Form(value.kind(), value.number(), value.set() & ACCESS, value.cleared() & ACCESS),
                effect.outcome());
    }

    /** A change of an entry that leaves what may be done with the page as it was. */
    private static boolean isAside(EffectForm effect) {
        return effect.kind() == EffectKind.PAGE_TABLE_ENTRY
                && effect.value().kind() == Form.Kind.OLD_VALUE
                && ((effect.value().set() | effect.value().cleared()) & ACCESS) == 0;
    }

    private static String differences(Subject subject, Subject other) {
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < subject.runs().size(); i++) {
            Subject.Run run = subject.runs().get(i);
            long unlike = run.contract().calls() == 0
                    ? 0
                    : Math.round((1 - shared(run.contract(), other.runs().get(i).contract()))
                            * run.contract().calls());
            if (unlike > 0) {
                words.append(String.format(
                        Locale.ROOT,
                        " On %s %s did what %s did not.",
                        run.platform(),
                        Count.calls(unlike),
                        other.name()));
            }
        }
        return words.toString();
    }
}
