package org.pvdiet.analyzer.diff;

import com.google.common.base.Splitter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pvdiet.analyzer.diff.DiffReport.Run;
import org.pvdiet.analyzer.diff.SideBySide.Cell;
import org.pvdiet.analyzer.diff.SideBySide.Column;
import org.pvdiet.analyzer.diff.SideBySide.HookRow;
import org.pvdiet.analyzer.diff.SideBySide.Row;

/** Traces side by side as people read them: a table for each hook, a column for each trace. */
public final class SideBySideText {
    private static final int WIDTH = 120;
    private static final int NARROWEST = 24;
    private static final int LABEL = 18;
    private static final Splitter WORDS = Splitter.on(' ');

    private final SideBySide report;
    private final int column;
    private final StringBuilder out = new StringBuilder();

    private SideBySideText(SideBySide report) {
        this.report = report;
        this.column = Math.max(NARROWEST, (WIDTH - LABEL) / report.traces().size());
    }

    public static String of(SideBySide report) {
        SideBySideText text = new SideBySideText(report);
        text.head();
        report.hooks().stream()
                .filter(hook -> isCalled(hook) && !hook.rows().isEmpty())
                .forEach(text::hook);
        text.same();
        return text.out.toString();
    }

    private void head() {
        for (int i = 0; i < report.traces().size(); i++) {
            Run run = report.traces().get(i);
            line(
                    "%s  %s (%s, %,d calls%s)",
                    label(i), run.trace(), run.platform(), run.calls(), run.complete() ? "" : ", incomplete");
        }
        line("");
        line("Each is compared with %s. '=' is: as there, or not compared.", label(0));
    }

    /** {@code A}, {@code B} ... and the platform. */
    private String label(int i) {
        return (char) ('A' + i % 26) + " " + report.traces().get(i).platform();
    }

    private void hook(HookRow hook) {
        line("");
        line("%s    %s", hook.hook(), hook.prototype());
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < report.traces().size(); i++) {
            labels.add(label(i));
        }
        row("", labels);
        row("function", hook, Column::target);
        row("calls", hook, one -> number(one.calls()));
        row(
                "instructions",
                hook,
                one -> String.format(Locale.ROOT, "%.1f", one.cost().instructions()));
        row(
                "hypercalls",
                hook,
                one -> String.format(Locale.ROOT, "%.3f", one.cost().hypercalls()));
        row("compared", hook, one -> one == hook.columns().get(0) ? "" : number(one.compared()));
        row("different", hook, one -> one == hook.columns().get(0) ? "" : number(one.different()));
        hook.rows().stream().filter(row -> !row.input().isEmpty()).forEach(row -> {
            line("  given %s", row.input());
            row(row.kind(), cells(row));
        });
    }

    private static List<String> cells(Row row) {
        List<String> cells = new ArrayList<>();
        for (Cell cell : row.cells()) {
            cells.add(cell == null ? "=" : words(cell, cells.isEmpty()));
        }
        return cells;
    }

    private static String words(Cell cell, boolean first) {
        String because = cell.explainedBy() == null
                ? ""
                : " (because: " + cell.explainedBy().cause().replace('_', ' ') + ")";
        return cell.did()
                + because
                + (first
                        ? ", call " + cell.witness()
                        : "; " + number(cell.calls()) + " calls, first " + cell.witness());
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private void row(String name, HookRow hook, Function<Column, String> cell) {
        row(name, hook.columns().stream().map(cell).toList());
    }

    private void row(String name, List<String> cells) {
        List<List<String>> wrapped = cells.stream().map(this::wrap).toList();
        int lines = wrapped.stream().mapToInt(List::size).max().orElse(0);
        for (int i = 0; i < lines; i++) {
            StringBuilder text = new StringBuilder(String.format("  %-" + (LABEL - 2) + "s", i == 0 ? name : ""));
            for (List<String> cell : wrapped) {
                text.append(String.format("%-" + column + "s", i < cell.size() ? cell.get(i) : ""));
            }
            line("%s", text.toString().stripTrailing());
        }
    }

    private List<String> wrap(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder current = new StringBuilder();
        for (String word : WORDS.split(text)) {
            if (current.length() > 0 && current.length() + 1 + word.length() > column - 2) {
                lines.add(current.toString());
                current.setLength(0);
            }
            current.append(current.length() == 0 ? "" : " ").append(word);
        }
        lines.add(current.toString());
        return lines;
    }

    private void same() {
        list(
                "The same on all, or not compared",
                hook -> isCalled(hook) && hook.rows().isEmpty());
        list("Never called", hook -> !isCalled(hook));
    }

    private static boolean isCalled(HookRow hook) {
        return hook.columns().stream().anyMatch(column -> column.calls() > 0);
    }

    private void list(String title, Predicate<HookRow> which) {
        List<String> names =
                report.hooks().stream().filter(which).map(HookRow::hook).toList();
        if (!names.isEmpty()) {
            line("");
            line("%s:", title);
            NameList.lines(names).forEach(row -> line("  %s", row));
        }
    }

    private void line(String format, @Nullable Object... arguments) {
        out.append(String.format(Locale.ROOT, format, arguments)).append(System.lineSeparator());
    }
}
