package org.pvdiet.emulator.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What comes back with a root that is loaded again: nothing that a walk would not find (SDM volume 3, section 4.10.4.1). */
class MmuTest {
    private static final long PAGE = 0x40_0000;
    private static final long FLAGS = Mmu.PRESENT | Mmu.WRITABLE | Mmu.USER | Mmu.ACCESSED | Mmu.DIRTY;

    // Frames: tables of two roots, and what they map.
    private static final long A = 0x1000;
    private static final long B = 0x5000;
    private static final long FIRST = 0x9000;
    private static final long SECOND = 0xa000;

    private final PhysicalMemory memory = new PhysicalMemory(0x10_0000);
    private final Mmu mmu = new Mmu(memory, 40);

    @BeforeEach
    void mapPageInBoth() {
        for (long root : new long[] {A, B}) {
            for (int level = 4; level > 1; level--) {
                long table = root + (4 - level) * 4096L;
                memory.writeLong(table + (PAGE >>> 12 + 9 * (level - 1) & 511) * 8, table + 4096 | FLAGS);
            }
            memory.writeLong(entry(root), (root == A ? FIRST : SECOND) | FLAGS);
        }
        memory.writeLong(FIRST, 1);
        memory.writeLong(SECOND, 2);
        mmu.configure(true, true, false, false, true);
        mmu.switchRoot(A);
    }

    private static long entry(long root) {
        return root + 3 * 4096 + (PAGE >>> 12 & 511) * 8;
    }

    private long load() {
        return mmu.user().load64(PAGE);
    }

    private void thereAndBack() {
        mmu.switchRoot(B);
        assertEquals(2, load());
        mmu.switchRoot(A);
    }

    @Test
    void eachRootHasItsOwnPages() {
        for (int i = 0; i < 3; i++) {
            assertEquals(1, load());
            thereAndBack();
        }
    }

    @Test
    void anEntryThatChangedWhileAnotherRootWasLoadedIsSeen() {
        assertEquals(1, load());
        mmu.switchRoot(B);
        mmu.writeEntry(1, entry(A), SECOND | FLAGS);
        mmu.switchRoot(A);
        assertEquals(2, load());
    }

    @Test
    void anEntryThatChangesBetweenTheLoadOfItsRootAndTheFirstAccessIsSeen() {
        assertEquals(1, load());
        thereAndBack();
        mmu.writeEntry(1, entry(A), SECOND | FLAGS);
        assertEquals(2, load());
    }

    @Test
    void whatRestsOnAChangedEntryGoes() {
        assertEquals(1, load());
        mmu.writeEntry(1, entry(A), SECOND | FLAGS);
        assertEquals(2, load());
    }

    @Test
    void whatRestsOnAChangedTableGoesInAllRoots() {
        assertEquals(1, load());
        mmu.switchRoot(B);
        long level3 = B + 4096;
        mmu.writeEntry(4, A + (PAGE >>> 39 & 511) * 8, level3 | FLAGS);
        mmu.switchRoot(A);
        assertEquals(2, load());
    }

    @Test
    void aFrameThatBecomesARootAgainHoldsOtherEntries() {
        assertEquals(1, load());
        mmu.switchRoot(B);
        mmu.forgetRoot(A);
        memory.writeLong(entry(A), SECOND | FLAGS);
        mmu.switchRoot(A);
        assertEquals(2, load());
    }

    /** A processor that keeps a global page over a load of CR3 has it in both address spaces (section 4.10.2.4). */
    @Test
    void aGlobalPageStaysFromRootToRootWhereItIsToStay() {
        Mmu bare = new Mmu(memory, 40);
        bare.configure(true, true, false, false, true);
        memory.writeLong(entry(A), FIRST | FLAGS | Mmu.GLOBAL);
        bare.setRoot(A, false);
        assertEquals(1, bare.user().load64(PAGE));
        bare.setRoot(B, true);
        assertEquals(1, bare.user().load64(PAGE));
        bare.setRoot(B, false);
        assertEquals(2, bare.user().load64(PAGE));
    }

    @Test
    void aGlobalPageIsOfItsRootWhereRootsAreKept() {
        memory.writeLong(entry(A), FIRST | FLAGS | Mmu.GLOBAL);
        assertEquals(1, load());
        thereAndBack();
        assertEquals(1, load());
    }

    @Test
    void anAccessedBitThatWasClearedIsSetAgainAfterAFlush() {
        assertEquals(1, load());
        thereAndBack();
        long cleared = FIRST | FLAGS & ~Mmu.ACCESSED;
        mmu.writeEntry(1, entry(A), cleared);
        assertEquals(1, load());
        assertEquals(cleared, memory.readLong(entry(A)));
        mmu.flushStale();
        assertEquals(1, load());
        assertEquals(FIRST | FLAGS, memory.readLong(entry(A)));
    }

    @Test
    void aFrameThatIsWatchedSinceIsNotWrittenUnseen() {
        List<Long> seen = new ArrayList<>();
        memory.onWatchedWrite((address, size, value) -> seen.add(value));
        mmu.user().store64(PAGE, 1);
        mmu.switchRoot(B);
        memory.flag(FIRST >>> PhysicalMemory.FRAME_SHIFT, PhysicalMemory.WATCHED);
        mmu.switchRoot(A);
        mmu.user().store64(PAGE, 3);
        assertEquals(List.of(3L), seen);
    }

    /** Code is looked up again only where the generation is another. */
    @Test
    void theGenerationComesBackWithTheTranslationsAndOnlyWithThem() {
        mmu.user().execute(PAGE);
        long first = mmu.generation(false);
        mmu.switchRoot(B);
        assertNotEquals(first, mmu.generation(false));
        mmu.switchRoot(A);
        assertEquals(first, mmu.generation(false));
        mmu.writeEntry(1, entry(A), SECOND | FLAGS);
        assertNotEquals(first, mmu.generation(false));
    }

    /** A page that no instruction was fetched from is no reason to look code up again. */
    @Test
    void codeIsLookedUpAgainWhereItsPageIsDroppedOrItsEntryChanges() {
        assertEquals(1, load());
        long before = mmu.generation(false);
        mmu.invalidatePage(PAGE);
        mmu.writeEntry(1, entry(A), SECOND | FLAGS);
        assertEquals(before, mmu.generation(false));
        mmu.user().execute(PAGE);
        mmu.invalidatePage(PAGE);
        long after = mmu.generation(false);
        assertNotEquals(before, after);
        mmu.writeEntry(1, entry(A), FIRST | FLAGS);
        assertNotEquals(after, mmu.generation(false));
        assertEquals(FIRST, mmu.user().execute(PAGE));
    }

    @Test
    void whatIsStaleGoesWhereAllOrThePageIsDropped() {
        assertEquals(1, load());
        memory.writeLong(entry(A), SECOND | FLAGS);
        assertEquals(1, load());
        mmu.flush(false);
        assertEquals(2, load());
        memory.writeLong(entry(A), FIRST | FLAGS);
        mmu.invalidatePage(PAGE);
        assertEquals(1, load());
    }
}
