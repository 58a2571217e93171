package org.pvdiet.analyzer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.Iterables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.session.PlatformName;
import org.pvdiet.traces.TraceReader;

/** What holds of every whole recording, whatever the platform. */
class RecordedRunTest {
    private static final Pattern LAST_LINE =
            Pattern.compile("(\\d+) calls, (\\d+) instructions, \\d+\\.\\d s, (\\S+\\.pvtrace)");

    @ParameterizedTest
    @EnumSource
    void theWorkloadSucceedsAndTheGuestPowersOff(PlatformName platform) throws Exception {
        Recordings.Recording recording = Recordings.whole(platform);
        try (TraceReader reader = TraceReader.open(recording.trace())) {
            assertTrue(reader.complete());
            assertEquals("power-off", reader.ending().orElseThrow().reason());
            assertEquals(platform.toString(), reader.info().platform());
        }
        String console = recording.console();
        Matcher done =
                Pattern.compile("workload: done, (\\d+) steps, (\\d+) failed").matcher(console);
        assertTrue(done.find(), console);
        assertTrue(Integer.parseInt(done.group(1)) >= 70, done.group());
        assertEquals("0", done.group(2));
    }

    @ParameterizedTest
    @EnumSource
    void theLastLineOnStandardOutputSaysWhatIsInTheTrace(PlatformName platform) {
        Recordings.Recording recording = Recordings.whole(platform);
        Path trace = recording.trace();
        Matcher line = LAST_LINE.matcher(
                Iterables.getLast(recording.result().out().lines().toList()));
        assertTrue(line.matches(), recording.result().out());
        assertEquals(trace.toString(), line.group(3));
        try (TraceReader reader = TraceReader.open(trace)) {
            assertEquals(reader.counts().calls(), Long.parseLong(line.group(1)));
            assertEquals(reader.ending().orElseThrow().icount(), Long.parseLong(line.group(2)));
        }
    }

    @ParameterizedTest
    @CsvSource({"NATIVE, 500000", "XEN_PV, 1000000"})
    void everyCallIsOfAHookOfTheImage(PlatformName platform, long atLeast) throws Exception {
        Path trace = Recordings.whole(platform).trace();
        Set<String> hooks = KernelImage.open(Recordings.kernel()).hooks().stream()
                .map(hook -> hook.fullName())
                .collect(Collectors.toCollection(TreeSet::new));
        try (RecordedFacts facts = new RecordedFacts(trace)) {
            assertEquals(hooks, new TreeSet<>(facts.column("select hook_name from hooks")));
            assertTrue(facts.count("select count(*) from calls") > atLeast);
            List<String> called = facts.column("select distinct hook_name from calls");
            for (String hook : List.of(
                    "cpu.write_cr0",
                    "cpu.write_cr4",
                    "cpu.cpuid",
                    "cpu.read_msr",
                    "cpu.write_msr",
                    "cpu.set_ldt",
                    "cpu.load_tls",
                    "cpu.set_debugreg",
                    "cpu.update_io_bitmap",
                    "irq.save_fl",
                    "irq.safe_halt",
                    "lazy_mode.enter",
                    "lock.queued_spin_unlock",
                    "mmu.set_pte",
                    "mmu.set_pmd",
                    "mmu.make_pte",
                    "mmu.pte_val",
                    "mmu.read_cr2",
                    "mmu.write_cr3",
                    "mmu.exit_mmap",
                    "mmu.dup_mmap",
                    "mmu.flush_tlb_user",
                    "mmu.ptep_modify_prot_start")) {
                assertTrue(called.contains(hook), hook + " is not called");
            }
        }
    }

    /** The numbers of calls, their order in time, their nesting and their sites agree with each other. */
    @ParameterizedTest
    @EnumSource
    void callsAreWellFormed(PlatformName platform) throws Exception {
        try (RecordedFacts facts = new RecordedFacts(Recordings.whole(platform).trace())) {
            facts.always(
                    "(select count(*) n, max(seq) last, count(distinct seq) d from calls)",
                    "true",
                    "n = last + 1 and n = d");
            facts.always(
                    "(select seq, icount, lag(icount) over (order by seq) before from calls)",
                    "seq > 0",
                    "icount >= before");
            facts.always("calls c join sites s on c.site = s.id", "true", "c.hook = s.hook");
            facts.always(
                    "calls c join calls p on c.parent = p.seq",
                    "c.outcome = 'returned' and p.outcome = 'returned'",
                    "c.depth = p.depth + 1 and c.icount >= p.icount"
                            + " and c.icount + c.instructions <= p.icount + p.instructions"
                            + " and c.hypercalls <= p.hypercalls");
            facts.always("calls", "parent is null", "depth = 0");
            facts.always("calls", "outcome = 'returned'", "instructions > 0 and rflags_after is not null");
            facts.always(
                    "effects e join calls c using (seq)",
                    "c.outcome = 'returned'",
                    "e.icount between c.icount and c.icount + c.instructions");
            facts.always(
                    "(select seq, count(*) n, max(ordinal) last from effects where seq is not null group by seq)",
                    "true",
                    "n = last + 1");
            facts.always("(select distinct phase from calls)", "true", "phase between 0 and 3");
            assertEquals(4, facts.count("select count(distinct phase) from calls"));
        }
    }

    /** Nine in ten calls come after the kernel has patched its sites, where hooking functions would miss most. */
    @ParameterizedTest
    @EnumSource
    void callsAreSeenBeforeAndAfterPatching(PlatformName platform) throws Exception {
        try (RecordedFacts facts = new RecordedFacts(Recordings.whole(platform).trace())) {
            for (String hook : List.of("irq.save_fl", "mmu.set_pte", "mmu.pte_val", "irq.irq_disable")) {
                long before = facts.count("select count(*) from calls where hook_name = '" + hook + "' and phase < 2");
                long after = facts.count("select count(*) from calls where hook_name = '" + hook + "' and phase >= 2");
                assertTrue(before > 50 && after > 50, hook + ": " + before + " before, " + after + " after");
            }
            assertEquals(
                    List.of("direct", "inline"),
                    facts.column("select distinct form from sites s where listed and form in ('direct', 'inline')"
                            + " order by form"));
            facts.always("sites", "listed and id in (select site from calls where phase >= 2)", "form <> 'indirect'");
        }
    }

    /** The measure at {@code --registers args}. */
    @ParameterizedTest
    @EnumSource
    void aCallCostsAtMost24Bytes(PlatformName platform) throws Exception {
        Path trace = Recordings.whole(platform).trace();
        long bytes = 0;
        try (Stream<Path> files = Files.list(trace)) {
            for (Path file : files.toList()) {
                if (file.getFileName().toString().matches("(calls|effects)-.*")) {
                    bytes += Files.size(file);
                }
            }
        }
        try (TraceReader reader = TraceReader.open(trace)) {
            double each = (double) bytes / reader.counts().calls();
            assertTrue(each <= 24, String.format(Locale.ROOT, "%.1f bytes per call", each));
        }
    }
}
