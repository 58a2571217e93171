package org.pvdiet.analyzer.diff;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pvdiet.analyzer.calls.Lazy;
import org.pvdiet.analyzer.contract.HookContract;
import org.pvdiet.analyzer.contract.Names;
import org.pvdiet.analyzer.diff.DiffReport.Both;
import org.pvdiet.analyzer.diff.DiffReport.Cost;
import org.pvdiet.analyzer.diff.DiffReport.Divergence;
import org.pvdiet.analyzer.diff.DiffReport.HookDiff;
import org.pvdiet.analyzer.diff.DiffReport.SiteDiff;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.Site;

/** Compares the calls of one hook. */
final class HookComparison {
    /** Costs that differ by less than this factor, or by fewer instructions, are not told. */
    private static final double COST_FACTOR = 2;

    private static final double COST_INSTRUCTIONS = 5;
    /** Per call; interrupts that happen to be taken in a call make some. */
    private static final double COST_RARE = 0.01;

    private static final class Found {
        final Difference difference;
        final int input;
        final Both<Long> witness;
        final BitSet sites = new BitSet();
        long calls;

        Found(Difference difference, int input, Both<Long> witness) {
            this.difference = difference;
            this.input = input;
            this.witness = witness;
        }
    }

    /** A pair of different behaviours on one input. */
    private record Case(int input, int first, int second) {}

    private final TraceLog first;
    private final TraceLog second;
    private final Hook firstHook;
    private final Hook secondHook;
    private final Names names;
    private final Map<Difference, Found> found = new LinkedHashMap<>();
    private final Map<Case, List<Difference>> cases = new HashMap<>();
    private final Set<Long> seenFirst = new HashSet<>();
    private final Set<Long> seenSecond = new HashSet<>();
    private final List<SiteDiff> sites = new ArrayList<>();
    private long compared;
    private long different;
    private long varying;

    private HookComparison(TraceLog first, TraceLog second, Hook firstHook, Hook secondHook) {
        this.first = first;
        this.second = second;
        this.firstHook = firstHook;
        this.secondHook = secondHook;
        this.names = Names.of(first.contracts().kernel(), firstHook.id());
    }

    /** Compares the calls that two runs made at a hook's sites. Forms are numbered alike in both. */
    static HookDiff of(TraceLog first, TraceLog second, Hook firstHook, Hook secondHook, List<Site> sites) {
        HookComparison comparison = new HookComparison(first, second, firstHook, secondHook);
        for (Site site : sites) {
            note(first.site(site.id()), comparison.seenFirst);
            note(second.site(site.id()), comparison.seenSecond);
        }
        sites.forEach(comparison::compare);
        return comparison.result();
    }

    private static void note(SiteLog log, Set<Long> seen) {
        long last = -1;
        for (int i = 0; i < log.calls(); i++) {
            long both = both(log.inputs().get(i), log.behaviours().get(i));
            if (both != last) {
                seen.add(both);
                last = both;
            }
        }
    }

    private static long both(int input, int behaviour) {
        return (long) input << 32 | behaviour;
    }

    private void compare(Site site) {
        SiteLog a = first.site(site.id());
        SiteLog b = second.site(site.id());
        if (a.calls() == 0 && b.calls() == 0) {
            return;
        }
        long before = different;
        int pairs = Alignment.pairs(a.inputs(), b.inputs(), (i, j) -> compare(site, a, i, b, j));
        compared += pairs;
        sites.add(new SiteDiff(
                "0x" + Long.toHexString(site.address()),
                site.symbol().orElse(""),
                new Both<>((long) a.calls(), (long) b.calls()),
                pairs,
                different - before,
                a.calls() - pairs,
                b.calls() - pairs));
    }

