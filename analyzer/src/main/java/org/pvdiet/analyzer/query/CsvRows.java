package org.pvdiet.analyzer.query;

import com.google.common.base.CharMatcher;
import java.io.IOException;
import java.util.List;

/** Comma-separated values as in RFC 4180, with a header, but lines end in LF. Null is an empty field, and an empty text "". */
final class CsvRows implements RowWriter {
    private static final CharMatcher SPECIAL = CharMatcher.anyOf(",\"\r\n");

    private final Appendable out;

    CsvRows(Appendable out, List<ResultColumn> columns) throws IOException {
        this.out = out;
        row(columns.stream().map(ResultColumn::name).toList());
    }

    @Override
    public void row(List<String> values) throws IOException {
        for (int i = 0; i < values.size(); i++) {
            if (i > 0) {
                out.append(',');
            }
            String value = values.get(i);
            if (value != null) {
                out.append(
                        value.isEmpty() || SPECIAL.matchesAnyOf(value)
                                ? '"' + value.replace("\"", "\"\"") + '"'
                                : value);
            }
        }
        out.append('\n');
    }

    @Override
    public void end() {}
}
