package org.pvdiet.analyzer.diff;

import com.google.common.base.Splitter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.pvdiet.analyzer.diff.DiffReport.Both;
import org.pvdiet.analyzer.diff.DiffReport.Divergence;
import org.pvdiet.analyzer.diff.DiffReport.Explanation;
import org.pvdiet.analyzer.diff.DiffReport.HookDiff;

/** A diff as people read it. */
public final class DiffText {
    private static final int MOST_DIVERGENCES = 8;
    private static final int MOST_PLACES = 16;
    /** Rarer ones per call are of interrupts that were taken meanwhile. */
    private static final double LEAST_TOLD = 0.005;

    private static final Set<String> HEAD = Set.of(Kind.TARGET.word(), Kind.COST.word());
    private static final Splitter FUNCTION = Splitter.on('+');

    private final DiffReport report;
    private final String first;
    private final String second;
    private final StringBuilder out = new StringBuilder();

    private DiffText(DiffReport report) {
        this.report = report;
        Both<String> names = DiffReport.names(report.first(), report.second());
        this.first = names.first();
        this.second = names.second();
    }

    public static String of(DiffReport report) {
        DiffText text = new DiffText(report);
        text.head();
        report.hooks().stream()
                .filter(HookDiff::isDivergent)
                .sorted(Comparator.comparingLong((HookDiff hook) -> -hook.different()))
                .forEach(text::hook);
        text.others();
        text.contractsAlone();
        text.same();
        return text.out.toString();
    }

    private void head() {
        DiffReport.Summary summary = report.summary();
        line(
                "%s (%s, %,d calls%s)  and  %s (%s, %,d calls%s)",
                report.first().trace(),
                first,
                report.first().calls(),
                completeness(report.first()),
                report.second().trace(),
                second,
                report.second().calls(),
                completeness(report.second()));
        line("");
        line(
                summary.divergentHooks() == 0
                        ? "%d hooks, none divergent: callers cannot tell the platforms apart."
                        : "%d hooks, %d divergent: callers can tell the platforms apart by them.",
                summary.hooks(),
                summary.divergentHooks());
        line(
                "%,d calls compared, given the same at the same site; %,d of them did something different.",
                summary.comparedCalls(), summary.differentCalls());
        line(
                "%,d calls only on %s, %,d only on %s%s.",
                summary.onlyFirst(),
                first,
                summary.onlySecond(),
                second,
                summary.onlyFirst() + summary.onlySecond() == 0 ? "" : ": the runs took other ways");
        if (summary.outOfOrder() > 0) {
            line("%,d of the pairs were not made in the same order.", summary.outOfOrder());
        }
        if (summary.varying() > 0) {
            line(
                    "%,d pairs differ as calls of either run differ among themselves; they count for neither.",
                    summary.varying());
        }
        explained();
        report.notCompared().forEach(what -> line("Not compared: %s.", what));
        alone();
        environment();
    }

    /** How much of what differs is the platforms' doing, and what explains the rest. */
    private void explained() {
        Map<String, Long> byCause = new TreeMap<>();
        report.hooks().stream()
                .flatMap(hook -> hook.explained().stream())
                .filter(divergence -> !divergence.kind().equals(Kind.PRECONDITION.word()))
                .forEach(divergence -> byCause.merge(divergence.explainedBy().cause(), divergence.calls(), Long::sum));
        List<String> parts = new ArrayList<>();
        List<String> none = new ArrayList<>();
        for (Cause cause : List.of(
                Cause.FRAME_TRANSLATION,
                Cause.LAZY_MODE,
                Cause.ALREADY_SO,
                Cause.SPARE_FLUSH,
                Cause.START_UP,
                Cause.ENVIRONMENT)) {
            Long calls = byCause.get(cause.word());
            String name = cause.word().replace('_', ' ');
            if (calls == null) {
                none.add(name);
            } else {
                parts.add(String.format(Locale.ROOT, "%s %,d", name, calls));
            }
        }
        line(
                "Differences explained by something else: %s.%s",
                parts.isEmpty() ? "none" : String.join(", ", parts),
                report.summary().divergentHooks() == 0 && parts.isEmpty() || none.isEmpty()
                        ? ""
                        : String.format(Locale.ROOT, " Explained by %s: none.", String.join(" or ", none)));
    }

    /** Calls of one hook from one function, as far as they have no partner. */
    private record Alone(String hook, String function, long first, long second, long nested) {
        static Alone of(HookDiff hook, DiffReport.SiteDiff site) {
            return new Alone(
                    hook.hook(),
                    FUNCTION.splitToList(site.symbol()).get(0),
                    site.onlyFirst(),
                    site.onlySecond(),
                    site.nested().first() + site.nested().second());
        }

        Alone plus(Alone other) {
            return new Alone(hook, function, first + other.first, second + other.second, nested + other.nested);
        }

        long calls() {
            return first + second;
        }
    }

