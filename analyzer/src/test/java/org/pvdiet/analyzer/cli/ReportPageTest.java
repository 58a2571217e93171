package org.pvdiet.analyzer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.base.Splitter;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pvdiet.analyzer.MadeTrace;
import org.pvdiet.analyzer.MadeTrace.MadeHook;
import org.pvdiet.analyzer.show.CallsText;
import org.pvdiet.traces.TraceReader;

/** The report's page of the sample traces, in a browser, used as a person with a keyboard does. */
class ReportPageTest {
    private static final Path SAMPLES = Path.of("..", "traces", "samples");
    private static final String NATIVE = SAMPLES.resolve("native.pvtrace").toString();
    private static final String XEN = SAMPLES.resolve("xen-pv.pvtrace").toString();
    /** The body of a script that gives the first column of those rows of the diet that are shown. */
    private static final String SHOWN = "return [...document.querySelectorAll('#diet-table tbody tr')]"
            + ".filter(row => row.offsetHeight > 0).map(row => row.firstChild.textContent)";

    @TempDir
    private static Path directory;

    private static Browser browser;
    private static URI page;

    @BeforeAll
    static void open() throws IOException {
        Path driver = Browser.driver().orElse(null);
        if (driver == null) {
            abort("no chromedriver: apt-get install chromium chromium-driver");
        }
        page = report(directory.resolve("report"), NATIVE, XEN);
        browser = Browser.start(driver, directory.resolve("profile"));
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
    }

    private static URI report(Path to, String... traces) {
        List<String> arguments = new ArrayList<>(List.of("report", "-o", to.toString()));
        Collections.addAll(arguments, traces);
        assertEquals(ExitCode.DONE, Main.execute(arguments.toArray(String[]::new)));
        return to.resolve("report.html").toUri();
    }

    @BeforeEach
    void overview() {
        go("");
    }

    /** Opens the page afresh at a fragment. */
    private static void go(String fragment) {
        browser.open(URI.create("about:blank"));
        browser.open(URI.create(page + fragment));
    }

    private static String text(String selector) {
        return browser.script("return document.querySelector('" + selector + "').textContent")
                .asText();
    }

    private static List<String> list(String script) {
        List<String> list = new ArrayList<>();
        browser.script(script).forEach(each -> list.add(each.asText()));
        return list;
    }

    private static void focus(String selector) {
        browser.script("document.querySelector('" + selector + "').focus()");
    }

    @Test
    void nothingIsAskedOfTheNetworkAndNothingGoesWrong() {
        browser.console();
        browser.requests();
        go("#mmu.set_pte");
        go("#all");
        assertEquals(List.of(), browser.console());
        Set<String> requests = new TreeSet<>(browser.requests());
        requests.removeAll(List.of("about:blank", "data:,"));
        assertEquals(Set.of(page.toString()), requests);
    }

    @Test
    void theFirstTabSkipsToTheContent() {
        browser.press(Browser.TAB);
        assertEquals(
                "Skip to content",
                browser.script("return document.activeElement.textContent").asText());
        browser.press(Browser.ENTER);
        assertEquals("main", browser.script("return document.activeElement.id").asText());
    }

    @ParameterizedTest
    @ValueSource(strings = {Browser.ENTER, " "})
    void headersSortWhenTheyArePressed(String key) {
        focus("#diet-table thead button");
        browser.press(key);
        List<String> hooks = list(SHOWN);
        assertEquals(hooks.stream().sorted().toList(), hooks);
        assertEquals("ascending", sortOf(0));
        browser.press(key);
        assertEquals(hooks.stream().sorted(Collections.reverseOrder()).toList(), list(SHOWN));
        assertEquals("descending", sortOf(0));
        assertEquals(
                1,
                browser.script("return document.querySelectorAll('#diet-table [aria-sort]').length")
                        .asInt());
    }

    private static String sortOf(int column) {
        return browser.script("return document.querySelectorAll('#diet-table thead button')[" + column
                        + "].closest('th').getAttribute('aria-sort')")
                .asText();
    }

    @Test
    void numbersSortAsNumbersMostFirst() {
        browser.script("[...document.querySelectorAll('#diet-table thead button')]"
                + ".find(button => button.textContent === 'Sites').focus()");
        browser.press(Browser.ENTER);
        assertEquals("irq.save_fl", list(SHOWN).get(0));
    }

    @Test
    void slashGoesToTheFilterAndEscapeEmptiesIt() {
        int all = list(SHOWN).size();
        browser.press("/wbinvd");
        assertEquals(
                "wbinvd", browser.script("return document.activeElement.value").asText());
        assertEquals(List.of("cpu.wbinvd"), list(SHOWN));
        assertEquals("1 of " + all + " hooks", text("#diet [role=status]"));
        browser.press(Browser.ESCAPE);
        assertEquals(all, list(SHOWN).size());
    }

