package org.pvdiet.analyzer.diet;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.pvdiet.analyzer.diet.DietReport.HookVerdict;
import org.pvdiet.analyzer.diet.DietReport.Reason;

/** A diet as people read it, plain or as Markdown. */
public final class DietText {
    private static final String INCOMPLETE = ", incomplete";

    private final DietReport report;
    private final StringBuilder out = new StringBuilder();

    private DietText(DietReport report) {
        this.report = report;
    }

    public static String plain(DietReport report) {
        DietText text = new DietText(report);
        text.head("", "");
        for (Verdict verdict : order()) {
            List<HookVerdict> hooks = text.hooks(verdict);
            if (!hooks.isEmpty()) {
                text.line("");
                text.line("%s (%d)", verdict.word().toUpperCase(Locale.ROOT), hooks.size());
                hooks.forEach(text::plainHook);
            }
        }
        return text.out.toString();
    }

    public static String markdown(DietReport report) {
        DietText text = new DietText(report);
        text.head("# Diet", "- ");
        for (Verdict verdict : order()) {
            List<HookVerdict> hooks = text.hooks(verdict);
            if (!hooks.isEmpty()) {
                text.line("");
                text.line("## %s (%d)", verdict.word(), hooks.size());
                text.line("");
                text.line("| hook | evidence | sites | calls | instructions | hypercalls |");
                text.line("| --- | --- | ---: | ---: | ---: | ---: |");
                hooks.forEach(text::markdownHook);
            }
        }
        return text.out.toString();
    }

    private static List<Verdict> order() {
        return List.of(Verdict.REMOVE, Verdict.MERGE, Verdict.REPLACE, Verdict.NARROW, Verdict.RESPECIFY, Verdict.KEEP);
    }

    private List<HookVerdict> hooks(Verdict verdict) {
        return report.hooks().stream()
                .filter(hook -> hook.verdict().equals(verdict.word()))
                .toList();
    }

    private void head(String title, String bullet) {
        if (!title.isEmpty()) {
            line("%s", title);
            line("");
        }
        report.traces()
                .forEach(run -> line(
                        "%s%s: %s, %,d calls%s",
                        bullet, run.trace(), run.platform(), run.calls(), run.complete() ? "" : INCOMPLETE));
    }

    private void plainHook(HookVerdict hook) {
        line("  %s", hook.hook());
        for (Reason reason : hook.evidence()) {
            String sign = reason.supports().equals(hook.verdict()) ? "" : "but: ";
            line("      %s%s%s", sign, reason.sentence(), witnesses(reason));
        }
        line(
                "      Takes %d sites (%d bytes), calls %s, instructions %s, hypercalls %s.",
                hook.saves().sites(),
                hook.saves().textBytes(),
                numbers(hook.saves().calls()),
                numbers(hook.saves().instructions()),
                numbers(hook.saves().hypercalls()));
    }

    private static String witnesses(Reason reason) {
        return reason.witnesses().isEmpty()
                ? ""
                : reason.witnesses().stream()
                        .map(witness -> witness.trace() + " " + witness.seq())
                        .collect(Collectors.joining("; ", " [", "]"));
    }

    private void markdownHook(HookVerdict hook) {
        line(
                "| `%s` | %s | %d | %s | %s | %s |",
                hook.hook(),
                hook.evidence().stream()
                        .map(reason -> reason.sentence().replace("|", "\\|"))
                        .collect(Collectors.joining("<br>")),
                hook.saves().sites(),
                numbers(hook.saves().calls()),
                numbers(hook.saves().instructions()),
                numbers(hook.saves().hypercalls()));
    }

    private static String numbers(List<Long> numbers) {
        return numbers.stream()
                .map(number -> String.format(Locale.ROOT, "%,d", number))
                .collect(Collectors.joining(" / "));
    }

    private void line(String format, Object... arguments) {
        out.append(String.format(Locale.ROOT, format, arguments)).append(System.lineSeparator());
    }
}
