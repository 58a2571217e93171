package org.pvdiet.analyzer.query;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pvdiet.traces.Table;
import org.pvdiet.traces.TraceReader;

/**
 * Traces as a database. It reads the traces it was given and, once it is open, nothing else: no other file, no network, no
 * extension. It computes on one thread, so that the same query prints the same bytes even where it does not say in which
 * order. What does not fit {@value #MEMORY} goes to a temporary directory.
 */
public final class TraceDatabase implements AutoCloseable {
    private static final String MEMORY = "1GB";
    private static final String LOST_MESSAGE = "Invalid Input Error: Invalid result set";

    private final Connection connection;
    private final Path spill;

    private TraceDatabase(Connection connection, Path spill) {
        this.connection = connection;
        this.spill = spill;
    }

    /** Opens a database with the views that {@link TraceViews} describes. */
    public static TraceDatabase open(List<TraceReader> traces) throws IOException {
        return open(traces, Optional.empty());
    }

    /** The same, of which {@link #writeParquet} may write one file. */
    public static TraceDatabase open(List<TraceReader> traces, Path output) throws IOException {
        return open(traces, Optional.of(output));
    }

    private static TraceDatabase open(List<TraceReader> traces, Optional<Path> output) throws IOException {
        Path spill = Files.createTempDirectory("pvdiet-query");
        try {
            Properties streaming = new Properties();
            streaming.setProperty("jdbc_stream_results", "true");
            TraceDatabase database = new TraceDatabase(DriverManager.getConnection("jdbc:duckdb:", streaming), spill);
            try (Statement statement = database.connection.createStatement()) {
                for (String sql : settings(traces, output, spill)) {
                    statement.execute(sql);
                }
            } catch (SQLException e) {
                database.close();
                throw e;
            }
            return database;
        } catch (SQLException e) {
            throw failure(e, false);
        }
    }

    private static List<String> settings(List<TraceReader> traces, Optional<Path> output, Path spill) {
        List<String> sql = new ArrayList<>(List.of(
                "set threads = 1",
                "set memory_limit = '" + MEMORY + "'",
                "set temp_directory = " + TraceViews.quoted(spill),
                "set autoinstall_known_extensions = false",
                "set autoload_known_extensions = false"));
        sql.addAll(TraceViews.of(traces));
        sql.add(Stream.concat(
                        traces.stream()
                                .flatMap(trace ->
                                        Stream.of(Table.values()).flatMap(table -> trace.files(table).stream())),
                        output.stream())
                .map(Path::toAbsolutePath)
                .map(TraceViews::quoted)
                .collect(Collectors.joining(", ", "set allowed_paths = [", "]")));
        sql.add("set enable_external_access = false");
        sql.add("set lock_configuration = true");
        return sql;
    }

    /** Writes the result of a query. */
    public void write(String sql, ResultFormat format, Writer out) throws IOException {
        try (PreparedStatement statement = prepare(sql);
                ResultSet rows = run(statement, sql)) {
            List<ResultColumn> columns = columns(rows.getMetaData());
            RowWriter writer = switch (format) {
                case TEXT -> new TextRows(out, columns);
                case CSV -> new CsvRows(out, columns);
                case JSON -> new JsonRows(out, named(columns));
                case PARQUET -> throw new IllegalArgumentException("Parquet is written to files");
            };
            while (rows.next()) {
                List<String> values = new ArrayList<>(columns.size());
                for (int i = 1; i <= columns.size(); i++) {
                    values.add(rows.getString(i));
                }
                writer.row(values);
            }
            writer.end();
        } catch (SQLException e) {
            throw failure(e, false);
        }
    }

    /** Writes the result of a query to the file that was named at opening. */
    public void writeParquet(String sql, Path output) {
        try (PreparedStatement statement = prepare(sql)) {
            named(columns(statement.getMetaData()));
        } catch (SQLException e) {
            throw failure(e, true);
        }
        String query = sql.strip().replaceFirst(";$", "");
        // The line feed ends a comment in the last line.
        try (Statement statement = connection.createStatement()) {
            statement.execute("copy (" + query + "\n) to " + TraceViews.quoted(output.toAbsolutePath())
                    + " (format parquet, compression zstd)");
        } catch (SQLException e) {
            throw failure(e, false);
        }
    }

    private PreparedStatement prepare(String sql) {
        try {
            return connection.prepareStatement(sql);
        } catch (SQLException e) {
            throw failure(e, !e.getMessage().startsWith("IO Error"));
        }
    }

    private ResultSet run(PreparedStatement statement, String sql) throws SQLException {
        try {
            if (statement.execute()) {
                return statement.getResultSet();
            }
        } catch (SQLException e) {
            if (e.getMessage().startsWith(LOST_MESSAGE)) {
                // A streamed result that fails on its first rows has lost the reason; unstreamed it is told.
                try (Statement again = connection.createStatement()) {
                    again.execute("explain analyze\n" + sql);
                }
            }
            throw e;
        }
        throw new QueryException("This statement has no rows as its result; give a query.", true, null);
    }

    private static List<ResultColumn> columns(ResultSetMetaData data) throws SQLException {
        List<ResultColumn> columns = new ArrayList<>();
        for (int i = 1; i <= data.getColumnCount(); i++) {
            columns.add(ResultColumn.of(data.getColumnLabel(i), data.getColumnTypeName(i)));
        }
        return columns;
    }

    /** The columns, if each has a name of its own. */
    private static List<ResultColumn> named(List<ResultColumn> columns) {
        Set<String> names = new HashSet<>();
        for (ResultColumn column : columns) {
            if (!names.add(column.name())) {
                throw new QueryException(
                        "Two columns of the result are called " + column.name() + "; name one with AS.", true, null);
            }
        }
        return columns;
    }

    private static QueryException failure(SQLException e, boolean misunderstood) {
        return new QueryException(e.getMessage().strip(), misunderstood, e);
    }

    @Override
    public void close() throws IOException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failure(e, false);
        } finally {
            MoreFiles.deleteRecursively(spill, RecursiveDeleteOption.ALLOW_INSECURE);
        }
    }
}
