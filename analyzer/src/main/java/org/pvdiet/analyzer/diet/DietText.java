package org.pvdiet.analyzer.diet;

import com.google.common.base.Strings;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.pvdiet.analyzer.bits.BitTable;
import org.pvdiet.analyzer.bits.Fate;
import org.pvdiet.analyzer.diet.DietReport.HookVerdict;
import org.pvdiet.analyzer.diet.DietReport.Reason;
import org.pvdiet.analyzer.diet.DietReport.Savings;

/** A diet as people read it, plain or as Markdown. */
public final class DietText {
    private final DietReport report;
    private final StringBuilder out = new StringBuilder();

    private DietText(DietReport report) {
        this.report = report;
    }

    public static String plain(DietReport report) {
        DietText text = new DietText(report);
        text.head("");
        List<HookVerdict> changes = text.changes();
        text.line("");
        text.line("CHANGE (%d), little risk first, then what takes most lines and sites", changes.size());
        int width =
                changes.stream().mapToInt(hook -> verdict(hook).length()).max().orElse(0);
        changes.forEach(hook -> text.plainLine(hook, width));
        text.line("");
        text.line("WHY");
        changes.forEach(text::plainHook);
        List<HookVerdict> kept = text.kept();
        text.line("");
        text.line("KEEP (%d)", kept.size());
        kept.forEach(text::plainHook);
        text.bits();
        return text.out.toString();
    }

    public static String markdown(DietReport report) {
        DietText text = new DietText(report);
        text.line("# Diet");
        text.line("");
        text.head("- ");
        text.table("Change", text.changes());
        text.table("Keep", text.kept());
        text.line("");
        text.line("## Page-table bits");
        text.line("");
        text.line("```");
        text.bits();
        text.line("```");
        return text.out.toString();
    }

    /** How the verdict on one hook was reached. */
    public static String why(DietReport report, HookVerdict hook) {
        DietText text = new DietText(report);
        text.head("");
        text.line("");
        text.line("%s", headline(hook));
        text.line("");
        text.line("Rules, in order:");
        hook.rules().forEach(tried -> {
            text.line("  %-8s %-18s %s", tried.held() ? "held" : "not", tried.rule(), tried.says());
            if (!tried.held()) {
                text.line("  %-8s %-18s   %s", "", "", tried.objection());
            }
        });
        text.line("");
        text.line("Found:");
        hook.evidence().forEach(reason -> {
            text.line("  %-18s for %s: %s", reason.finding(), reason.supports(), reason.sentence());
            text.line(
                    "  %-18s %s, %s%s",
                    "", Count.calls(reason.calls()), Count.of(reason.inputs(), "input"), text.witnesses(reason));
        });
        text.saves(hook.saves());
        hook.check().forEach(check -> text.line("      Before: %s", check));
        return text.out.toString();
    }

    private List<HookVerdict> changes() {
        return report.hooks().stream().filter(hook -> !isKept(hook)).toList();
    }

    private List<HookVerdict> kept() {
        return report.hooks().stream().filter(DietText::isKept).toList();
    }

    private static boolean isKept(HookVerdict hook) {
        return hook.verdict().equals(Verdict.KEEP.word());
    }

    private void head(String bullet) {
        report.traces()
                .forEach(run -> line(
                        "%s%s: %s, %,d calls%s",
                        bullet,
                        run.trace(),
                        run.platform(),
                        run.calls(),
                        run.complete() ? "" : ", incomplete: what is said holds of the beginning of a run"));
    }

    private static String verdict(HookVerdict hook) {
        return hook.verdict()
                + (hook.with().isEmpty() ? "" : " with " + hook.with())
                + (hook.becomes().isEmpty() ? "" : " " + hook.becomes());
    }

    private static String headline(HookVerdict hook) {
        return hook.hook() + ": " + verdict(hook) + (hook.risk().isEmpty() ? "" : ", risk " + hook.risk());
    }