    /** Where the calls were made that only one run made. */
    private void alone() {
        List<Alone> places = report.hooks().stream()
                .flatMap(hook -> hook.sites().stream().map(site -> Alone.of(hook, site)))
                .filter(place -> place.calls() > 0)
                .collect(Collectors.toMap(
                        place -> List.of(place.hook(), place.function()),
                        Function.identity(),
                        Alone::plus,
                        LinkedHashMap::new))
                .values()
                .stream()
                .sorted(Comparator.comparingLong((Alone place) -> -place.calls()))
                .toList();
        if (places.isEmpty()) {
            return;
        }
        line("");
        line("Most of the calls that one run alone made:");
        line("%-28s %-36s %11s %11s", "hook", "in", "only " + first, "only " + second);
        places.stream()
                .limit(MOST_PLACES)
                .forEach(place -> line(
                        "%-28s %-36s %,11d %,11d%s",
                        place.hook(),
                        place.function(),
                        place.first(),
                        place.second(),
                        place.nested() == place.calls()
                                ? "  within other hooks"
                                : place.nested() == 0
                                        ? ""
                                        : String.format(Locale.ROOT, "  %,d within other hooks", place.nested())));
    }

    private void environment() {
        if (report.environment().isEmpty()) {
            return;
        }
        line("");
        line("Around the runs:");
        for (DiffReport.Surrounding surrounding : report.environment()) {
            line(
                    "  %-36s %s / %s%s",
                    surrounding.what(), surrounding.first(), surrounding.second(), witness(surrounding.witness()));
            if (!surrounding.meaning().isEmpty()) {
                line("  %-36s %s", "", surrounding.meaning());
            }
        }
    }

    /** What to say of a trace that is only a beginning. */
    static String completeness(DiffReport.Run run) {
        return run.complete() ? "" : ", incomplete";
    }

    private void hook(HookDiff hook) {
        line("");
        line("%s    %s", hook.hook(), hook.prototype());
        run(first, hook.target().first(), hook.calls().first(), hook.cost().first());
        run(second, hook.target().second(), hook.calls().second(), hook.cost().second());
        contracts(hook);
        line(
                "  compared %,d, different %,d, only %s %,d, only %s %,d; instructions of those compared %.1f, %.1f each",
                hook.compared(),
                hook.different(),
                first,
                hook.onlyFirst(),
                second,
                hook.onlySecond(),
                hook.comparedCost().first().instructions(),
                hook.comparedCost().second().instructions());
        divergences(hook.divergences(), hook.compared());
        divergences(hook.explained(), hook.compared());
    }

    /** Where the hook leads in a run, and what that costs. */
    private void run(String which, String target, long calls, DiffReport.Cost cost) {
        line(
                "  %-8s %s, %,d %s, %.1f instructions%s%s each",
                which,
                target,
                calls,
                calls == 1 ? "call" : "calls",
                cost.instructions(),
                cost.hypercalls() < LEAST_TOLD
                        ? ""
                        : String.format(Locale.ROOT, ", %.2f hypercalls", cost.hypercalls()),
                cost.traps() < LEAST_TOLD ? "" : String.format(Locale.ROOT, ", %.2f traps", cost.traps()));
    }

    /** What the contracts say otherwise. */
    private void contracts(HookDiff hook) {
        ContractLines.of(hook.contracts(), new Both<>(first, second), hook.calls())
                .forEach(row -> line("%s", row));
    }

    private void divergences(List<Divergence> all, long compared) {
        // What a hook leads to and costs is said at its head.
        List<Divergence> divergences = all.stream()
                .filter(divergence -> !HEAD.contains(divergence.kind()))
                .toList();
        divergences.stream().limit(MOST_DIVERGENCES).forEach(divergence -> divergence(divergence, compared));
        if (divergences.size() > MOST_DIVERGENCES) {
            line("  ... and %d more; --format json has all", divergences.size() - MOST_DIVERGENCES);
        }
    }

    /** How a hook does what it does, in a line. */
    private void mechanism(Divergence divergence) {
        line(
                "  %s, %s at %s%s: %s",
                divergence.kind(),
                count(divergence.calls(), "call"),
                count(divergence.sites(), "site"),
                witness(divergence.witness()),
                divergence.first().equals(Difference.DIRECTLY)
                        ? divergence.second()
                        : divergence.first() + " / " + divergence.second());
    }

