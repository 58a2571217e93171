package org.pvdiet.analyzer.diff;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pvdiet.analyzer.contract.Aspect;
import org.pvdiet.analyzer.contract.HookContract;
import org.pvdiet.analyzer.contract.Names;
import org.pvdiet.analyzer.contract.Statement;
import org.pvdiet.analyzer.contract.Tally;
import org.pvdiet.analyzer.diff.DiffReport.Both;
import org.pvdiet.analyzer.diff.DiffReport.ContractDifference;
import org.pvdiet.analyzer.diff.DiffReport.Cost;
import org.pvdiet.analyzer.diff.DiffReport.Divergence;
import org.pvdiet.analyzer.diff.DiffReport.Explanation;
import org.pvdiet.analyzer.diff.DiffReport.HookDiff;
import org.pvdiet.analyzer.diff.DiffReport.SiteDiff;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.Site;

/** Compares the calls of one hook. */
final class HookComparison {

    /** Pairs in which one input led to these deeds in these settings. */
    record Case(int input, int first, int second, Setting firstSetting, Setting secondSetting) {}

    /** A difference, and the pairs that show it. */
    private static final class Found {
        final Difference difference;
        final Map<Case, Long> cases = new LinkedHashMap<>();
        final BitSet sites = new BitSet();
        long calls;
        int input;
        Both<Long> witness = new Both<>(Long.MAX_VALUE, Long.MAX_VALUE);

        Found(Difference difference) {
            this.difference = difference;
        }
    }

    /** Pairs of one case at one site. */
    private record SiteCase(int site, Case which) {}

    private record Key(int input, int first, int second) {}

    /**
     * What two calls differ in.
     *
     * @param differences those that are not found among the calls of either run
     * @param varies whether there were others, and of the rest callers cannot tell
     */
    private record Pair(List<Difference> differences, boolean varies) {}

    private final Pairing pairing;
    private final Hook firstHook;
    private final Hook secondHook;
    private final Names names;
    private final Observed observed;
    private final Map<Difference, Found> found = new LinkedHashMap<>();
    private final Map<Key, Pair> comparisons = new HashMap<>();
    private final Map<SiteCase, Long> cases = new HashMap<>();
    private long compared;
    private long outOfOrder;
    private long varying;

    private HookComparison(Pairing pairing, Hook firstHook, Hook secondHook, List<SitePairs> sites) {
        this.pairing = pairing;
        this.firstHook = firstHook;
        this.secondHook = secondHook;
        this.names = Names.of(pairing.first().log().kernel(), firstHook.id());
        this.observed = new Observed(pairing, sites);
    }

    /** Compares the calls that two runs made at a hook's sites. */
    static HookDiff of(Pairing pairing, Hook firstHook, Hook secondHook, List<SitePairs> sites) {
        HookComparison comparison = new HookComparison(pairing, firstHook, secondHook, sites);
        sites.forEach(comparison::compare);
        return comparison.result(sites);
    }

    private void compare(SitePairs pairs) {
        compared += pairs.paired();
        outOfOrder += pairs.outOfOrder();
        pairs.pairs().forEach(alike -> compare(pairs.site(), alike));
    }

    private void compare(Site site, SitePairs.Pairs pairs) {
        int a = pairs.first();
        int b = pairs.second();
        int x = pairing.first().deed(a);
        int y = pairing.second().deed(b);
        if (x == y) {
            return;
        }
        int input = pairing.first().input(a);
        Pair pair = pair(input, x, y);
        if (pair.varies()) {
            varying += pairs.calls();
        }
        Case which = new Case(
                input, x, y, pairing.first().setting(a), pairing.second().setting(b));
        cases.merge(new SiteCase(site.id(), which), pairs.calls(), Long::sum);
        for (Difference difference : pair.differences()) {
            Found known = found.computeIfAbsent(difference, Found::new);
            known.calls += pairs.calls();
            known.sites.set(site.id());
            known.cases.merge(which, pairs.calls(), Long::sum);
            if (pairs.witness().first() < known.witness.first()) {
                known.witness = pairs.witness();
                known.input = input;
            }
        }
    }

    /** That one flushes which need not explains itself; it is the native run that says which need, else the first. */
    private Difference explained(Difference difference) {
        boolean firstIsSpare = !isNative(pairing.first()) && isNative(pairing.second());
        Kind spare = firstIsSpare ? Kind.EFFECT_MISSING : Kind.EFFECT_EXTRA;
        return difference.isFlush()
                        && difference.kind() == spare
                        && difference.cause().isEmpty()
                ? difference.because(Cause.SPARE_FLUSH)
                : difference;
    }

