package org.pvdiet.analyzer.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.pvdiet.analyzer.bits.BitTable;
import org.pvdiet.analyzer.bits.BitTable.Bit;
import org.pvdiet.analyzer.bits.BitTable.Level;
import org.pvdiet.analyzer.bits.BitTable.Way;
import org.pvdiet.analyzer.bits.Fate;

/** What becomes of the bits of page-table entries, a table for each platform and way. */
final class BitsPage {
    static final String NAME = "page-table-bits";

    private static final int BITS = 64;

    private BitsPage() {}

    /** The runs and their tables are in one order. */
    static Page of(List<Manual.Run> runs, List<BitTable> tables) {
        List<Block> blocks = new ArrayList<>();
        blocks.add(
                Pages.paragraph(
                        "On the way in a value is given to a hook and stands in the table afterwards; on the way"
                                + " out it stands in the table, and a hook returns it. Bits of the same fate on all levels share a line."));
        blocks.add(new Block.Bullets(List.of(
                Text.of(
                        "kept: it came through, having been 0 and 1; one value: it came through, but was only ever 0 or only ever 1."),
                Text.of("forced, cleared: 1 or 0, whatever went in."),
                Text.of("translated: part of a frame number that became another one."),
                Text.of("refused: entries with it set were not accepted."),
                Text.of("varies: sometimes one of these, sometimes another."),
                Text.of("unseen: no call shows it."))));
        for (int i = 0; i < runs.size(); i++) {
            BitTable table = tables.get(i);
            for (Way way : Way.values()) {
                List<Level> levels = table.levels().stream()
                        .filter(level -> level.way() == way)
                        .toList();
                if (levels.stream().anyMatch(level -> level.calls() > 0)) {
                    blocks.add(new Block.Section(
                            runs.get(i).name() + ", way " + way.name().toLowerCase(Locale.ROOT)));
                    blocks.add(grid(levels));
                }
            }
        }
        return new Page(NAME, "Page-table bits", blocks);
    }

    private static Block grid(List<Level> levels) {
        List<Integer> widths = new ArrayList<>(List.of(2, 3));
        List<String> header = new ArrayList<>(List.of("Bits", "Name"));
        for (Level level : levels) {
            widths.add(4);
            header.add("level " + level.level() + ", " + Pages.plural(level.calls(), "call"));
        }
        List<List<List<Text>>> rows = new ArrayList<>();
        for (int from = 0; from < BITS; ) {
            int to = from + 1;
            while (to < BITS && alike(levels, from, to)) {
                to++;
            }
            List<List<Text>> row = new ArrayList<>();
            row.add(List.of(Text.of(to == from + 1 ? "" + from : from + "-" + (to - 1))));
            int bit = from;
            row.add(List.of(Text.of(levels.stream()
                    .map(level -> level.bits().get(bit).name())
                    .distinct()
                    .collect(Collectors.joining(", above level 1: ")))));
            for (Level level : levels) {
                row.add(List.of(Text.of(cell(level.bits().get(from)))));
            }
            rows.add(row);
            from = to;
        }
        return new Block.Grid(widths, header, rows);
    }

    private static boolean alike(List<Level> levels, int a, int b) {
        return levels.stream()
                .allMatch(level -> level.bits().get(a).fate()
                                == level.bits().get(b).fate()
                        && level.bits().get(a).name().equals(level.bits().get(b).name()));
    }

    private static String cell(Bit bit) {
        String witness = bit.witness() < 0 ? "" : " (#" + bit.witness() + ")";
        return bit.fate() == Fate.KEPT_ONE_VALUE
                ? "one value" + witness
                : bit.fate().word().replace('_', ' ') + witness;
    }
}