    private void divergence(Divergence divergence, long compared) {
        if (divergence.kind().equals(Kind.MECHANISM.word())) {
            mechanism(divergence);
            return;
        }
        // Calls that show a precondition's violation and have no partner are not among those compared.
        boolean ofCompared = divergence.calls() < compared && !divergence.kind().equals(Kind.PRECONDITION.word());
        line(
                "  %s%s",
                divergence.kind(),
                divergence.calls() == 0
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                ", %s at %s%s",
                                ofCompared
                                        ? String.format(Locale.ROOT, "%,d of ", divergence.calls())
                                                + count(compared, "call")
                                        : count(divergence.calls(), "call"),
                                count(divergence.sites(), "site"),
                                witness(divergence.witness())));
        if (divergence.inputs() > 1) {
            line("    %-8s %s (the first of %,d inputs)", "given", given(divergence), divergence.inputs());
        } else if (!divergence.input().isEmpty()) {
            line("    %-8s %s", "given", divergence.input());
        }
        line("    %-8s %s", first, divergence.first());
        line("    %-8s %s", second, divergence.second());
        Explanation explanation = divergence.explainedBy();
        if (explanation != null) {
            line("    %-8s %s: %s", "because", explanation.cause().replace('_', ' '), explanation.sentence());
        }
    }

    private static String count(long count, String what) {
        return String.format(Locale.ROOT, "%,d %s%s", count, what, count == 1 ? "" : "s");
    }

    private static String given(Divergence divergence) {
        return divergence.input().isEmpty() ? "nothing" : divergence.input();
    }

    private String witness(Both<Long> witness) {
        if (witness.first() < 0 && witness.second() < 0) {
            return "";
        }
        if (witness.first() < 0 || witness.second() < 0) {
            return witness.first() < 0
                    ? ", first at call " + witness.second() + " on " + second
                    : ", first at call " + witness.first() + " on " + first;
        }
        return ", first at calls " + witness.first() + " and " + witness.second();
    }

    /** Hooks that are done in another way, of which callers cannot tell. */
    private void others() {
        List<HookDiff> hooks = report.hooks().stream()
                .filter(hook -> !hook.isDivergent() && hook.compared() > 0 && !isSame(hook))
                .sorted(Comparator.comparingLong((HookDiff hook) -> -hook.compared()))
                .toList();
        if (hooks.isEmpty()) {
            return;
        }
        line("");
        line("Done in another way, or explained; callers cannot tell. Instructions per call compared, and functions:");
        line("%-28s %11s %9s %9s", "hook", "compared", first, second);
        for (HookDiff hook : hooks) {
            line(
                    "%-28s %,11d %9.1f %9.1f  %s, %s",
                    hook.hook(),
                    hook.compared(),
                    hook.comparedCost().first().instructions(),
                    hook.comparedCost().second().instructions(),
                    hook.target().first(),
                    hook.target().second());
            List<Divergence> ways = hook.divergences().stream()
                    .filter(divergence -> divergence.kind().equals(Kind.MECHANISM.word()))
                    .toList();
            if (!ways.isEmpty()) {
                Divergence way = ways.get(0);
                line(
                        "%28s %,11d by %s%s%s",
                        "",
                        ways.stream().mapToLong(Divergence::calls).sum(),
                        way.second(),
                        ways.size() == 1 ? "" : ", and " + (ways.size() - 1) + " other ways",
                        witness(way.witness()));
            }
            hook.explained()
                    .forEach(divergence -> line(
                            "%28s %,11d explained by %s: %s%s",
                            "",
                            divergence.calls(),
                            divergence.explainedBy().cause().replace('_', ' '),
                            divergence.second(),
                            witness(divergence.witness())));
        }
    }

    /** Hooks of which no call could be compared: their contracts can. */
    private void contractsAlone() {
        List<HookDiff> hooks = report.hooks().stream()
                .filter(hook -> !hook.isDivergent()
                        && hook.compared() == 0
                        && !hook.contracts().isEmpty())
                .toList();
        if (!hooks.isEmpty()) {
            line("");
            line("Called on both, but never given the same at the same site; their contracts differ:");
        }
        for (HookDiff hook : hooks) {
            line("%s    %s", hook.hook(), hook.prototype());
            contracts(hook);
        }
    }

    private static boolean isSame(HookDiff hook) {
        return hook.divergences().isEmpty() && hook.explained().isEmpty();
    }

    private void same() {
        list("The same on both", hook -> isSame(hook) && hook.compared() > 0);
        list(
                "Called on one only",
                hook -> hook.compared() == 0
                        && (hook.calls().first() == 0) != (hook.calls().second() == 0));
        list(
                "Called on both, but never given the same at the same site; their contracts are the same",
                hook -> hook.compared() == 0
                        && hook.contracts().isEmpty()
                        && hook.calls().first() > 0
                        && hook.calls().second() > 0);
        list("Never called", hook -> hook.calls().first() == 0 && hook.calls().second() == 0);
    }

    private void list(String title, Predicate<HookDiff> which) {
        List<String> names =
                report.hooks().stream().filter(which).map(HookDiff::hook).toList();
        if (!names.isEmpty()) {
            line("");
            line("%s:", title);
            NameList.lines(names).forEach(row -> line("  %s", row));
        }
    }

    private void line(String format, Object... arguments) {
        out.append(String.format(Locale.ROOT, format, arguments)).append(System.lineSeparator());
    }
}
