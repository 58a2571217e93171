package org.pvdiet.analyzer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pvdiet.analyzer.MadeTrace;
import org.pvdiet.analyzer.MadeTrace.MadeHook;
import org.pvdiet.analyzer.query.ResultFormat;
import org.pvdiet.analyzer.query.TraceDatabase;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;
import org.pvdiet.traces.TraceReader;

/** SQL over the sample traces and over made ones. */
@Isolated("takes what is printed on standard output, which is everybody's")
class QueryCommandTest {
    private static final String NATIVE = "../traces/samples/native.pvtrace";
    private static final String XEN = "../traces/samples/xen-pv.pvtrace";
    private static final String WORD = "ffffffff81000123";

    @TempDir
    private Path directory;

    private static CommandRun run(Object... words) {
        return CommandRun.of(new QueryCommand(), words);
    }

    private static JsonNode rows(CommandRun ran) {
        assertEquals(0, ran.exitCode(), ran.err());
        return ran.json();
    }

    private static JsonNode rows(String sql) {
        return rows(run(NATIVE, XEN, sql, "--format", "json"));
    }

    /** The statements of QUERIES.md, in order. */
    static String question(int number) throws IOException {
        List<String> statements = new ArrayList<>();
        Matcher matcher =
                Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(Path.of("QUERIES.md")));
        while (matcher.find()) {
            statements.add(matcher.group(1));
        }
        assertEquals(5, statements.size());
        return statements.get(number);
    }

    /** Under Xen PV each entry written outside of lazy mode is one mmu_update (Linux, arch/x86/xen/mmu_pv.c). */
    @Test
    void whoCallsSetPte() throws IOException {
        for (JsonNode row : rows(question(0))) {
            assertTrue(row.get("calls").asLong() > 0);
            if (row.get("platform").asText().equals("native")) {
                assertEquals(0, row.get("hypercalls").asLong());
            }
        }
    }

    /** Xen lets a guest write the GS base, MSR 0xc0000101 (SDM vol. 4, table 2-2), by a hypercall or a trap. */
    @Test
    void whichMsrsAreWritten() throws IOException {
        JsonNode rows = rows(question(1));
        assertEquals("0xc0000101", rows.get(0).get("msr").asText());
        assertTrue(rows.get(0).get("xen").asLong() > 0);
        for (JsonNode row : rows) {
            assertEquals(row.get("xen").asLong(), row.get("xen_written").asLong());
        }
    }

    @Test
    void mmuHooksCostAGuestMore() throws IOException {
        long bare = 0;
        long xen = 0;
        for (JsonNode row : rows(question(2))) {
            if (row.get("platform").asText().equals("native")) {
                bare += row.get("instructions").asLong();
                assertEquals(0, row.get("hypercalls").asLong());
            } else {
                xen += row.get("instructions").asLong();
            }
        }
        assertTrue(bare > 0 && xen > 10 * bare, bare + " " + xen);
    }

    /** 1 is mmu_update, 26 mmuext_op (Xen, public/xen.h). */
    @Test
    void whichHypercallsAHookMakes() throws IOException {
        List<String> pairs = new ArrayList<>();
        for (JsonNode row : rows(question(3))) {
            pairs.add(row.get("hook").asText() + " " + row.get("hypercall").asInt());
            assertEquals(0, row.get("refused").asInt());
        }
        assertTrue(pairs.contains("mmu.set_pte 1"), pairs.toString());
    }

    /** Linux 6.1's xen_irq_enable_direct asks for an event that is pending, and its handler sets a timer and returns by iret. */
    @Test
    void hypercallsOfHandlersAreNotTheHooks() throws IOException {
        int version = 17;
        int iret = 23;
        MadeTrace trace = new MadeTrace(
                directory.resolve("handler.pvtrace"),
                "xen-pv",
                List.of(new MadeHook("irq.irq_enable", "void irq_enable(void)", "f")));
        trace.call("irq.irq_enable")
                .hypercall(version, 0, 0, 0)
                .effect(EffectKind.INTERRUPT, 0xf3, -1, -1, 0, EffectOutcome.DONE)
                .effect(EffectKind.HYPERCALL, iret, -1, -1, 0, EffectOutcome.DONE)
                .end();
        JsonNode rows = rows(run(trace.write(), question(3), "--format", "json"));
        assertEquals(1, rows.size(), rows::toString);
        assertEquals(version, rows.get(0).get("hypercall").asInt());
        assertEquals(1, rows.get(0).get("made").asInt());
    }

    /** Xen sets the user bit and bit 52 in the kernel's entries, G in user entries (xen/arch/x86/pv/mm.h, adjust_guest_l1e). */
    @Test
    void whichBitsChangeOnTheWay() throws IOException {
        Set<String> set = new HashSet<>();
        for (JsonNode row : rows(question(4))) {
            assertEquals("xen-pv", row.get("platform").asText(), "bare metal stores what it is given");
            assertEquals("0000000000000000", row.get("cleared").asText());
            set.add(row.get("set").asText());
        }
        assertEquals(Set.of("0010000000000004", "0000000000000100"), set);
    }

    private Path made(String... hooks) {
        List<MadeHook> list = new ArrayList<>();
        for (String hook : hooks) {
            list.add(new MadeHook(hook, "void f(unsigned long x)", "f"));
        }
        MadeTrace trace = new MadeTrace(directory.resolve("made.pvtrace"), "native", list);
        trace.call(hooks[0])
                .arguments(-1L, Long.MIN_VALUE)
                .result(Long.parseUnsignedLong(WORD, 16))
                .end();
        return trace.write();
    }

    @Test
    void wordsOf64BitsAreExactInEveryFormat() throws IOException, SQLException {
        Path trace = made("cpu.wbinvd");
        String sql = "select arg0, arg1, hex(result) as h, printf('%x', result) as p, arg2 from calls";
        assertEquals("""
                                arg0                 arg1  h                 p                 arg2
                18446744073709551615  9223372036854775808  FFFFFFFF81000123  ffffffff81000123  NULL
                """, run(trace, sql).out());
        assertEquals(
                "arg0,arg1,h,p,arg2\n18446744073709551615,9223372036854775808,FFFFFFFF81000123,ffffffff81000123,\n",
                run(trace, sql, "--format", "csv").out());
        assertEquals("""
                [
                {"arg0":18446744073709551615,"arg1":9223372036854775808,"h":"FFFFFFFF81000123","p":"ffffffff81000123","arg2":null}
                ]
                """, run(trace, sql, "--format", "json").out());
        Path file = directory.resolve("words.parquet");
        assertEquals(0, run(trace, sql + " -- with a comment", "-o", file).exitCode());
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                ResultSet row = connection
                        .createStatement()
                        .executeQuery("select typeof(arg0) || ' ' || arg0 from '" + file + "'")) {
            row.next();
            assertEquals("UBIGINT 18446744073709551615", row.getString(1));
        }
    }

    @Test
    void everyTableIsThereForEveryTrace() {
        JsonNode counts = rows("""
                select trace, platform,
                    (select count(*) from calls c where c.trace = t.trace and c.platform = t.platform) as calls,
                    (select count(*) from effects c where c.trace = t.trace) as effects,
                    (select count(*) from hooks c where c.trace = t.trace and full_name like '%._%') as hooks,
                    (select count(*) from sites c where c.trace = t.trace) as sites,
                    (select count(*) from symbols c where c.trace = t.trace) as symbols,
                    (select count(*) from frames c where c.trace = t.trace) as frames,
                    t.calls as rows
                from traces t order by platform""");
        assertEquals(2, counts.size());
        for (JsonNode trace : counts) {
            assertEquals(7500, trace.get("calls").asInt());
            assertEquals(7500, trace.get("rows").asInt());
            assertTrue(trace.get("effects").asInt() > 100);
            assertEquals(84, trace.get("hooks").asInt());
            assertTrue(trace.get("sites").asInt() > 3600 && trace.get("symbols").asInt() > 0);
        }
        assertEquals(0, counts.get(0).get("frames").asInt());
        assertTrue(counts.get(1).get("frames").asInt() > 0);
    }

    /** A result that would take years to compute: its first rows come all the same, and then the disk is full. */
    @Test
    void rowsAreWrittenAsTheyCome() throws IOException {
        Writer full = new Writer() {
            private int room = 100_000;

            @Override
            public void write(char[] text, int from, int length) throws IOException {
                room -= length;
                if (room < 0) {
                    throw new IOException("no space left");
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        try (TraceReader trace = TraceReader.open(Path.of(XEN));
                TraceDatabase database = TraceDatabase.open(List.of(trace))) {
            IOException failure = assertTimeoutPreemptively(
                    Duration.ofMinutes(1),
                    () -> assertThrows(
                            IOException.class,
                            () -> database.write(
                                    "select a.seq from calls a, range(1000000000000)", ResultFormat.CSV, full)));
            assertEquals("no space left", failure.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2 | selec                                            | Parser Error",
                "2 | select nothing from calls                        | \"nothing\" not found",
                "2 | select * from cals                               | Did you mean \"calls\"",
                "2 | create table x as select 1                       | give a query",
                "2 | ''                                               | needs an SQL statement",
                "2 | copy calls to 'x.csv'                            | Permission Error",
                "2 | from 'https://example.org/x.parquet'             | Permission Error",
                "2 | from read_csv('/etc/passwd')                     | Permission Error",
                "3 | install httpfs                                   | Permission Error",
                "3 | set memory_limit = '100GB'                       | locked",
                "3 | select outcome::int from calls                   | Could not convert string 'returned'",
                "3 | select case when seq > 5000 then error('no') end from calls | no",
            })
    void whatCannotBeAnsweredIsSaidInDuckDbsWords(int exitCode, String sql, String words) {
        CommandRun ran = run(XEN, sql == null ? "" : sql);
        assertEquals(exitCode, ran.exitCode(), ran.err());
        assertTrue(ran.err().contains(words), ran.err());
        assertFalse(ran.err().contains("\tat "), ran.err());
    }

    @Test
    void theCommandLineIsChecked() throws IOException {
        Path file = Files.createFile(directory.resolve("there.json"));
        assertEquals(ExitCode.BAD_INPUT, run(XEN, "select 1", "-o", file).exitCode());
        assertEquals(0, Files.size(file));
        assertEquals(0, run(XEN, "select 1 as one", "-o", file, "--force").exitCode());
        assertEquals("[\n{\"one\":1}\n]\n", Files.readString(file));
        assertEquals(ExitCode.USAGE, run(XEN).exitCode());
        assertEquals(ExitCode.USAGE, run("select 1").exitCode());
        assertEquals(ExitCode.USAGE, run(XEN, XEN + "/", "select 1").exitCode());
        assertEquals(ExitCode.USAGE, run(XEN, "select 1", "--format", "parquet").exitCode());
        assertEquals(
                ExitCode.USAGE,
                run(XEN, "select 1 as a, 2 as a", "--format", "json").exitCode());
        Path none = directory.resolve("none.parquet");
        assertEquals(
                ExitCode.BAD_INPUT, run(XEN, "select error('no')", "-o", none).exitCode());
        assertFalse(Files.exists(none) || Files.exists(directory.resolve("none.parquet.tmp")));
        assertEquals(
                ExitCode.BAD_INPUT,
                run(directory.resolve("no.pvtrace"), "select 1").exitCode());
    }

    @Test
    void ofARunThatWasKilledTheBeginningIsAskedAndSaidToBeThat() {
        MadeTrace trace = new MadeTrace(
                directory.resolve("killed.pvtrace"),
                "native",
                List.of(new MadeHook("cpu.wbinvd", "void f(void)", "f")));
        trace.call("cpu.wbinvd").end();
        CommandRun ran = run(trace.killed(), "select complete, (select count(*) from effects) as effects from traces");
        assertEquals("complete  effects\nfalse           0\n", ran.out(), ran.err());
        assertTrue(ran.err().contains("is incomplete"), ran.err());
    }
}