    private void compare(Site site, SiteLog a, int i, SiteLog b, int j) {
        int x = a.behaviours().get(i);
        int y = b.behaviours().get(j);
        if (x == y) {
            return;
        }
        int input = a.inputs().get(i);
        if (seenSecond.contains(both(input, x)) && seenFirst.contains(both(input, y))) {
            // Each run did both on this input: it depends on something else than the platform.
            varying++;
            return;
        }
        List<Difference> differences = cases.computeIfAbsent(
                new Case(input, x, y), c -> Difference.between(first.behaviour(x), first.behaviour(y), names));
        if (differences.stream().anyMatch(difference -> difference.kind().isContract())) {
            different++;
        }
        for (Difference difference : differences) {
            Found known = found.computeIfAbsent(
                    difference,
                    d -> new Found(
                            d, input, new Both<>(a.seqs().get(i), b.seqs().get(j))));
            known.calls++;
            known.sites.set(site.id());
        }
    }

    private HookDiff result() {
        HookContract a = first.contracts().hook(firstHook.id());
        HookContract b = second.contracts().hook(secondHook.id());
        Both<String> target = new Both<>(target(firstHook), target(secondHook));
        Both<Cost> cost = new Both<>(cost(a), cost(b));
        List<Divergence> divergences = new ArrayList<>();
        found.values().stream()
                .sorted(Comparator.comparing((Found f) -> f.difference.kind()).thenComparingLong(f -> -f.calls))
                .forEach(f -> divergences.add(divergence(f)));
        Both<Long> witness = new Both<>(a.witness(), b.witness());
        int sitesUsed = Math.max(a.sites(), b.sites());
        if (!target.first().equals(target.second())) {
            divergences.add(overall(Kind.TARGET, b.calls(), sitesUsed, target.first(), target.second(), witness));
        }
        if (compared > 0 && costs(cost.first(), cost.second())) {
            divergences.add(
                    overall(Kind.COST, compared, sitesUsed, words(cost.first()), words(cost.second()), witness));
        }
        return new HookDiff(
                firstHook.fullName(),
                firstHook.prototype(),
                target,
                new Both<>(a.calls(), b.calls()),
                new Both<>(a.sites(), b.sites()),
                cost,
                compared,
                different,
                a.calls() - compared,
                b.calls() - compared,
                varying,
                divergences,
                sites);
    }

    private Divergence divergence(Found f) {
        Difference difference = f.difference;
        return new Divergence(
                difference.kind().word(),
                difference.kind().isContract(),
                f.calls,
                f.sites.cardinality(),
                first.input(f.input).words(names),
                difference.first(),
                difference.second(),
                explanation(
                        difference.first(),
                        difference.second(),
                        first.input(f.input).lazy()),
                f.witness);
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
                explanation(first, second, Lazy.NONE),
                witness);
    }

    private String explanation(String firstDid, String secondDid, Lazy lazy) {
        return String.format(
                "On %s: %s. On %s: %s.%s",
                this.first.run().platform(),
                firstDid,
                this.second.run().platform(),
                secondDid,
                lazy == Lazy.NONE ? "" : " Made in lazy " + lazy + " mode, where a platform may put updates off.");
    }

    /** Where the hook leads once the kernel has started: after patching, or as late as the trace knows. */
    private static String target(Hook hook) {
        return hook.patched()
                .or(hook::setup)
                .or(hook::entry)
                .map(target -> target.symbol().orElse("0x" + Long.toHexString(target.address())))
                .orElse("none");
    }

    private static Cost cost(HookContract contract) {
        double calls = Math.max(1, contract.calls());
        return new Cost(contract.instructions() / calls, contract.hypercalls() / calls, contract.traps() / calls);
    }

    private static boolean costs(Cost a, Cost b) {
        double low = Math.min(a.instructions(), b.instructions());
        double high = Math.max(a.instructions(), b.instructions());
        return (high > COST_FACTOR * low && high - low > COST_INSTRUCTIONS)
                || Math.abs(a.hypercalls() - b.hypercalls()) > COST_RARE
                || Math.abs(a.traps() - b.traps()) > COST_RARE;
    }

    private static String words(Cost cost) {
        return String.format(
                java.util.Locale.ROOT,
                "%.1f instructions, %.3f hypercalls, %.3f traps per call",
                cost.instructions(),
                cost.hypercalls(),
                cost.traps());
    }
}
