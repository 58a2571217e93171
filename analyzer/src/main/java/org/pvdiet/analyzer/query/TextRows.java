package org.pvdiet.analyzer.query;

import com.google.common.base.Splitter;
import com.google.common.base.Strings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A table for people. The first rows decide how wide its columns are; a later value that is wider shifts its line. */
final class TextRows implements RowWriter {
    private static final int SAMPLE = 1000;

    private final Appendable out;
    private final List<ResultColumn> columns;
    private final int[] widths;
    private final List<List<String>> waiting = new ArrayList<>();
    private boolean begun;

    TextRows(Appendable out, List<ResultColumn> columns) {
        this.out = out;
        this.columns = columns;
        this.widths =
                columns.stream().mapToInt(column -> column.name().length()).toArray();
    }

    @Override
    public void row(List<String> values) throws IOException {
        if (begun) {
            print(values);
            return;
        }
        waiting.add(values);
        for (int i = 0; i < widths.length; i++) {
            for (String line : lines(values.get(i))) {
                widths[i] = Math.max(widths[i], line.length());
            }
        }
        if (waiting.size() == SAMPLE) {
            begin();
        }
    }

    @Override
    public void end() throws IOException {
        if (!begun) {
            begin();
        }
    }

    private void begin() throws IOException {
        begun = true;
        print(columns.stream().map(ResultColumn::name).toList());
        for (List<String> values : waiting) {
            print(values);
        }
        waiting.clear();
    }

    private void print(List<String> values) throws IOException {
        List<List<String>> cells = values.stream().map(TextRows::lines).toList();
        int height = cells.stream().mapToInt(List::size).max().orElse(1);
        for (int y = 0; y < height; y++) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String cell = y < cells.get(i).size() ? cells.get(i).get(y) : "";
                line.append(i == 0 ? "" : "  ")
                        .append(
                                columns.get(i).kind() == ResultColumn.Kind.NUMBER
                                        ? Strings.padStart(cell, widths[i], ' ')
                                        : Strings.padEnd(cell, widths[i], ' '));
            }
            out.append(line.toString().stripTrailing()).append('\n');
        }
    }

    private static List<String> lines(String value) {
        return value == null ? List.of("NULL") : Splitter.on('\n').splitToList(value);
    }
}
