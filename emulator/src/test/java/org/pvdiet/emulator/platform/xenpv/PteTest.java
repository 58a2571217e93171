package org.pvdiet.emulator.platform.xenpv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pvdiet.emulator.memory.Mmu;

/** The bits that Xen sets in a 64-bit PV guest's entries and those it refuses (arch/x86/pv/mm.h, arch/x86/mm.c). */
class PteTest {
    @Test
    void aSupervisorPageBecomesAUserPageThatIsMarkedAsTheKernels() {
        long entry = 0x1000 | Mmu.PRESENT | Mmu.WRITABLE;
        assertEquals(entry | Mmu.USER | 1L << 52, Pte.adjust(1, entry));
    }

    @Test
    void aUserPageBecomesGlobal() {
        long entry = 0x1000 | Mmu.PRESENT | Mmu.USER;
        assertEquals(entry | Mmu.GLOBAL, Pte.adjust(1, entry));
    }

    @Test
    void tablesBecomeUserAndTheHighestAlsoAccessed() {
        long entry = 0x1000 | Mmu.PRESENT;
        assertEquals(entry | Mmu.USER, Pte.adjust(2, entry));
        assertEquals(entry | Mmu.USER, Pte.adjust(3, entry));
        assertEquals(entry | Mmu.USER | Mmu.ACCESSED, Pte.adjust(4, entry));
    }

    @Test
    void whatIsNotPresentStays() {
        assertEquals(0xabcd_e000L, Pte.adjust(1, 0xabcd_e000L));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 7})
    void cacheAttributesAndSuperpagesAreRefused(int bit) {
        for (int level = 1; level <= 4; level++) {
            assertTrue(Pte.isDisallowed(level, Mmu.PRESENT | 1L << bit));
        }
    }

    @Test
    void globalIsAllowedInTheLowestLevelOnly() {
        assertFalse(Pte.isDisallowed(1, Mmu.PRESENT | Mmu.GLOBAL));
        assertTrue(Pte.isDisallowed(2, Mmu.PRESENT | Mmu.GLOBAL));
        assertFalse(Pte.isDisallowed(1, Mmu.PRESENT | 1L << 62), "_PAGE_GNTTAB is for debug builds of Xen");
        assertFalse(Pte.isDisallowed(1, Mmu.PRESENT | Mmu.NO_EXECUTE | 0xe00));
    }
}
