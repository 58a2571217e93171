package org.pvdiet.analyzer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pvdiet.analyzer.MadeTrace;
import org.pvdiet.analyzer.MadeTrace.MadeHook;
import org.pvdiet.analyzer.show.CallsText;
import org.pvdiet.traces.TraceReader;
import picocli.CommandLine;

/** What the report's command writes, and what it refuses. */
class ReportCommandTest {
    private static final Path SAMPLES = Path.of("..", "traces", "samples");
    private static final String NATIVE = SAMPLES.resolve("native.pvtrace").toString();
    private static final String XEN = SAMPLES.resolve("xen-pv.pvtrace").toString();

    @TempDir
    private static Path reports;

    @TempDir
    private Path directory;

    private static JsonNode report;

    private record Ran(int exitCode, String err) {}

    private static Ran run(Object... arguments) {
        StringWriter err = new StringWriter();
        CommandLine line = new CommandLine(new ReportCommand());
        line.setErr(new PrintWriter(err, true));
        line.setExecutionExceptionHandler((failure, where, parsed) -> Failures.report(failure, where.getErr()));
        String[] words = new String[arguments.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = arguments[i].toString();
        }
        return new Ran(line.execute(words), err.toString());
    }

    @BeforeAll
    static void write() throws IOException {
        assertEquals(0, run(NATIVE, XEN, "-o", reports).exitCode());
        report = new ObjectMapper().readTree(Files.readString(reports.resolve("report.json")));
    }

    @Test
    void everythingOnThePageIsInJson() throws IOException {
        String page = Files.readString(reports.resolve("report.html"));
        String begin = "<script type=\"application/json\" id=\"report\">";
        int from = page.indexOf(begin) + begin.length();
        JsonNode inPage = new ObjectMapper().readTree(page.substring(from, page.indexOf("</script>", from)));
        assertEquals(report, inPage);
        assertEquals(1, inPage.get("version").asInt());
    }

    /** The samples hold 7,500 calls each. */
    @Test
    void everyCallIsCountedOnce() {
        for (int i = 0; i < 2; i++) {
            long ofHooks = 0;
            for (JsonNode hook : report.get("hooks")) {
                ofHooks += hook.get("platforms").get(i).get("calls").asLong();
            }
            long overTime = 0;
            for (JsonNode group : report.get("overTime").get("traces").get(i).get("groups")) {
                for (JsonNode calls : group.get("calls")) {
                    overTime += calls.asLong();
                }
            }
            assertEquals(7500, ofHooks);
            assertEquals(7500, overTime);
        }
    }

    /** What a hook's calls made themselves, and what the calls within made, is all that was made in calls. */
    @Test
    void aHypercallIsCountedWhereItIsMade() {
        for (JsonNode hook : report.get("hooks")) {
            for (JsonNode platform : hook.get("platforms")) {
                long byName = 0;
                for (JsonNode hypercall : platform.get("hypercallsByName")) {
                    byName += hypercall.get("count").asLong();
                }
                assertTrue(
                        byName <= platform.get("hypercalls").asLong(),
                        hook.get("hook").asText() + " " + platform.get("platform"));
                if (platform.get("platform").asText().equals("native")) {
                    assertEquals(0, byName);
                }
            }
        }
    }

    /** Linux 6.1's xen_read_msr under XEN_PV_MSR_SAFE: RDMSR raises #GP, whose handler goes back by the hypercall iret (23). */
    @Test
    void theReturnFromAnExceptionIsNotTheHooksHypercall() throws IOException {
        List<MadeHook> hooks = List.of(new MadeHook("cpu.read_msr", "u64 read_msr(unsigned int msr)", "f"));
        MadeTrace bare = new MadeTrace(directory.resolve("native.pvtrace"), "native", hooks);
        MadeTrace xen = new MadeTrace(directory.resolve("xen.pvtrace"), "xen-pv", hooks);
        bare.call("cpu.read_msr").arguments(0x17).result(0).end();
        xen.call("cpu.read_msr")
                .arguments(0x17)
                .hypercall(29, 0, 1, 0)
                .exception(13)
                .hypercall(23, 0)
                .result(0)
                .end();
        Path to = directory.resolve("report");
        assertEquals(0, run(bare.write(), xen.write(), "-o", to).exitCode());
        JsonNode made = new ObjectMapper()
                .readTree(Files.readString(to.resolve("report.json")))
                .at("/hooks/0/platforms/1/hypercallsByName");
        assertEquals(1, made.size(), made::toString);
    }

    @Test
    void everyWitnessHasItsTextAsShowPrintsIt() {
        Set<String> known = new HashSet<>();
        try (TraceReader bare = TraceReader.open(Path.of(NATIVE));
                TraceReader xen = TraceReader.open(Path.of(XEN))) {
            for (JsonNode entry : report.get("calls")) {
                String trace = entry.get("call").get("trace").asText();
                long seq = entry.get("call").get("seq").asLong();
                String text = entry.get("text").asText();
                if (known.size() % 10 == 0) {
                    String shown = CallsText.of(trace.equals(NATIVE) ? bare : xen, seq, 1);
                    int cut = text.indexOf("\n    and ");
                    String kept = cut < 0 ? text : text.substring(0, cut);
                    assertTrue(kept.startsWith(shown) || cut >= 0 && shown.startsWith(kept), text);
                }
                assertTrue(known.add(trace + " " + seq), "twice: " + trace + " " + seq);
            }
        }
        assertEquals(0, report.get("callsLeftOut").asInt());
        for (JsonNode hook : report.get("hooks")) {
            for (JsonNode reason : hook.get("verdict").get("evidence")) {
                for (JsonNode witness : reason.get("witnesses")) {
                    assertTrue(known.contains(witness.get("trace").asText() + " " + witness.get("seq")));
                }
            }
        }
    }

    @Test
    void theSameTracesGiveTheSameBytes() throws IOException {
        run(NATIVE, XEN, "-o", directory);
        for (String name : List.of("report.html", "report.json")) {
            assertEquals(-1, Files.mismatch(reports.resolve(name), directory.resolve(name)), name);
        }
    }

    @Test
    void aReportThatIsThereIsNotReplacedUnasked() throws IOException {
        Files.writeString(directory.resolve("report.html"), "mine");
        Ran refused = run(NATIVE, XEN, "-o", directory);
        assertEquals(ExitCode.BAD_INPUT, refused.exitCode());
        assertTrue(refused.err().contains("report.html exists"), refused.err());
        assertEquals("mine", Files.readString(directory.resolve("report.html")));
        assertEquals(0, run(NATIVE, XEN, "-o", directory, "--force").exitCode());
        assertTrue(Files.readString(directory.resolve("report.html")).startsWith("<!doctype html>"));
    }

    @Test
    void onePlatformIsNotEnough() {
        Ran one = run(NATIVE, "-o", directory);
        assertEquals(ExitCode.USAGE, one.exitCode());
        assertTrue(one.err().contains("at least two"), one.err());
    }
}