    @Test
    void slashComesBackFromAHook() {
        go("#mmu.set_pte");
        browser.press("/save_fl");
        assertEquals(List.of("irq.save_fl"), list(SHOWN));
    }

    @Test
    void aVerdictCanBeChosen() {
        browser.script("const select = document.querySelector('#verdict'); select.value = 'keep';"
                + " select.dispatchEvent(new Event('change'))");
        List<String> verdicts = list("return [...document.querySelectorAll('#diet-table tbody tr')]"
                + ".filter(row => row.offsetHeight > 0).map(row => row.querySelector('.verdict').textContent)");
        assertFalse(verdicts.isEmpty());
        assertTrue(verdicts.stream().allMatch("keep"::equals), verdicts::toString);
    }

    @Test
    void aFragmentIsAHooksPage() {
        go("#mmu.set_pte");
        assertEquals("mmu.set_pte", text("h1"));
        assertEquals(
                "mmu.set_pte",
                browser.script("return document.activeElement.textContent").asText());
        assertTrue(browser.script("return document.title").asText().startsWith("mmu.set_pte"));
        assertTrue(text("main").contains("void set_pte(pte_t *ptep, pte_t pte)"));
        assertTrue(text("main").contains("xen_set_pte"));
    }

    @Test
    void aLinkLeadsToAHookAndBackComesBack() {
        browser.script("[...document.querySelectorAll('#diet-table a')]"
                + ".find(link => link.textContent === 'cpu.wbinvd').focus()");
        browser.press(Browser.ENTER);
        browser.await("document.querySelector('h1').textContent === 'cpu.wbinvd'");
        browser.script("history.back()");
        browser.await("document.querySelector('#diet-table')");
    }

    @Test
    void aFragmentOfNothingIsTheOverview() {
        go("#no.such_hook");
        assertTrue(text("h1").startsWith("Paravirt hooks of Linux 6.1"));
        assertEquals(List.of(), browser.console());
    }

    @ParameterizedTest
    @ValueSource(strings = {Browser.ENTER, " "})
    void aWitnessOpensToWhatShowPrints(String key) {
        go("#mmu.set_pte");
        focus("details summary");
        browser.press(key);
        browser.await("document.querySelector('details .call')");
        String command = text("details .call code");
        assertTrue(command.startsWith("pvdiet show "), command);
        String[] words = command.split(" ");
        try (TraceReader reader = TraceReader.open(Path.of(words[2]))) {
            String shown = CallsText.of(reader, Long.parseLong(words[3]), 1);
            assertTrue(text("details .call pre").startsWith(shown.stripTrailing()), shown);
        }
        browser.press(key);
        browser.await("!document.querySelector('details').open");
    }

    /** Not only those that some hook's statement names as well. */
    @Test
    void whatWasAroundTheRunsOpensToCalls() {
        browser.script("document.querySelectorAll('#summary details').forEach(each => each.open = true)");
        browser.await("document.querySelectorAll('#summary details .call').length"
                + " === document.querySelectorAll('#summary details').length");
        List<String> bare = list("return [...document.querySelectorAll('#summary .call')]"
                + ".filter(call => !call.querySelector('pre')).map(call => call.textContent)");
        assertEquals(List.of(), bare);
        assertTrue(browser.script("return document.querySelectorAll('#summary .call').length")
                        .asInt()
                > 1);
    }

    /** Chromium leaves a table's collapsed borders behind when its head sticks: rows would show through where they were. */
    @Test
    void noBorderPartsAHeadThatSticks() {
        assertEquals(
                List.of("0px"),
                list("return [...new Set([...document.querySelectorAll('.sortable tr.groups > *')]"
                        + ".map(cell => getComputedStyle(cell).borderBottomWidth))]"));
    }

    private static final String MARKED =
            "[...document.querySelectorAll('table.contract .differs')]" + ".map(mark => mark.closest('summary'))";

    /** What the page marks is what the comparison found, each opens to its witness, and nothing else is marked. */
    @Test
    void contractsThatDifferAreMarked() {
        go("#irq.save_fl");
        String difference = "report.hooks.find(hook => hook.hook === 'irq.save_fl').diffs[0].contracts";
        assertEquals(
                List.of("returns RFLAGS", "returns the interrupt flag in bit 9; only bit 9 means anything"),
                list("return " + MARKED + ".map(each => each.querySelector('.sentence').textContent)"));
        assertEquals(
                list("return " + difference
                        + ".flatMap(each => [...each.first, ...each.second]).map(each => each.sentence)"),
                list("return " + MARKED + ".map(each => each.querySelector('.sentence').textContent)"));
        browser.script(MARKED + "[1].focus()");
        browser.press(Browser.ENTER);
        browser.await("document.querySelector('details[open] .call')");
        assertEquals(
                browser.script("return report.traces[1].trace + ' ' + " + difference + "[0].second[0].witness")
                        .asText(),
                text("details[open] .call code").replace("pvdiet show ", ""));
    }

