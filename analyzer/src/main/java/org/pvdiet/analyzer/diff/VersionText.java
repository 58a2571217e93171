package org.pvdiet.analyzer.diff;

import java.util.List;
import java.util.Locale;
import org.pvdiet.analyzer.diff.DiffReport.Both;
import org.pvdiet.analyzer.diff.DiffReport.Run;
import org.pvdiet.analyzer.diff.VersionReport.ContractChange;
import org.pvdiet.analyzer.diff.VersionReport.HookVersions;

/** Two kernels' hooks as people read what changed. */
public final class VersionText {
    private static final int MOST_CHANGES = 8;
    private static final int MOST_WORDS = 4;

    private final VersionReport report;
    private final StringBuilder out = new StringBuilder();

    private VersionText(VersionReport report) {
        this.report = report;
    }

    public static String of(VersionReport report) {
        VersionText text = new VersionText(report);
        text.run("first ", report.first(), report.kernels().first());
        text.run("second", report.second(), report.kernels().second());
        VersionReport.Summary summary = report.summary();
        text.line("");
        text.line(
                "The kernels differ, so hooks are compared by name, and calls by what they were given, not one by one.");
        text.line(
                "What calls did is what these two runs show; for a comparison that counts, give both the same workload.");
        text.line(
                "%d hooks added, %d removed, %d changed, %d the same as far as both traces show.",
                summary.added(), summary.removed(), summary.changed(), summary.same());
        text.presence("Added", Versions.ADDED);
        text.presence("Removed", Versions.REMOVED);
        text.hooks(Versions.CHANGED).forEach(text::hook);
        text.others();
        return text.out.toString();
    }

    private void run(String which, Run run, VersionReport.Kernel kernel) {
        line("%s  %s (%s, %,d calls%s)", which, run.trace(), run.platform(), run.calls(), DiffText.completeness(run));
        line("        %s", kernel.banner());
    }

    private List<HookVersions> hooks(String change) {
        return report.hooks().stream()
                .filter(hook -> hook.change().equals(change))
                .toList();
    }

    private void presence(String title, String change) {
        List<HookVersions> hooks = hooks(change);
        if (hooks.isEmpty()) {
            return;
        }
        line("");
        line("%s:", title);
        for (HookVersions hook : hooks) {
            boolean added = change.equals(Versions.ADDED);
            line(
                    "  %-28s %s; %d sites, %,d calls",
                    hook.hook(),
                    added ? hook.prototype().second() : hook.prototype().first(),
                    added ? hook.sites().second() : hook.sites().first(),
                    added ? hook.calls().second() : hook.calls().first());
        }
    }

    private void hook(HookVersions hook) {
        line("");
        line("%s    %s", hook.hook(), hook.prototype().second());
        line(
                "  sites %,d -> %,d, calls %,d -> %,d; inputs compared %d, only first %d, only second %d",
                hook.sites().first(),
                hook.sites().second(),
                hook.calls().first(),
                hook.calls().second(),
                hook.comparedInputs(),
                hook.inputs().first(),
                hook.inputs().second());
        ContractLines.of(hook.contracts(), new Both<>("first", "second"), hook.calls())
                .forEach(row -> line("%s", row));
        hook.changes().stream().limit(MOST_CHANGES).forEach(this::change);
        if (hook.changes().size() > MOST_CHANGES) {
            line("  ... and %d more; --format json has all", hook.changes().size() - MOST_CHANGES);
        }
    }

    private void change(ContractChange change) {
        line(
                "  %s%s",
                change.kind(),
                change.witness().first() < 0 || change.witness().second() < 0
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                ", %,d and %,d calls, first %d and %d",
                                change.calls().first(),
                                change.calls().second(),
                                change.witness().first(),
                                change.witness().second()));
        if (!change.input().isEmpty()) {
            line("    %-8s %s", "given", change.input());
        }
        List<String> both = alone(change.first(), alone(change.first(), change.second()));
        if (!both.isEmpty()) {
            line("    %-8s %s", "both", alternatives(both));
        }
        line("    %-8s %s", "first", alternatives(alone(change.first(), both)));
        line("    %-8s %s", "second", alternatives(alone(change.second(), both)));
    }

    /** What is among the words and not among others. */
    private static List<String> alone(List<String> words, List<String> others) {
        return words.stream().filter(word -> !others.contains(word)).toList();
    }

    private static String alternatives(List<String> words) {
        if (words.isEmpty()) {
            return "nothing else";
        }
        String first = String.join("; or ", words.subList(0, Math.min(words.size(), MOST_WORDS)));
        return words.size() <= MOST_WORDS
                ? first
                : first + "; and " + (words.size() - MOST_WORDS) + " more, in --format json";
    }

    /** Hooks of which callers cannot tell the kernels apart, but whose function, sites or cost differ. */
    private void others() {
        List<HookVersions> hooks = hooks(Versions.SAME).stream()
                .filter(hook -> !hook.changes().isEmpty()
                        || !hook.sites().first().equals(hook.sites().second()))
                .toList();
        if (hooks.isEmpty()) {
            return;
        }
        line("");
        line("No change that callers can tell:");
        line("%-28s %11s %21s  %s", "hook", "sites", "instructions", "functions");
        for (HookVersions hook : hooks) {
            line(
                    "%-28s %4d -> %-4d %9.1f -> %-9.1f %s%s",
                    hook.hook(),
                    hook.sites().first(),
                    hook.sites().second(),
                    hook.cost().first().instructions(),
                    hook.cost().second().instructions(),
                    hook.target().first(),
                    hook.target().first().equals(hook.target().second())
                            ? ""
                            : " -> " + hook.target().second());
        }
    }

    private void line(String format, Object... arguments) {
        out.append(String.format(Locale.ROOT, format, arguments)).append(System.lineSeparator());
    }
}
