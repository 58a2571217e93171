package org.pvdiet.analyzer.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.pvdiet.analyzer.bits.BitTable;
import org.pvdiet.analyzer.bits.Fate;
import org.pvdiet.analyzer.diet.Evidence.Witness;
import org.pvdiet.analyzer.diff.DiffReport;
import org.pvdiet.analyzer.show.CallsText;
import org.pvdiet.traces.TraceReader;

/**
 * The texts of calls that a report's statements name as witnesses, each once. There are thousands of them in traces that differ
 * much, so those that show what was different around the runs come first, then those that verdicts and divergences rest on, and
 * the rest have what room is left.
 */
final class Witnesses {
    /** Characters of all texts together: a page with them stays below 5 MB. */
    static final int ROOM = 3_000_000;

    /** Of one call's text: a call that changes a whole page table has thousands of lines. */
    static final int MOST_LINES = 60;

    private final List<Report.CallText> texts = new ArrayList<>();
    private final int leftOut;

    /**
     * @param characters of all texts together, at most
     */
    Witnesses(
            List<TraceReader> readers,
            List<Report.Comparison> comparisons,
            List<Report.HookPage> hooks,
            List<BitTable> bits,
            int characters) {
        Set<Witness> wanted = wanted(readers, comparisons, hooks, bits);
        Map<Witness, String> found = new HashMap<>();
        for (TraceReader reader : readers) {
            String trace = reader.path().toString();
            SortedSet<Long> seqs = new TreeSet<>();
            wanted.stream().filter(call -> call.trace().equals(trace)).forEach(call -> seqs.add(call.seq()));
            CallsText.each(reader, seqs).forEach((seq, text) -> found.put(new Witness(trace, seq), text));
        }
        int room = characters;
        for (Witness call : wanted) {
            String text = beginning(found.getOrDefault(call, ""));
            if (!text.isEmpty() && text.length() <= room) {
                room -= text.length();
                texts.add(new Report.CallText(call, text));
            }
        }
        leftOut = wanted.size() - texts.size();
    }

    /** In order of weight. */
    private static Set<Witness> wanted(
            List<TraceReader> readers,
            List<Report.Comparison> comparisons,
            List<Report.HookPage> hooks,
            List<BitTable> bits) {
        Set<Witness> wanted = new LinkedHashSet<>();
        String first = readers.get(0).path().toString();
        for (Report.Comparison comparison : comparisons) {
            comparison.environment().forEach(around -> {
                wanted.add(new Witness(first, around.witness().first()));
                wanted.add(new Witness(comparison.trace(), around.witness().second()));
            });
        }
        for (Report.HookPage hook : hooks) {
            hook.verdict().evidence().forEach(reason -> wanted.addAll(reason.witnesses()));
            for (int i = 0; i < hook.diffs().size(); i++) {
                String second = readers.get(i + 1).path().toString();
                DiffReport.HookDiff diff = hook.diffs().get(i);
                Stream.concat(diff.divergences().stream(), diff.explained().stream())
                        .forEach(divergence -> {
                            wanted.add(new Witness(first, divergence.witness().first()));
                            wanted.add(new Witness(second, divergence.witness().second()));
                        });
                diff.contracts().forEach(difference -> {
                    difference.first().forEach(one -> wanted.add(new Witness(first, one.witness())));
                    difference.second().forEach(one -> wanted.add(new Witness(second, one.witness())));
                });
            }
        }
        for (BitTable table : bits) {
            table.levels().stream()
                    .flatMap(level -> level.bits().stream())
                    .filter(bit -> bit.fate() != Fate.UNSEEN)
                    .forEach(bit -> wanted.add(new Witness(table.trace(), bit.witness())));
        }
        for (Report.HookPage hook : hooks) {
            for (Report.OnPlatform platform : hook.platforms()) {
                platform.hypercallsByName().forEach(call -> wanted.add(new Witness(platform.trace(), call.witness())));
                platform.statements()
                        .forEach(statement -> wanted.add(new Witness(platform.trace(), statement.witness())));
            }
        }
        wanted.removeIf(call -> call.seq() < 0);
        return wanted;
    }

    private static String beginning(String text) {
        List<String> lines = text.lines().toList();
        return lines.size() <= MOST_LINES
                ? text
                : String.join(System.lineSeparator(), lines.subList(0, MOST_LINES))
                        + String.format(Locale.ROOT, "%n    and %,d more lines%n", lines.size() - MOST_LINES);
    }

    List<Report.CallText> texts() {
        return texts;
    }

    int leftOut() {
        return leftOut;
    }
}
