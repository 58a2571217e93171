package org.pvdiet.analyzer.diff;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.contract.ContractReport.HookStatements;
import org.pvdiet.analyzer.contract.EffectForm;
import org.pvdiet.analyzer.contract.HookContract;
import org.pvdiet.analyzer.contract.Names;
import org.pvdiet.analyzer.contract.Precondition;
import org.pvdiet.analyzer.contract.Tally;
import org.pvdiet.analyzer.diff.DiffReport.Both;
import org.pvdiet.analyzer.diff.DiffReport.ContractDifference;
import org.pvdiet.analyzer.diff.VersionReport.ContractChange;
import org.pvdiet.analyzer.diff.VersionReport.HookVersions;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.TraceInfo;

/**
 * Compares traces of two kernels by the names of their hooks. Inputs and what calls did are compared in words: addresses
 * mean nothing from one kernel to the next, names of symbols do.
 */
public final class Versions {
    static final String ADDED = "added";
    static final String REMOVED = "removed";
    static final String CHANGED = "changed";
    static final String SAME = "same";
    private static final String PROTOTYPE = "prototype";
    private static final DiffReport.Cost NO_COST = new DiffReport.Cost(0, 0, 0);

    /** What the calls that were given one input did. */
    private static final class Deeds {
        final SortedMap<Kind, Set<String>> words = new TreeMap<>();
        /** Effects without bits that both kernels always leave alike: how those change is a matter of what was there. */
        final Set<String> effects = new TreeSet<>();

        Optional<Tally> calls = Optional.empty();

        void add(Deed deed, Names names, UnaryOperator<EffectForm> seen, Tally tally) {
            effects.addAll(Difference.effects(deed, names, seen));
            Difference.words(deed, names)
                    .forEach((kind, word) ->
                            words.computeIfAbsent(kind, key -> new TreeSet<>()).addAll(word));
            calls = Optional.of(calls.map(known -> known.plus(tally)).orElse(tally));
        }
    }

    /** Types of result and parameters, by which callers see a change; empty where the prototype is not known. */
    private record Signature(List<String> types) {
        private static final Map<String, String> ALIASES = Map.of(
                "u8", "unsigned char",
                "u16", "unsigned short",
                "u32", "unsigned int",
                "u64", "unsigned long long",
                "s64", "long long",
                "_Bool", "bool");

        static Signature of(Hook hook) {
            if (hook.prototype().isEmpty()) {
                return new Signature(List.of());
            }
            Prototype prototype = Prototype.of(hook.prototype());
            List<String> types = new ArrayList<>();
            types.add(canonical(prototype.returns().text()));
            prototype
                    .parameters()
                    .forEach(parameter -> types.add(canonical(parameter.type().text())));
            return new Signature(types);
        }

        private static String canonical(String type) {
            return ALIASES.getOrDefault(type, type);
        }

        boolean isKnown() {
            return !types.isEmpty();
        }
    }

    private final TraceLog first;
    private final TraceLog second;

    private Versions(TraceLog first, TraceLog second) {
        this.first = first;
        this.second = second;
    }

    /** Compares two traces of different kernels. */
    public static VersionReport of(TraceLog first, TraceLog second) {
        Versions versions = new Versions(first, second);
        Map<String, Hook> before = byName(first);
        Map<String, Hook> after = byName(second);
        Set<String> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        List<HookVersions> hooks = names.parallelStream()
                .map(name -> versions.hook(
                        name, Optional.ofNullable(before.get(name)), Optional.ofNullable(after.get(name))))
                .toList();
        return new VersionReport(
                first.run(),
                second.run(),
                new Both<>(kernel(first), kernel(second)),
                new VersionReport.Summary(
                        count(hooks, ADDED), count(hooks, REMOVED), count(hooks, CHANGED), count(hooks, SAME)),
                hooks);
    }

    private static int count(List<HookVersions> hooks, String change) {
        return (int) hooks.stream().filter(hook -> hook.change().equals(change)).count();
    }

    private static Map<String, Hook> byName(TraceLog log) {
        return log.kernel().hooks().stream().collect(Collectors.toMap(Hook::fullName, Function.identity()));
    }

    private static VersionReport.Kernel kernel(TraceLog log) {
        TraceInfo.Image image = log.info().image();
        return new VersionReport.Kernel(image.banner(), image.buildId().orElse(""));
    }

