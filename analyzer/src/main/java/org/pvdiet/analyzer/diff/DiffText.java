package org.pvdiet.analyzer.diff;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.pvdiet.analyzer.diff.DiffReport.Both;
import org.pvdiet.analyzer.diff.DiffReport.Divergence;
import org.pvdiet.analyzer.diff.DiffReport.Explanation;
import org.pvdiet.analyzer.diff.DiffReport.HookDiff;

/** A diff as people read it. */
public final class DiffText {
    private static final int MOST_DIVERGENCES = 8;

    private final DiffReport report;
    private final String first;
    private final String second;
    private final StringBuilder out = new StringBuilder();

    private DiffText(DiffReport report) {
        this.report = report;
        boolean alike = report.first().platform().equals(report.second().platform());
        this.first = alike ? "first" : report.first().platform();
        this.second = alike ? "second" : report.second().platform();
    }

    public static String of(DiffReport report) {
        DiffText text = new DiffText(report);
        text.head();
        report.hooks().stream()
                .filter(HookDiff::isDivergent)
                .sorted(Comparator.comparingLong((HookDiff hook) -> -hook.different()))
                .forEach(text::hook);
        text.others();
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
                "%d hooks, %d divergent: callers can tell the platforms apart.",
                summary.hooks(), summary.divergentHooks());
        line(
                "%,d calls compared, given the same at the same site; %,d of them did something different.",
                summary.comparedCalls(), summary.differentCalls());
        line(
                "%,d calls only on %s, %,d only on %s: the runs took other ways.",
                summary.onlyFirst(), first, summary.onlySecond(), second);
        if (summary.outOfOrder() > 0) {
            line("%,d of the pairs were not made in the same order.", summary.outOfOrder());
        }
        if (summary.varying() > 0) {
            line(
                    "%,d pairs differ as calls of either run differ among themselves; they count for neither.",
                    summary.varying());
        }
        environment();
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
        }
    }

    /** What to say of a trace that is only a beginning. */
    static String completeness(DiffReport.Run run) {
        return run.complete() ? "" : ", incomplete";
    }

    private void hook(HookDiff hook) {
        line("");
        line("%s    %s", hook.hook(), hook.prototype());
        line(
                "  calls %,d / %,d, compared %,d, different %,d, only %s %,d, only %s %,d; instructions per call %.1f / %.1f",
                hook.calls().first(),
                hook.calls().second(),
                hook.compared(),
                hook.different(),
                first,
                hook.onlyFirst(),
                second,
                hook.onlySecond(),
                hook.cost().first().instructions(),
                hook.cost().second().instructions());
        divergences(hook.divergences());
        divergences(hook.explained());
    }

    private void divergences(List<Divergence> divergences) {
        divergences.stream().limit(MOST_DIVERGENCES).forEach(this::divergence);
        if (divergences.size() > MOST_DIVERGENCES) {
            line("  ... and %d more; --format json has all", divergences.size() - MOST_DIVERGENCES);
        }
    }

    private void divergence(Divergence divergence) {
        line(
                "  %s%s",
                divergence.kind(),
                divergence.calls() == 0
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                ", %,d calls at %d sites%s",
                                divergence.calls(),
                                divergence.sites(),
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

    private static String given(Divergence divergence) {
        return divergence.input().isEmpty() ? "nothing" : divergence.input();
    }

    private static String witness(Both<Long> witness) {
        return witness.first() < 0 || witness.second() < 0
                ? ""
                : ", first at calls " + witness.first() + " and " + witness.second();
    }

    /** Hooks that are done in another way, of which callers cannot tell. */
    private void others() {
        List<HookDiff> hooks = report.hooks().stream()
                .filter(hook -> !hook.isDivergent()
                        && hook.compared() > 0
                        && !hook.divergences().isEmpty())
                .sorted(Comparator.comparingLong((HookDiff hook) -> -hook.compared()))
                .toList();
        if (hooks.isEmpty()) {
            return;
        }
        line("");
        line("Done in another way; callers cannot tell:");
        line("%-28s %11s %9s %9s  %s", "hook", "compared", "insns", "insns", "functions");
        for (HookDiff hook : hooks) {
            line(
                    "%-28s %,11d %9.1f %9.1f  %s, %s",
                    hook.hook(),
                    hook.compared(),
                    hook.cost().first().instructions(),
                    hook.cost().second().instructions(),
                    hook.target().first(),
                    hook.target().second());
            hook.divergences().stream()
                    .filter(divergence -> divergence.kind().equals(Kind.MECHANISM.word()))
                    .findFirst()
                    .ifPresent(divergence -> line(
                            "%28s %,11d by %s%s",
                            "", divergence.calls(), divergence.second(), witness(divergence.witness())));
        }
    }

    private void same() {
        list("The same on both", hook -> hook.divergences().isEmpty() && hook.compared() > 0);
        list(
                "Called on one only",
                hook -> hook.compared() == 0
                        && (hook.calls().first() == 0) != (hook.calls().second() == 0));
        list(
                "Called on both, never given the same",
                hook -> hook.compared() == 0
                        && hook.calls().first() > 0
                        && hook.calls().second() > 0);
        list("Never called", hook -> hook.calls().first() == 0 && hook.calls().second() == 0);
    }

    private void list(String title, Predicate<HookDiff> which) {
        List<String> names =
                report.hooks().stream().filter(which).map(HookDiff::hook).toList();
        if (!names.isEmpty()) {
            line("");
            line("%s: %s", title, String.join(", ", names));
        }
    }

    private void line(String format, Object... arguments) {
        out.append(String.format(Locale.ROOT, format, arguments)).append(System.lineSeparator());
    }
}