    /** A line of the table, whose verdicts take so many characters. */
    private void plainLine(HookVerdict hook, int width) {
        Savings saves = hook.saves();
        line(
                "  %-6s  %-28s %s  %4d %s  %4d %s  calls %s",
                hook.risk(),
                hook.hook(),
                Strings.padEnd(verdict(hook), width, ' '),
                saves.sites(),
                saves.sites() == 1 ? "site " : "sites",
                saves.lines(),
                saves.lines() == 1 ? "line " : "lines",
                numbers(saves.calls()));
    }

    private void plainHook(HookVerdict hook) {
        line("  %s", headline(hook));
        for (Reason reason : hook.evidence()) {
            line("      %s%s%s", sign(hook, reason), reason.sentence(), witnesses(reason));
        }
        saves(hook.saves());
        hook.check().forEach(check -> line("      Before: %s", check));
    }

    /** What speaks for keeping a hook is an argument against all else, and the other way round. */
    private static String sign(HookVerdict hook, Reason reason) {
        if (reason.supports().equals(hook.verdict())) {
            return "";
        }
        return isKept(hook) || reason.supports().equals(Verdict.KEEP.word()) ? "but: " : "also: ";
    }

    private void saves(Savings saves) {
        line(
                "      Takes %s (%s), %s (%s, about %s), calls %s, instructions %s, hypercalls %s.",
                Count.of(saves.sites(), "site"),
                Count.of(saves.textBytes(), "byte"),
                Count.of(saves.functions(), "function"),
                Count.of(saves.functionBytes(), "byte"),
                Count.of(saves.lines(), "line"),
                numbers(saves.calls()),
                numbers(saves.instructions()),
                numbers(saves.hypercalls()));
    }

    private String witnesses(Reason reason) {
        return reason.witnesses().isEmpty()
                ? ""
                : reason.witnesses().stream()
                        .map(witness -> name(witness.trace()) + " " + witness.seq())
                        .distinct()
                        .collect(Collectors.joining("; ", " [", "]"));
    }

    /** A trace's file name, where that tells it from the others. */
    private String name(String trace) {
        String name = fileName(trace);
        boolean unique = report.traces().stream()
                        .filter(run -> fileName(run.trace()).equals(name))
                        .count()
                == 1;
        return unique ? name : trace;
    }

    private static String fileName(String trace) {
        Path last = Path.of(trace).getFileName();
        return last == null ? trace : last.toString();
    }

    private void table(String title, List<HookVerdict> hooks) {
        line("");
        line("## %s (%d)", title, hooks.size());
        line("");
        line("| hook | verdict | risk | evidence | sites | lines | calls | instructions | hypercalls |");
        line("| --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: |");
        for (HookVerdict hook : hooks) {
            line(
                    "| `%s` | %s | %s | %s | %d | %d | %s | %s | %s |",
                    hook.hook(),
                    verdict(hook),
                    hook.risk(),
                    hook.evidence().stream()
                            .map(reason ->
                                    sign(hook, reason) + reason.sentence().replace("|", "\\|") + witnesses(reason))
                            .collect(Collectors.joining("<br>")),
                    hook.saves().sites(),
                    hook.saves().lines(),
                    numbers(hook.saves().calls()),
                    numbers(hook.saves().instructions()),
                    numbers(hook.saves().hypercalls()));
        }
    }

    private void bits() {
        for (BitTable table : report.bits()) {
            line("");
            line("PAGE-TABLE BITS on %s (%s)", table.platform(), name(table.trace()));
            for (BitTable.Level level : table.levels()) {
                line(
                        "  level %d, way %s, %,d calls",
                        level.level(), level.way() == BitTable.Way.IN ? "in" : "out", level.calls());
                for (Fate fate : Fate.values()) {
                    List<BitTable.Bit> bits = level.bits().stream()
                            .filter(bit -> bit.fate() == fate)
                            .toList();
                    if (!bits.isEmpty()) {
                        line("    %-15s %s", fate.word().replace('_', ' '), BitWords.of(bits));
                    }
                }
            }
        }
    }

    private static String numbers(List<Long> numbers) {
        return numbers.stream()
                .map(number -> String.format(Locale.ROOT, "%,d", number))
                .collect(Collectors.joining(" / "));
    }

    private void line(String format, Object... arguments) {
        out.append(String.format(Locale.ROOT, format, arguments).stripTrailing())
                .append(System.lineSeparator());
    }
}
