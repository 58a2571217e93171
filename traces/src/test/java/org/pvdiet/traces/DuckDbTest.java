package org.pvdiet.traces;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that knows nothing of ours reads the same. */
class DuckDbTest {
    @TempDir
    Path directory;

    @Test
    void readsATraceByItself() throws SQLException {
        Path path = directory.resolve("x.pvtrace");
        SyntheticRun.record(
                path,
                1,
                RegisterMode.FULL,
                20_000,
                Options.defaults().withPartRows(7_000).withRowGroupRows(3_000));
        long args = 0;
        BigInteger sum = BigInteger.ZERO;
        BigInteger after = BigInteger.ZERO;
        long effects = 0;
        try (TraceReader reader = TraceReader.open(path)) {
            effects = reader.counts().effects();
            for (Batch<CallColumn> batch :
                    reader.calls(EnumSet.of(CallColumn.ARG0, CallColumn.RSI_AFTER, CallColumn.OUTCOME))) {
                for (int row = 0; row < batch.rows(); row++) {
                    if (!batch.isNull(CallColumn.ARG0, row)) {
                        args++;
                        sum = sum.add(unsigned(batch.get(CallColumn.ARG0, row)));
                    }
                    after = after.add(unsigned(batch.get(CallColumn.RSI_AFTER, row)));
                }
            }
        }
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            String calls = "'" + path + "/calls-*.parquet'";
            assertEquals("20000", one(statement, "select count(*) from " + calls));
            assertEquals("19999", one(statement, "select max(seq) from " + calls));
            assertEquals(Long.toString(args), one(statement, "select count(arg0) from " + calls));
            assertEquals(sum.toString(), one(statement, "select sum(arg0::hugeint) from " + calls));
            assertEquals(
                    after.toString(),
                    one(
                            statement,
                            "select sum((case when rflags_after is not null then coalesce(rsi_after, rsi)"
                                    + " else rsi_after end)::hugeint) from " + calls));
            assertEquals("returned", one(statement, "select mode(outcome) from " + calls));
            assertEquals(
                    Long.toString(effects),
                    one(
                            statement,
                            "select count(*) from '" + path + "/effects-*.parquet' e join " + calls
                                    + " c using (seq) where e.kind = 'page_table_entry' and e.new <> e.old"));
            assertEquals(
                    "84",
                    one(
                            statement,
                            "select count(distinct group_name || '.' || name) from '" + path + "/hooks.parquet'"));
            assertEquals(
                    "FF1425804A2382",
                    one(statement, "select hex(original_bytes) from '" + path + "/sites.parquet' limit 1"));
            assertEquals("sym_7é", one(statement, "select name from '" + path + "/symbols.parquet' offset 7 limit 1"));
            assertEquals("1", one(statement, "select count(*) from '" + path + "/frames.parquet' where mfn is null"));
            assertEquals(
                    "true", one(statement, "select state = 'complete' from read_json_auto('" + path + "/trace.json')"));
        }
    }

    private static BigInteger unsigned(long value) {
        return new BigInteger(Long.toUnsignedString(value));
    }

    private static String one(Statement statement, String sql) throws SQLException {
        try (ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return String.valueOf((Object) result.getString(1));
        }
    }
}
