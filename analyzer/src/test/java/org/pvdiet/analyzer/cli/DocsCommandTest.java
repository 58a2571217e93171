package org.pvdiet.analyzer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TableRow;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.CustomBlock;
import org.commonmark.node.CustomNode;
import org.commonmark.node.Heading;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pvdiet.analyzer.MadeTrace;
import org.pvdiet.analyzer.MadeTrace.MadeHook;
import org.pvdiet.analyzer.docs.ManualFormat;
import org.pvdiet.traces.TraceReader;
import picocli.CommandLine;

/** The manual of the sample traces, judged by those who read its formats: Sphinx, CommonMark, the kernel's kernel-doc. */
class DocsCommandTest {
    private static final String NATIVE = "../traces/samples/native.pvtrace";
    private static final String XEN = "../traces/samples/xen-pv.pvtrace";
    private static final int HOOKS = 84;

    @TempDir
    private static Path directory;

    @TempDir
    private Path other;

    private static int run(StringWriter err, Object... words) {
        CommandLine line = new CommandLine(new DocsCommand());
        line.setErr(new PrintWriter(err, true));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((failure, where, parsed) -> Failures.report(failure, where.getErr()));
        return line.execute(Stream.of(words).map(Object::toString).toArray(String[]::new));
    }

    @BeforeAll
    static void write() {
        StringWriter err = new StringWriter();
        assertEquals(0, run(err, NATIVE, XEN, "-o", directory, "--format", "rst,md,kernel-doc"), err::toString);
    }

    private static List<Path> files(String ending) throws IOException {
        try (Stream<Path> list = Files.list(directory)) {
            return list.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        }
    }

