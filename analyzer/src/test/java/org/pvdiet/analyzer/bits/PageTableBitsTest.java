package org.pvdiet.analyzer.bits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pvdiet.analyzer.MadeTrace;
import org.pvdiet.analyzer.MadeTrace.MadeHook;
import org.pvdiet.analyzer.bits.BitTable.Bit;
import org.pvdiet.analyzer.bits.BitTable.Way;
import org.pvdiet.analyzer.calls.CallStream;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.traces.TraceReader;

class PageTableBitsTest {
    private static final Path SAMPLES = Path.of("..", "traces", "samples");
    private static final long POINTER = 0xffff888001234568L;
    private static final long ENTRY = 0x1234568;
    private static final int MMU_UPDATE = 1;
    private static final int PRESENT = 0;
    private static final int WRITABLE = 1;
    private static final int USER = 2;
    private static final int ACCESSED = 5;
    private static final int DIRTY = 6;
    private static final int PAT = 7;
    private static final int GLOBAL = 8;
    private static final int NO_EXECUTE = 63;

    @TempDir
    private Path directory;

    private static BitTable table(TraceReader reader) {
        Kernel kernel = Kernel.of(reader);
        return CallStream.fold(reader, () -> new PageTableBits(kernel))
                .table(reader.path().toString(), reader.info().platform());
    }

    private static BitTable sample(String name) {
        try (TraceReader reader = TraceReader.open(SAMPLES.resolve(name))) {
            return table(reader);
        }
    }

    private static BitTable.Level level(BitTable table, int level, Way way) {
        return table.levels().stream()
                .filter(row -> row.level() == level && row.way() == way)
                .findFirst()
                .orElseThrow();
    }

    private static void fates(BitTable.Level level, Fate fate, int... bits) {
        for (int bit : bits) {
            assertEquals(
                    fate,
                    level.bits().get(bit).fate(),
                    () -> level.bits().get(bit).toString());
        }
    }

    private BitTable made() {
        MadeTrace trace = new MadeTrace(
                        directory.resolve("made"),
                        "xen-pv",
                        List.of(
                                new MadeHook("mmu.make_pte", "pte_t make_pte(pteval_t val)", "xen_make_pte"),
                                new MadeHook("mmu.pte_val", "pteval_t pte_val(pte_t pte)", "xen_pte_val"),
                                new MadeHook("mmu.set_pte", "void set_pte(pte_t *ptep, pte_t pte)", "xen_set_pte"),
                                new MadeHook("mmu.pmd_val", "pmdval_t pmd_val(pmd_t pmd)", "xen_pmd_val")))
                .frames(0x100, 0x9100);
        trace.call("mmu.make_pte").arguments(0x100023).result(0x9100023).end();
        trace.call("mmu.make_pte").arguments(0x101061).result(0x9101061).end();
        // Not present: what the kernel keeps in its other bits is its own.
        trace.call("mmu.make_pte").arguments(0x7f8).result(0x7f8).end();
        // The platform sets U/S and clears G.
        trace.call("mmu.set_pte")
                .arguments(POINTER, 0x9100023)
                .entry(ENTRY, 0x9100027)
                .end();
        trace.call("mmu.set_pte")
                .arguments(POINTER, 0x9101161)
                .entry(ENTRY, 0x9101065)
                .end();
        trace.call("mmu.set_pte").arguments(POINTER, 0).entry(ENTRY, 0).end();
        // Entries with PAT set are refused.
        trace.call("mmu.set_pte")
                .arguments(POINTER, 0x91000a3)
                .hypercall(MMU_UPDATE, -22)
                .end();
        trace.call("mmu.pte_val").arguments(0x9100027).result(0x100027).end();
        try (TraceReader reader = trace.read()) {
            return table(reader);
        }
    }

