package org.pvdiet.analyzer.diff;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pvdiet.analyzer.diff.DiffReport.Cost;
import org.pvdiet.analyzer.diff.DiffReport.Divergence;
import org.pvdiet.analyzer.diff.DiffReport.HookDiff;
import org.pvdiet.analyzer.diff.DiffReport.Run;

/**
 * Three or more traces of one kernel side by side, each compared with the first. The components are what {@code --format
 * json} prints; JSON.md says what they mean.
 *
 * @param traces the columns
 * @param diffs what each of the others and the first differ in, in full
 */
public record SideBySide(List<Run> traces, List<HookRow> hooks, List<DiffReport> diffs) {

    /**
     * One hook.
     *
     * @param columns by trace
     * @param rows what differs
     */
    public record HookRow(String hook, String prototype, List<Column> columns, List<Row> rows) {}

    /**
     * What one trace shows of a hook.
     *
     * @param compared calls compared with calls of the first trace; of that itself, 0
     * @param different of these, those that callers can tell apart
     */
    public record Column(String target, long calls, int sitesUsed, Cost cost, long compared, long different) {}

    /**
     * A divergence of one trace or several from the first.
     *
     * @param input what the first witness was given
     * @param cells by trace; null where the trace does not show the divergence
     */
    public record Row(String kind, boolean contract, String input, List<@Nullable Cell> cells) {}

    /**
     * What one trace shows.
     *
     * @param did in words
     * @param calls that show it
     * @param witness the first of them
     * @param explainedBy as in a divergence
     */
    public record Cell(String did, long calls, long witness, DiffReport.@Nullable Explanation explainedBy) {}

    /** What several traces show beside the first; {@code diffs} are of those with it. */
    public static SideBySide of(List<DiffReport> diffs) {
        DiffReport one = diffs.get(0);
        List<Run> traces = new ArrayList<>(List.of(one.first()));
        diffs.forEach(diff -> traces.add(diff.second()));
        List<HookRow> hooks = new ArrayList<>();
        for (HookDiff hook : one.hooks()) {
            List<HookDiff> all = diffs.stream()
                    .map(diff -> diff.hooks().stream()
                            .filter(other -> other.hook().equals(hook.hook()))
                            .findFirst()
                            .orElse(hook))
                    .toList();
            hooks.add(new HookRow(hook.hook(), hook.prototype(), columns(all), rows(all)));
        }
        return new SideBySide(traces, hooks, diffs);
    }

    private static List<Column> columns(List<HookDiff> all) {
        List<Column> columns = new ArrayList<>();
        HookDiff one = all.get(0);
        columns.add(new Column(
                one.target().first(),
                one.calls().first(),
                one.sitesUsed().first(),
                one.cost().first(),
                0,
                0));
        for (HookDiff hook : all) {
            columns.add(new Column(
                    hook.target().second(),
                    hook.calls().second(),
                    hook.sitesUsed().second(),
                    hook.cost().second(),
                    hook.compared(),
                    hook.different()));
        }
        return columns;
    }

    private record Key(String kind, String first, int number) {}

    /** Divergences from the same deed of the first trace are in one row. */
    private static List<Row> rows(List<HookDiff> all) {
        Map<Key, Row> rows = new LinkedHashMap<>();
        for (int i = 0; i < all.size(); i++) {
            int column = i + 1;
            List<Divergence> divergences = Stream.concat(
                            all.get(i).divergences().stream(), all.get(i).explained().stream())
                    .toList();
            for (Divergence divergence : divergences) {
                int number = 0;
                Row row = null;
                while (row == null || row.cells().get(column) != null) {
                    row = rows.computeIfAbsent(
                            new Key(divergence.kind(), divergence.first(), number++),
                            key -> row(divergence, all.size() + 1));
                }
                row.cells()
                        .set(
                                column,
                                new Cell(
                                        divergence.second(),
                                        divergence.calls(),
                                        divergence.witness().second(),
                                        divergence.explainedBy()));
            }
        }
        return new ArrayList<>(rows.values());
    }

    private static Row row(Divergence divergence, int columns) {
        List<@Nullable Cell> cells = new ArrayList<>();
        cells.add(new Cell(
                divergence.first(), divergence.calls(), divergence.witness().first(), null));
        while (cells.size() < columns) {
            cells.add(null);
        }
        return new Row(divergence.kind(), divergence.contract(), divergence.input(), cells);
    }

    /** What there is to fail on, by hook. */
    public List<Change> changes() {
        return diffs.stream()
                .flatMap(diff -> diff.changes().stream())
                .distinct()
                .toList();
    }
}
