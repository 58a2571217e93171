package org.pvdiet.analyzer.query;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pvdiet.traces.Column;
import org.pvdiet.traces.ColumnSpec;
import org.pvdiet.traces.ColumnType;
import org.pvdiet.traces.Ending;
import org.pvdiet.traces.Table;
import org.pvdiet.traces.TraceReader;

/**
 * The SQL of the views: one for each table of the format, over all traces, with the columns {@code trace} (path as given) and
 * {@code platform} before the table's own; and {@code traces}, a row for each trace. Values that a file leaves out because
 * they did not change are filled in. {@code hooks} has also {@code full_name}.
 */
final class TraceViews {
    private TraceViews() {}

    static List<String> of(List<TraceReader> traces) {
        List<String> sql = new ArrayList<>();
        for (Table table : Table.values()) {
            sql.add(traces.stream()
                    .map(trace -> select(trace, table))
                    .collect(Collectors.joining(
                            " union all by name ", "create view " + table.tableName() + " as ", "")));
        }
        sql.add(traces.stream()
                .map(TraceViews::row)
                .collect(Collectors.joining(", ", "create view traces as from (values ", """
                ) as t(trace, platform, complete, calls, effects, instructions, registers, command_line, banner)""")));
        return sql;
    }

    /** A string literal. */
    static String quoted(Object text) {
        return "'" + text.toString().replace("'", "''") + "'";
    }

    private static String select(TraceReader trace, Table table) {
        List<Path> files = trace.files(table);
        List<Column> columns = table.columns(trace.info().registers());
        String given =
                quoted(trace.path()) + " as trace, " + quoted(trace.info().platform()) + " as platform, ";
        if (files.isEmpty()) {
            return nothing(given, columns);
        }
        String filledIn = columns.stream()
                .flatMap(column -> column.spec().unchangedFrom().stream().map(value -> filledIn(column, value)))
                .collect(Collectors.joining(", "));
        return "select " + given + "*" + (filledIn.isEmpty() ? "" : " replace (" + filledIn + ")")
                + (table == Table.HOOKS ? ", group_name || '.' || name as full_name" : "")
                + files.stream()
                        .map(file -> quoted(file.toAbsolutePath()))
                        .collect(Collectors.joining(", ", " from read_parquet([", "])"))
                + later(given, columns);
    }

    /** A file made by an earlier program lacks columns that were added to the format; their values are null. */
    private static String later(String given, List<Column> columns) {
        List<Column> later =
                columns.stream().filter(column -> column.spec().later()).toList();
        return later.isEmpty() ? "" : " union all by name " + nothing(given, later);
    }

    private static String nothing(String given, List<Column> columns) {
        return columns.stream()
                .map(TraceViews::absent)
                .collect(Collectors.joining(", ", "select " + given, " where false"));
    }

    private static String filledIn(Column column, ColumnSpec.Unchanged value) {
        return String.format(
                Locale.ROOT,
                "case when %1$s is not null then coalesce(%3$s, %2$s) else %3$s end as %3$s",
                identifier(value.where()),
                identifier(value.from()),
                identifier(column.columnName()));
    }

    private static String absent(Column column) {
        return "null::" + type(column.spec().type()) + " as " + identifier(column.columnName());
    }

    /** Quoted: {@code offset} is a word of SQL. */
    private static String identifier(String name) {
        return '"' + name + '"';
    }

    private static String type(ColumnType type) {
        return switch (type) {
            case INT32 -> "integer";
            case INT64 -> "bigint";
            case UINT64 -> "ubigint";
            case BOOL -> "boolean";
            case NAME, STRING -> "varchar";
            case BYTES -> "blob";
        };
    }

    private static String row(TraceReader trace) {
        return Stream.of(
                        quoted(trace.path()),
                        quoted(trace.info().platform()),
                        Boolean.toString(trace.complete()),
                        trace.counts().calls() + "::bigint",
                        trace.counts().effects() + "::bigint",
                        trace.ending().map(Ending::icount).map(String::valueOf).orElse("null") + "::bigint",
                        quoted(trace.info().registers().name().toLowerCase(Locale.ROOT)),
                        quoted(trace.info().commandLine()),
                        quoted(trace.info().image().banner()))
                .collect(Collectors.joining(", ", "(", ")"));
    }
}