    private static String all(String ending) throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path file : files(ending)) {
            all.append(Files.readString(file));
        }
        return all.toString();
    }

    private static long count(String regex, String text) {
        return Pattern.compile(regex, Pattern.MULTILINE).matcher(text).results().count();
    }

    @Test
    void eachHookHasASectionAndALineInItsGroupsOverview() throws IOException {
        String rst = all(".rst");
        assertEquals(HOOKS, count("^\\.\\. _pv-[a-z0-9-]+:$", rst));
        assertEquals(HOOKS, count("^   \\* - :ref:`(cpu|irq|mmu|lazy_mode|lock)\\.\\w+\\s+<pv-", overviews()));
    }

    /** The pages with overviews of groups: all but the list of hypercalls. */
    private static String overviews() throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path file : files(".rst")) {
            all.append(file.endsWith("hypercalls.rst") ? "" : Files.readString(file));
        }
        return all.toString();
    }

    /** Two runs on one platform are told apart by their files, and by the whole path where those have one name. */
    @Test
    void columnsOfOnePlatformHaveNamesOfTheirOwn() throws IOException {
        Path again = copy(other.resolve("again.pvtrace"));
        Path inFolder = copy(other.resolve("folder").resolve("native.pvtrace"));
        StringWriter err = new StringWriter();
        Path out = other.resolve("manual");
        assertEquals(0, run(err, NATIVE, again, inFolder, "-o", out, "--format", "md"), err::toString);
        String cpu = Files.readString(out.resolve("cpu.md"));
        String columns = "| native (" + NATIVE + ") | native (again.pvtrace) | native (" + inFolder + ") |";
        assertTrue(cpu.contains(columns), cpu);
    }

    private static Path copy(Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> list = Files.list(Path.of(NATIVE))) {
            for (Path file : list.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        return to;
    }

    /** Who puts the pages into a tree has the right to choose; the program has not. */
    @Test
    void doesNotLicenseWhatItDoesNotOwn() throws IOException {
        assertFalse(all(".rst").contains("SPDX"));
        assertFalse(all(".h").contains("SPDX"));
    }

    /** Linux's xen_save_fl_direct sets only bit 9 of what native_save_fl gives (arch/x86/xen/xen-asm.S). */
    @Test
    void aHooksSectionSaysWhatItIsAndWherePlatformsPart() throws IOException {
        String irq = Files.readString(directory.resolve("irq.md"));
        String section = irq.substring(irq.indexOf("## irq.save_fl"), irq.indexOf("## irq.irq_disable"));
        for (String words : List.of(
                "unsigned long save_fl(void);",
                "`pushf; pop %reg`",
                "SDM volume 2, PUSHF",
                "| Function | `native_save_fl` | `xen_save_fl_direct` |",
                "| Result | returns RFLAGS (#",
                "| Cost | takes ",
                "| Callers | called at ",
                "Callers can tell xen-pv from native:\n\n- native returns RFLAGS; xen-pv returns the interrupt flag in bit 9")) {
            assertTrue(section.contains(words), () -> words + " is missing in\n" + section);
        }
    }

    /** What was not compared says nothing of what callers can tell. */
    @Test
    void aHookThatOnePlatformAloneCallsIsNotSaidToBeTheSame() throws IOException {
        MadeHook delay = new MadeHook("cpu.io_delay", "void io_delay(void)", "f");
        MadeHook halt = new MadeHook("irq.safe_halt", "void safe_halt(void)", "g");
        MadeTrace bare = new MadeTrace(other.resolve("bare.pvtrace"), "native", List.of(delay, halt));
        MadeTrace xen = new MadeTrace(other.resolve("xen.pvtrace"), "xen-pv", List.of(delay, halt));
        bare.call("cpu.io_delay").end();
        bare.callAt("irq.safe_halt", 0, false).end();
        xen.callAt("irq.safe_halt", 1, false).end();
        Path to = other.resolve("manual");
        assertEquals(0, run(new StringWriter(), bare.write(), xen.write(), "--format", "md", "-o", to));
        assertTrue(
                Files.readString(to.resolve("cpu.md")).contains("Nothing was compared: xen-pv did not call it."),
                () -> "not in " + to);
        assertTrue(
                Files.readString(to.resolve("irq.md"))
                        .contains(
                                "No calls of native and xen-pv were given the same at the same site: none was compared."),
                () -> "not in " + to);
    }

    /** SDM volume 3, tables 4-17 to 4-19: bit 7 is PAT at level 1 and the page size above. */
    @Test
    void bit7HasTwoNames() throws IOException {
        assertTrue(
                Files.readString(directory.resolve("page-table-bits.md")).contains("| 7 | PAT, above level 1: PS |"));
    }

    /** Linux 6.1's paravirt_types.h: all bits but X86_EFLAGS_IF are undefined. */
    @Test
    void kernelDocSaysWhatCallersMayUse() throws IOException {
        String text = all(".h").replaceAll("\\s+\\* ?", " ");
        assertTrue(
                text.contains("Flags Register. Callers may use the interrupt flag only.")
                        || text.contains("EFLAGS Register. Callers may use the interrupt flag only."),
                text);
    }

    /** Xen translates the kernel's frames to machine frames (xen/include/public/arch-x86/xen.h); bare metal does not. */
    @Test
    void theBitTableTellsThatFramesAreTranslated() throws IOException {
        String bits = Files.readString(directory.resolve("page-table-bits.md"));
        String[] halves = bits.split("## xen-pv, way in", 2);
        assertTrue(!halves[0].substring(halves[0].indexOf("| Bits")).contains("translated"));
        assertTrue(halves[1].contains("| frame | translated (#"), bits);
    }

    @Test
    void hypercallsAreListedByHook() throws IOException {
        String page = Files.readString(directory.resolve("hypercalls.md"));
        assertTrue(page.contains("[mmu.set_pte](mmu.md#mmuset_pte)"), page);
        assertTrue(page.contains("makes hypercall mmu_update("), page);
    }

    @Test
    void sphinxHasNoWarning() throws IOException, InterruptedException {
        assumeTrue(installed("sphinx-build"), "no sphinx-build: apt-get install python3-sphinx");
        Path sources = Files.createDirectory(other.resolve("sources"));
        for (Path file : files(".rst")) {
            Files.copy(file, sources.resolve(file.getFileName()));
        }
        String said = output(
                "sphinx-build",
                "-q",
                "-W",
                "--keep-going",
                "-C",
                "-D",
                "root_doc=index",
                "-b",
                "dummy",
                sources.toString(),
                other.resolve("out").toString());
        assertEquals("0\n", said);
    }

    /** The kernel's own script, from Debian's linux-source packages where one is unpacked. */
    @Test
    void kernelDocHasNoWarning() throws IOException, InterruptedException {
        assumeTrue(installed("perl"), "no perl");
        List<Path> scripts = new ArrayList<>();
        if (Files.isDirectory(Path.of("/usr/src"))) {
            try (Stream<Path> list = Files.list(Path.of("/usr/src"))) {
                list.map(source -> source.resolve("scripts/kernel-doc"))
                        .filter(Files::exists)
                        .forEach(scripts::add);
            }
        }
        assumeTrue(!scripts.isEmpty(), "no scripts/kernel-doc: unpack a linux-source package in /usr/src");
        Path header = directory.resolve("paravirt_types.h");
        assertEquals("0\n", output("perl", scripts.get(0).toString(), "-none", header.toString()));
    }

    @Test
    void eachMemberOfAStructHasItsComment() throws IOException {
        String header = Files.readString(directory.resolve("paravirt_types.h"));
        assertEquals(HOOKS, count("^\\t \\* @\\w+: [A-Z]", header));
        assertEquals(HOOKS, count("^\\t[a-z].*;$", header));
        assertEquals(5, count("^struct pv_\\w+_ops \\{$", header));
        assertTrue(header.contains("\tvoid (*write_cr4)(unsigned long val);\n"));
        assertTrue(header.contains("\tstruct paravirt_callee_save save_fl;\n"));
    }

    /** GitHub's tables: every row that looks like one is in one, and has as many cells as its header. */
    @Test
    void markdownIsWhatItLooksLike() throws IOException {
        Parser parser =
                Parser.builder().extensions(List.of(TablesExtension.create())).build();
        int hooks = 0;
        for (Path file : files(".md")) {
            String text = Files.readString(file);
            Shape shape = new Shape();
            Node document = parser.parse(text);
            document.accept(shape);
            assertEquals(count("^\\| --- ", text), shape.tables, file.toString());
            assertEquals(count("^\\| (?!---)", text), shape.rows, file.toString());
            assertTrue(shape.loose.isEmpty(), () -> file + ": " + shape.loose);
            hooks += shape.sections;
        }
        assertTrue(hooks >= HOOKS, "sections: " + hooks);
    }

    private static final class Shape extends AbstractVisitor {
        private int tables;
        private int rows;
        private int sections;
        private final List<String> loose = new ArrayList<>();

        @Override
        public void visit(CustomBlock block) {
            if (block instanceof TableBlock) {
                tables++;
            }
            visitChildren(block);
        }

        @Override
        public void visit(CustomNode node) {
            if (node instanceof TableRow) {
                rows++;
            }
            if (node instanceof TableCell && node.getNext() == null && node.getPrevious() == null) {
                loose.add("a row of one cell");
            }
            visitChildren(node);
        }

        @Override
        public void visit(Heading heading) {
            sections += heading.getLevel() == 2 ? 1 : 0;
            visitChildren(heading);
        }

        @Override
        public void visit(Text text) {
            if (text.getLiteral().contains("| ")) {
                loose.add(text.getLiteral());
            }
        }
    }

    @Test
    void ofOneTraceTheManualIsOfOnePlatform() throws IOException {
        assertEquals(0, run(new StringWriter(), XEN, "-o", other.resolve("one"), "--format", "md"));
        String cpu = Files.readString(other.resolve("one").resolve("cpu.md"));
        assertTrue(cpu.contains("|  | xen-pv |") && !cpu.contains("Callers can tell"), cpu);
    }

    @Test
    void filesThatAreThereAreKept() throws IOException {
        Path there = Files.writeString(other.resolve("mmu.rst"), "mine");
        StringWriter err = new StringWriter();
        assertEquals(ExitCode.BAD_INPUT, run(err, XEN, "-o", other));
        assertTrue(err.toString().contains("mmu.rst exists"), err.toString());
        assertEquals("mine", Files.readString(there));
        try (Stream<Path> list = Files.list(other)) {
            assertEquals(1, list.count());
        }
    }

    /** Before the traces are analysed, which would take the time that the user waits for nothing. */
    @Test
    void filesThatAreThereAreSeenFirst() throws IOException {
        Path damaged = AlteredTrace.damaged(Path.of(XEN), other.resolve("damaged.pvtrace"));
        Files.writeString(other.resolve("paravirt_types.h"), "mine");
        StringWriter err = new StringWriter();
        assertEquals(ExitCode.BAD_INPUT, run(err, damaged, "-o", other, "--format", "md,kernel-doc"));
        assertTrue(err.toString().contains("paravirt_types.h exists"), err.toString());
        StringWriter forced = new StringWriter();
        assertEquals(ExitCode.BAD_INPUT, run(forced, damaged, "-o", other, "--format", "kernel-doc", "--force"));
        assertTrue(forced.toString().contains("is damaged"), forced.toString());
    }

    /** The names are known before there is a manual. */
    @Test
    void theFilesAreThoseThatWereLookedFor() throws IOException {
        try (TraceReader reader = TraceReader.open(Path.of(NATIVE));
                Stream<Path> written = Files.list(directory)) {
            assertEquals(
                    Stream.of(ManualFormat.values())
                            .flatMap(format -> format.names(reader.hooks()).stream())
                            .sorted()
                            .toList(),
                    written.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    private static boolean installed(String program) {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
    }

    /** The exit code and what was printed. */
    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + "\n" + said;
    }
}