    private static boolean isNative(Pairing.Side side) {
        return side.log().info().platform().equals("native");
    }

    /** What calls that were given this and did these differ in. */
    private Pair pair(int input, int x, int y) {
        return comparisons.computeIfAbsent(new Key(input, x, y), key -> {
            List<Difference> all = Difference.between(pairing.deed(x), pairing.deed(y), names).stream()
                    .map(this::explained)
                    .toList();
            List<Difference> platforms = all.stream()
                    .filter(difference -> !varies(difference, input, x, y))
                    .toList();
            boolean varies = platforms.size() < all.size()
                    && platforms.stream()
                            .noneMatch(difference -> difference.kind().isContract());
            return new Pair(platforms, varies);
        });
    }

    /** Whether each run did both on this input: then it depends on something else than the platform. */
    private boolean varies(Difference difference, int input, int x, int y) {
        if (difference.cause().isPresent()) {
            return false;
        }
        Object byFirst = difference.shownBy(pairing.deed(x));
        Object bySecond = difference.shownBy(pairing.deed(y));
        return observed.second().on(input).stream()
                        .anyMatch(one ->
                                difference.shownBy(pairing.deed(one.deed())).equals(byFirst))
                && observed.first().on(input).stream()
                        .anyMatch(one ->
                                difference.shownBy(pairing.deed(one.deed())).equals(bySecond));
    }

    private HookDiff result(List<SitePairs> sitePairs) {
        HookContract a = pairing.first().log().contracts().hook(firstHook.id());
        HookContract b = pairing.second().log().contracts().hook(secondHook.id());
        List<Divergence> divergences = new ArrayList<>();
        List<Divergence> explained = new ArrayList<>();
        Set<Difference> unexplained = new HashSet<>();
        found.values().stream()
                .sorted(Comparator.comparing((Found f) -> f.difference.kind()).thenComparingLong(f -> -f.calls))
                .forEach(f -> {
                    Divergence divergence = divergence(f);
                    (divergence.explainedBy() == null ? divergences : explained).add(divergence);
                    if (divergence.contract()) {
                        unexplained.add(f.difference);
                    }
                });
        new Preconditions(pairing, firstHook, secondHook, new Uses(sitePairs))
                .divergences()
                .forEach(one -> (one.explainedBy() == null ? divergences : explained).add(one));
        Both<Cost> cost = new Both<>(Costs.of(a), Costs.of(b));
        Both<Cost> comparedCost = new Both<>(
                Costs.of(effort(sitePairs, Both::first), compared),
                Costs.of(effort(sitePairs, Both::second), compared));
        List<ContractDifference> contracts = contracts(divergences, explained, comparedCost);
        clobbers(contracts, divergences);
        Both<String> target = new Both<>(
                Targets.of(firstHook, pairing.first().log()),
                Targets.of(secondHook, pairing.second().log()));
        overall(a, b, target, comparedCost, divergences);
        Map<Integer, Long> differentAt = different(unexplained);
        List<SiteDiff> sites = sitePairs.stream()
                .map(site -> site(site, differentAt.getOrDefault(site.site().id(), 0L)))
                .toList();
        return new HookDiff(
                firstHook.fullName(),
                firstHook.prototype(),
                target,
                new Both<>(a.calls(), b.calls()),
                new Both<>(a.sites(), b.sites()),
                cost,
                compared,
                sites.stream().mapToLong(SiteDiff::different).sum(),
                a.calls() - compared,
                b.calls() - compared,
                varying,
                divergences,
                sites,
                outOfOrder,
                explained,
                contracts,
                comparedCost);
    }

    private static Effort effort(List<SitePairs> sites, Function<Both<Effort>, Effort> run) {
        return sites.stream().map(site -> run.apply(site.effort())).reduce(Effort.NONE, Effort::plus);
    }

    private List<ContractDifference> contracts(
            List<Divergence> divergences, List<Divergence> explained, Both<Cost> cost) {
        // A trap that is not for an effect shows in what the calls cost.
        boolean traps = cost.first().traps() != cost.second().traps();
        Set<String> shown = divergences.stream().map(Divergence::kind).collect(Collectors.toSet());
        return ContractComparison.of(
                pairing.first().log().statements(firstHook.id()),
                pairing.second().log().statements(secondHook.id()),
                aspect -> aspect == Aspect.TRAP && traps
                        ? ContractComparison.SHOWN
                        : ContractComparison.saidByCalls(
                                aspect,
                                compared,
                                shown,
                                kinds -> explained.stream()
                                        .filter(one -> kinds.contains(one.kind()))
                                        .max(Comparator.comparingLong(Divergence::calls))
                                        .map(one -> one.explainedBy().cause())));
    }