    @Test
    void aWayHasTheFateOfItsSteps() {
        BitTable.Level in = level(made(), 1, Way.IN);
        assertEquals(7, in.calls());
        fates(in, Fate.KEPT, PRESENT, WRITABLE, DIRTY);
        fates(in, Fate.KEPT_ONE_VALUE, ACCESSED, NO_EXECUTE);
        fates(in, Fate.FORCED, USER);
        fates(in, Fate.CLEARED, GLOBAL);
        fates(in, Fate.REFUSED, PAT);
        // 0x100 and 0x9100: bits 8, 12 and 15 of the frame's number.
        fates(in, Fate.TRANSLATED, 20, 24, 27);
        fates(in, Fate.KEPT_ONE_VALUE, 40);
        assertEquals(3, in.bits().get(USER).witness());
        assertEquals(6, in.bits().get(PAT).witness());
    }

    @Test
    void whatNoCallShowsIsUnseen() {
        BitTable table = made();
        fates(level(table, 1, Way.OUT), Fate.KEPT_ONE_VALUE, PRESENT, USER, GLOBAL);
        fates(level(table, 1, Way.OUT), Fate.TRANSLATED, 20);
        BitTable.Level out = level(table, 2, Way.OUT);
        assertEquals(0, out.calls());
        assertTrue(out.bits().stream().map(Bit::fate).allMatch(Fate.UNSEEN::equals));
    }

    /** A native kernel's conversions and writes change nothing. */
    @Test
    void bareMetalKeepsAllBits() {
        BitTable table = sample("native.pvtrace");
        assertTrue(level(table, 1, Way.IN).calls() > 0);
        table.levels().stream()
                .flatMap(level -> level.bits().stream())
                .forEach(bit -> assertTrue(
                        bit.fate() == Fate.KEPT || bit.fate() == Fate.KEPT_ONE_VALUE || bit.fate() == Fate.UNSEEN,
                        bit::toString));
    }

    /** Xen gives every present entry of a 64-bit PV guest U/S, since its kernel runs in ring 3 (Xen 4.17, adjust_guest_l1e). */
    @Test
    void xenTranslatesFramesAndForcesUserAccess() {
        BitTable.Level in = level(sample("xen-pv.pvtrace"), 1, Way.IN);
        fates(in, Fate.FORCED, USER);
        fates(in, Fate.KEPT, WRITABLE);
        fates(in, Fate.TRANSLATED, 24);
    }

    @Test
    void partsOfATraceMergeToTheWhole() {
        try (TraceReader reader = TraceReader.open(SAMPLES.resolve("xen-pv.pvtrace"))) {
            Kernel kernel = Kernel.of(reader);
            PageTableBits first = new PageTableBits(kernel);
            PageTableBits second = new PageTableBits(kernel);
            CallStream.read(reader, first.wanted(), call -> (call.seq() < 2000 ? first : second).add(call));
            first.merge(second);
            assertEquals(sample("xen-pv.pvtrace").levels(), first.table("", "").levels());
        }
    }

    /** pte_mfn_to_pfn makes an entry absent that maps a frame which is not the guest's (Linux 6.1, xen/mmu_pv.c). */
    @Test
    void anEntryThatIsMadeAbsentHasNoFrame() {
        MadeTrace trace = new MadeTrace(
                        directory.resolve("foreign"),
                        "xen-pv",
                        List.of(new MadeHook("mmu.pte_val", "pteval_t pte_val(pte_t pte)", "xen_pte_val")))
                .frames(0x100, 0x9100);
        trace.call("mmu.pte_val").arguments(0x9100027).result(0x100027).end();
        trace.call("mmu.pte_val").arguments(0x110027).result(0x26).end();
        try (TraceReader reader = trace.read()) {
            BitTable.Level out = level(table(reader), 1, Way.OUT);
            fates(out, Fate.TRANSLATED, 20, 24, 27);
            fates(out, Fate.KEPT_ONE_VALUE, 16);
            fates(out, Fate.VARIES, PRESENT);
            assertEquals(1, out.bits().get(PRESENT).witness());
        }
    }
}
