package org.pvdiet.analyzer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks a trace by DuckDB, a reader that is not ours. Views: {@code calls} with each call's {@code hook_name}, {@code
 * effects}, {@code hooks}, {@code sites}, {@code frames}. Macros: {@code frame(pte)} and {@code machine(pfn)}.
 */
final class RecordedFacts implements AutoCloseable {
    private final Connection connection;
    private final Statement statement;

    RecordedFacts(Path trace) throws SQLException {
        connection = DriverManager.getConnection("jdbc:duckdb:");
        statement = connection.createStatement();
        statement.execute("create view hooks as select *, group_name || '.' || name as hook_name from '" + trace
                + "/hooks.parquet'");
        statement.execute("create view calls as select c.*, h.hook_name from '" + trace
                + "/calls-*.parquet' c join hooks h on c.hook = h.id");
        statement.execute("create view effects as select * from '" + trace + "/effects-*.parquet'");
        statement.execute(
                "create view interrupt_flag as select seq, old, new from effects where kind = 'interrupt_flag'");
        statement.execute("create view sites as select * from '" + trace + "/sites.parquet'");
        statement.execute("create table frames as select pfn + i as pfn, mfn + i as mfn from '" + trace
                + "/frames.parquet', unnest(range(count::bigint)) t(i)");
        // Bits 12 to 51 of an entry (SDM vol. 3, 4.5).
        statement.execute("create macro frame(pte) as (pte & 4503599627366400) >> 12");
    }

    /** Asserts that a condition holds on every call of a hook, and that there are such calls. */
    void always(String hook, String condition) throws SQLException {
        always("calls", "hook_name = '" + hook + "'", condition);
    }

    /** Asserts that a condition holds on every row that is asked for, and that there are some. */
    void always(String from, String which, String condition) throws SQLException {
        String rows = " from " + from + " where " + which;
        assertTrue(count("select count(*)" + rows) > 0, () -> "there is none where " + which);
        String broken = rows + " and not coalesce(" + condition + ", false)";
        long exceptions = count("select count(*)" + broken);
        if (exceptions > 0) {
            assertEquals(0, exceptions, condition + " where " + which + ", first broken: " + row("select *" + broken));
        }
    }

    /** Asserts that hooks which set the interrupt flag have that as their effect, and only where it was otherwise. */
    void interruptFlagIsAnEffect() throws SQLException {
        String calls = "calls c left join interrupt_flag e using (seq)";
        // The flag before the call is bit 2 of mode.
        always(calls, "hook_name = 'irq.irq_disable' and outcome = 'returned' and mode & 4 = 4", "new = 0 and old = 1");
        always(calls, "hook_name = 'irq.irq_disable' and mode & 4 = 0", "new is null");
        always(calls, "hook_name = 'irq.irq_enable' and outcome = 'returned' and mode & 4 = 0", "new = 1 and old = 0");
        always(calls, "hook_name = 'irq.save_fl'", "new is null");
    }

    long count(String sql) throws SQLException {
        try (ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }

    List<String> column(String sql) throws SQLException {
        try (ResultSet result = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (result.next()) {
                values.add(result.getString(1));
            }
            return values;
        }
    }

    private String row(String sql) throws SQLException {
        try (ResultSet result = statement.executeQuery(sql + " limit 1")) {
            result.next();
            StringBuilder text = new StringBuilder();
            for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                text.append(result.getMetaData().getColumnName(i))
                        .append('=')
                        .append(result.getString(i))
                        .append(' ');
            }
            return text.toString();
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