    /** Registers are no part of what is compared call by call: there, the contracts say it all. */
    private void clobbers(List<ContractDifference> contracts, List<Divergence> divergences) {
        for (ContractDifference difference : contracts) {
            List<Statement> first = ContractComparison.breaches(difference.first());
            List<Statement> second = ContractComparison.breaches(difference.second());
            if (!first.isEmpty() || !second.isEmpty()) {
                divergences.add(overall(
                        Kind.CLOBBER,
                        Stream.concat(first.stream(), second.stream())
                                .mapToLong(Statement::calls)
                                .max()
                                .orElse(0),
                        0,
                        words(difference.first()),
                        words(difference.second()),
                        new Both<>(witness(difference.first()), witness(difference.second()))));
            }
        }
    }

    private static String words(List<Statement> statements) {
        return statements.isEmpty()
                ? "does so as well"
                : statements.stream().map(Statement::sentence).collect(Collectors.joining("; "));
    }

    private static long witness(List<Statement> statements) {
        return statements.isEmpty() ? -1 : statements.get(0).witness();
    }

    /** Pairs of each site that show a difference of which callers can tell. */
    private Map<Integer, Long> different(Set<Difference> unexplained) {
        Map<Integer, Long> different = new HashMap<>();
        cases.forEach((at, calls) -> {
            Case which = at.which();
            if (pair(which.input(), which.first(), which.second()).differences().stream()
                    .anyMatch(unexplained::contains)) {
                different.merge(at.site(), calls, Long::sum);
            }
        });
        return different;
    }

    private SiteDiff site(SitePairs pairs, long different) {
        long first = SitePairs.calls(pairs.first());
        long second = SitePairs.calls(pairs.second());
        long compared = pairs.paired();
        return new SiteDiff(
                "0x" + Long.toHexString(pairs.site().address()),
                pairs.site().symbol().orElse(""),
                new Both<>(first, second),
                compared,
                different,
                first - compared,
                second - compared,
                new Both<>(
                        nestedAlone(pairing.first(), pairs.first(), pairs.pairs(), SitePairs.Pairs::first),
                        nestedAlone(pairing.second(), pairs.second(), pairs.pairs(), SitePairs.Pairs::second)));
    }

    /** Calls of one run that it made within other calls, and that have no partner in the other run. */
    private static long nestedAlone(
            Pairing.Side side,
            Map<Integer, Tally> calls,
            Collection<SitePairs.Pairs> pairs,
            ToIntFunction<SitePairs.Pairs> act) {
        long all = calls.entrySet().stream()
                .filter(one -> side.setting(one.getKey()).nested())
                .mapToLong(one -> one.getValue().calls())
                .sum();
        long paired = pairs.stream()
                .filter(one -> side.setting(act.applyAsInt(one)).nested())
                .mapToLong(SitePairs.Pairs::calls)
                .sum();
        return all - paired;
    }

    private Divergence divergence(Found f) {
        Difference difference = f.difference;
        Optional<Explanation> explanation = new Explaining(pairing, observed)
                .of(difference, f.cases.keySet(), pairing.input(f.input).lazy());
        long inputs = f.cases.keySet().stream().mapToInt(Case::input).distinct().count();
        return new Divergence(
                difference.kind().word(),
                difference.kind().isContract() && explanation.isEmpty(),
                f.calls,
                f.sites.cardinality(),
                pairing.input(f.input).words(names),
                difference.first(),
                difference.second(),
                pairing.sentence(difference.first(), difference.second()),
                f.witness,
                inputs,
                explanation.orElse(null));
    }

    /** What differs between the hooks and not between single calls. */
    private void overall(
            HookContract a, HookContract b, Both<String> target, Both<Cost> cost, List<Divergence> divergences) {
        Both<Long> witness = new Both<>(a.witness(), b.witness());
        int sites = Math.max(a.sites(), b.sites());
        if (!target.first().equals(target.second())) {
            divergences.add(overall(Kind.TARGET, b.calls(), sites, target.first(), target.second(), witness));
        }
        if (compared > 0 && Costs.differ(cost.first(), cost.second())) {
            divergences.add(overall(
                    Kind.COST, compared, sites, Costs.words(cost.first()), Costs.words(cost.second()), witness));
        }
    }

    private Divergence overall(Kind kind, long calls, int sites, String first, String second, Both<Long> witness) {
        return new Divergence(
                kind.word(),
                kind.isContract(),
                calls,
                sites,
                "",
                first,
                second,
                pairing.sentence(first, second),
                witness,
                0,
                null);
    }
}