    private HookVersions hook(String name, Optional<Hook> before, Optional<Hook> after) {
        // A parameter may have got another name; then that is its name in both.
        Names names = after.map(hook -> names(second, hook))
                .or(() -> before.map(hook -> names(first, hook)))
                .orElseThrow();
        Map<Act, Tally> firstActs = before.map(hook -> first.tally(hook.id())).orElse(Map.of());
        Map<Act, Tally> secondActs = after.map(hook -> second.tally(hook.id())).orElse(Map.of());
        UnaryOperator<EffectForm> seen =
                before.isPresent() && after.isPresent() ? seen(before.get(), after.get()) : UnaryOperator.identity();
        Map<String, Deeds> inFirst = deeds(first, firstActs, names, seen);
        Map<String, Deeds> inSecond = deeds(second, secondActs, names, seen);
        List<ContractChange> changes = new ArrayList<>();
        List<ContractDifference> contracts = List.of();
        int compared = 0;
        if (before.isPresent() && after.isPresent()) {
            Signature was = Signature.of(before.get());
            Signature is = Signature.of(after.get());
            if (!was.equals(is)) {
                changes.add(overall(
                        PROTOTYPE,
                        was.isKnown() && is.isKnown(),
                        words(before.get()),
                        words(after.get()),
                        inFirst,
                        inSecond));
            }
            for (Map.Entry<String, Deeds> entry : inFirst.entrySet()) {
                Deeds other = inSecond.get(entry.getKey());
                // Of a hook without a prototype, neither arguments nor results are recorded.
                if (other != null && was.isKnown() == is.isKnown()) {
                    compared++;
                    compare(entry.getKey(), entry.getValue(), other, changes);
                }
            }
            if (was.equals(is)) {
                changes.addAll(widened(before.get(), firstActs, after.get(), secondActs));
                changes.addAll(narrowed(before.get(), firstActs, after.get(), secondActs));
            }
            if (was.isKnown() == is.isKnown()) {
                contracts = contracts(before.get(), after.get(), compared, changes);
            }
            String target = Targets.of(before.get(), first);
            String newTarget = Targets.of(after.get(), second);
            if (!target.equals(newTarget)) {
                changes.add(overall(Kind.TARGET.word(), false, target, newTarget, inFirst, inSecond));
            }
        }
        Both<DiffReport.Cost> cost = new Both<>(
                before.map(hook -> Costs.of(contract(first, hook))).orElse(NO_COST),
                after.map(hook -> Costs.of(contract(second, hook))).orElse(NO_COST));
        if (compared > 0 && Costs.differ(cost.first(), cost.second())) {
            changes.add(overall(
                    Kind.COST.word(), false, Costs.words(cost.first()), Costs.words(cost.second()), inFirst, inSecond));
        }
        return new HookVersions(
                name,
                before.isEmpty()
                        ? ADDED
                        : after.isEmpty()
                                ? REMOVED
                                : changes.stream().anyMatch(ContractChange::contract) ? CHANGED : SAME,
                new Both<>(
                        before.map(Hook::prototype).orElse(""),
                        after.map(Hook::prototype).orElse("")),
                new Both<>(
                        before.map(hook -> Targets.of(hook, first)).orElse(""),
                        after.map(hook -> Targets.of(hook, second)).orElse("")),
                new Both<>(sites(first, before), sites(second, after)),
                new Both<>(
                        before.map(hook -> contract(first, hook).sites()).orElse(0),
                        after.map(hook -> contract(second, hook).sites()).orElse(0)),
                new Both<>(
                        before.map(hook -> contract(first, hook).calls()).orElse(0L),
                        after.map(hook -> contract(second, hook).calls()).orElse(0L)),
                cost,
                contracts,
                changes,
                new Both<>(inFirst.size() - compared, inSecond.size() - compared),
                compared);
    }

    /**
     * A change of an entry as far as it is the hook's doing: of bits that both kernels always leave set, or clear, it depends on
     * what was there whether they change.
     */
    private UnaryOperator<EffectForm> seen(Hook before, Hook after) {
        return effect -> effect.isChangeElsewhere()
                ? effect.without(first.contractSummary()
                        .entriesElsewhere(before.id(), effect.detail())
                        .and(second.contractSummary().entriesElsewhere(after.id(), effect.detail())))
                : effect;
    }

    /** What the contracts differ in, with the second kernel's names of parameters in both. */
    private List<ContractDifference> contracts(Hook before, Hook after, int compared, List<ContractChange> changes) {
        HookStatements was = first.statements(before.id());
        UnaryOperator<String> renaming = renaming(names(first, before).arguments(), names(second, after));
        HookStatements renamed = new HookStatements(
                was.hook(),
                was.prototype(),
                was.target(),
                was.targetBefore(),
                was.calls(),
                was.statements().stream()
                        .map(statement -> statement.as(renaming))
                        .toList());
        Set<String> shown = changes.stream().map(ContractChange::kind).collect(Collectors.toSet());
        return ContractComparison.of(
                renamed,
                second.statements(after.id()),
                aspect -> ContractComparison.saidByCalls(aspect, compared, shown, kinds -> Optional.empty()));
    }

    /** Gives all parameters their new names at once: two may have taken each other's. */
    private static UnaryOperator<String> renaming(List<String> names, Names newNames) {
        if (names.isEmpty()) {
            return UnaryOperator.identity();
        }
        Pattern any =
                Pattern.compile(names.stream().map(Pattern::quote).collect(Collectors.joining("|", "\\b(?:", ")\\b")));
        return words -> any.matcher(words)
                .replaceAll(name -> Matcher.quoteReplacement(newNames.argument(names.indexOf(name.group()))));
    }

    private static Names names(TraceLog log, Hook hook) {
        return Names.of(log.kernel(), hook.id());
    }

    private static String words(Hook hook) {
        return hook.prototype().isEmpty() ? "not in the kernel's BTF" : hook.prototype();
    }