    @Test
    void whatExplainsThatContractsDifferIsSaid() {
        go("#mmu.make_pte");
        assertEquals("because: frame translation", text("table.contract .said"));
    }

    /** A laptop's screen. */
    @Test
    void noPageIsWiderThanTheWindow() {
        List<String> wide = list("const wide = [];"
                + " for (const fragment of ['#summary', '#all', ...report.hooks.map(hook => '#' + hook.hook)]) {"
                + "   history.replaceState(null, '', fragment); show();"
                + "   if (document.documentElement.scrollWidth > window.innerWidth) { wide.push(fragment); }"
                + " } return wide");
        assertEquals(1366, browser.script("return window.innerWidth").asInt());
        assertEquals(List.of(), wide);
    }

    /** WCAG 2.1, criterion 1.4.3: at least 4.5 to 1, of text to what is behind it. */
    @ParameterizedTest
    @ValueSource(strings = {"light", "dark"})
    void textIsLegible(String scheme) {
        browser.colours(scheme);
        JsonNode faint = browser.script("const root = getComputedStyle(document.documentElement);"
                + " const luminance = name => { const hex = root.getPropertyValue(name).trim().slice(1);"
                + "   const parts = hex.length === 3 ? [...hex].map(c => c + c) : hex.match(/../g);"
                + "   const [r, g, b] = parts.map(part => parseInt(part, 16) / 255)"
                + "     .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);"
                + "   return 0.2126 * r + 0.7152 * g + 0.0722 * b; };"
                + " const contrast = (a, b) => { const [x, y] = [luminance(a), luminance(b)];"
                + "   return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05); };"
                + " return ['--ink', '--soft', '--link', '--trace-0', '--trace-1', '--trace-2', '--trace-3']"
                + "   .filter(name => contrast(name, '--paper') < 4.5)");
        browser.colours("light");
        assertEquals(0, faint.size(), faint::toString);
    }

    /** The page in print, as text with a form feed after each sheet. */
    private String printed() throws IOException, InterruptedException {
        Path pdf = Files.write(directory.resolve("page.pdf"), browser.print());
        Process process;
        try {
            process = new ProcessBuilder("pdftotext", "-layout", pdf.toString(), "-")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            return abort("no pdftotext: apt-get install poppler-utils");
        }
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), text);
        return text;
    }

    /** Chromium prints buttons in the head of a table's first sheet only. */
    @Test
    void everySheetOfATableSaysWhatItsColumnsAre() throws IOException, InterruptedException {
        go("");
        List<String> sheets = Splitter.on('\f')
                .splitToStream(printed())
                .filter(sheet -> sheet.contains("Because"))
                .toList();
        assertTrue(sheets.size() > 1, () -> "the diet is on " + sheets.size() + " sheets");
        for (String sheet : sheets) {
            for (String column : List.of("Hook", "Verdict", "Risk", "Sites", "Lines", "native", "xen-pv")) {
                assertTrue(sheet.contains(column), () -> column + " is missing on " + sheet);
            }
        }
    }

    @Test
    void printHasTheContent() throws IOException, InterruptedException {
        go("#mmu.set_pte");
        String text = printed();
        for (String word : List.of("mmu.set_pte", "native_set_pte", "xen_set_pte", "\u2260", "Where platforms part")) {
            assertTrue(text.contains(word), () -> word + " is missing in " + text);
        }
        assertFalse(text.contains("Skip to content"), text);
    }

    /** Names come from a kernel image, which may be anyone's. */
    @Test
    void namesAreTextWhateverTheyAre() {
        String name = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">";
        List<MadeHook> hooks = List.of(new MadeHook("cpu.wbinvd", "void wbinvd(void)", name));
        String[] traces = new String[2];
        for (int i = 0; i < 2; i++) {
            MadeTrace trace = new MadeTrace(
                    directory.resolve("hostile-" + i + ".pvtrace"),
                    List.of("native", "xen-pv").get(i),
                    hooks);
            trace.call("cpu.wbinvd").end();
            traces[i] = trace.write().toString();
        }
        URI hostile = report(directory.resolve("hostile"), traces);
        browser.console();
        browser.open(URI.create(hostile + "#cpu.wbinvd"));
        assertTrue(text("main").contains(name));
        assertTrue(browser.script("return document.title").asText().startsWith("cpu.wbinvd"));
        assertEquals(
                0,
                browser.script("return document.querySelectorAll('img').length").asInt());
        assertEquals(List.of(), browser.console());
    }
}
