package org.pvdiet.analyzer.query;

import java.io.IOException;
import java.util.List;

/** Takes a result row by row, so that none is too large. */
sealed interface RowWriter permits TextRows, CsvRows, JsonRows {
    /** Takes a row; a value is DuckDB's text for it, or null. */
    void row(List<String> values) throws IOException;

    /** Says that there are no more rows. */
    void end() throws IOException;
}