    private static HookContract contract(TraceLog log, Hook hook) {
        return log.contracts().hook(hook.id());
    }

    private static int sites(TraceLog log, Optional<Hook> hook) {
        return (int) log.kernel().sites().stream()
                .filter(site -> hook.isPresent() && site.hook() == hook.get().id())
                .count();
    }

    /** What calls did, by what they were given, in words. */
    private static Map<String, Deeds> deeds(
            TraceLog log, Map<Act, Tally> acts, Names arguments, UnaryOperator<EffectForm> seen) {
        Names names = new Names(arguments.arguments(), log.kernel().symbols());
        Map<String, Deeds> whole = new TreeMap<>();
        Map<String, Deeds> interrupted = new TreeMap<>();
        acts.forEach((act, calls) -> (act.setting().interrupted() ? interrupted : whole)
                .computeIfAbsent(given(act, names), key -> new Deeds())
                .add(act.deed(), names, seen, calls));
        // What an interrupted call did is known until then only: no matter where others were given the same.
        interrupted.forEach(whole::putIfAbsent);
        return whole;
    }

    /** What a call was given, in words. The leaf that CPUID is asked for is in memory, where its pointers lead. */
    private static String given(Act act, Names names) {
        return Stream.concat(
                        Stream.of(act.input().words(names)),
                        act.deed().replies().stream()
                                .map(reply -> "leaf 0x"
                                        + Long.toHexString(reply.question().leaf())))
                .filter(words -> !words.isEmpty())
                .collect(Collectors.joining(", "));
    }

    /** What held before every call and no longer does: the kernel asks more of the platform. */
    private List<ContractChange> widened(
            Hook before, Map<Act, Tally> firstActs, Hook after, Map<Act, Tally> secondActs) {
        return Preconditions.held(first, before.id(), firstActs.keySet()).stream()
                .flatMap(held -> second.contractSummary().violation(held, after.id()).stream()
                        .map(one -> new ContractChange(
                                Kind.PRECONDITION.word(),
                                Kind.PRECONDITION.isContract(),
                                "",
                                List.of(held.claim()),
                                List.of(one.words()),
                                new Both<>(contract(first, before).calls(), one.calls()),
                                new Both<>(contract(first, before).witness(), violating(held, secondActs)))))
                .toList();
    }

    /** What did not hold before every call and now does: no platform has to do anything for that. */
    private List<ContractChange> narrowed(
            Hook before, Map<Act, Tally> firstActs, Hook after, Map<Act, Tally> secondActs) {
        return Preconditions.held(second, after.id(), secondActs.keySet()).stream()
                .flatMap(held -> first.contractSummary().violation(held, before.id()).stream()
                        .map(one -> new ContractChange(
                                Kind.PRECONDITION.word(),
                                false,
                                "",
                                List.of(one.words()),
                                List.of(held.claim()),
                                new Both<>(one.calls(), contract(second, after).calls()),
                                new Both<>(
                                        violating(held, firstActs),
                                        contract(second, after).witness()))))
                .toList();
    }

    /** The first call before which it was not so. */
    private static long violating(Precondition precondition, Map<Act, Tally> acts) {
        return acts.entrySet().stream()
                .filter(entry -> !Preconditions.holds(precondition, entry.getKey()))
                .mapToLong(entry -> entry.getValue().witness())
                .min()
                .orElse(-1);
    }

    private static void compare(String input, Deeds a, Deeds b, List<ContractChange> changes) {
        Set<Kind> kinds = new TreeSet<>(a.words.keySet());
        kinds.addAll(b.words.keySet());
        for (Kind kind : kinds) {
            Set<String> before = a.words.getOrDefault(kind, Set.of());
            Set<String> after = b.words.getOrDefault(kind, Set.of());
            boolean alike = kind == Kind.EFFECT_DIFFERENT ? a.effects.equals(b.effects) : before.equals(after);
            if (!alike) {
                changes.add(new ContractChange(
                        kind.word(),
                        kind.isContract(),
                        input,
                        List.copyOf(before),
                        List.copyOf(after),
                        new Both<>(calls(a), calls(b)),
                        new Both<>(witness(a), witness(b))));
            }
        }
    }

    private static ContractChange overall(
            String kind,
            boolean contract,
            String before,
            String after,
            Map<String, Deeds> inFirst,
            Map<String, Deeds> inSecond) {
        return new ContractChange(
                kind,
                contract,
                "",
                List.of(before),
                List.of(after),
                new Both<>(
                        inFirst.values().stream().mapToLong(Versions::calls).sum(),
                        inSecond.values().stream().mapToLong(Versions::calls).sum()),
                new Both<>(
                        inFirst.values().stream()
                                .mapToLong(Versions::witness)
                                .min()
                                .orElse(-1),
                        inSecond.values().stream()
                                .mapToLong(Versions::witness)
                                .min()
                                .orElse(-1)));
    }

    private static long calls(Deeds deeds) {
        return deeds.calls.map(Tally::calls).orElse(0L);
    }

    private static long witness(Deeds deeds) {
        return deeds.calls.map(Tally::witness).orElse(-1L);
    }
}
