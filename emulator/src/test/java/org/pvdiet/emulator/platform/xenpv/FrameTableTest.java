package org.pvdiet.emulator.platform.xenpv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pvdiet.emulator.memory.Mmu;

/** Xen's rules for the types of frames (xen/arch/x86/mm.c at RELEASE-4.17.0). */
class FrameTableTest {
    private final TestDomain xen = new TestDomain();

    @Test
    void aPageWithAWritableMappingCannotBecomeAPageTable() {
        long data = xen.frame();
        long l1 = xen.frame();
        xen.write(l1, 0, TestDomain.entry(data, TestDomain.PAGE));
        assertEquals(0, xen.frames().getWithType(l1, PageType.L1_TABLE));

        assertEquals(Errno.EINVAL, xen.frames().getWithType(data, PageType.L1_TABLE));
        assertEquals(0, xen.tables().modify(1, l1, 0, 0, false));
        assertEquals(0, xen.frames().getWithType(data, PageType.L1_TABLE));
    }

    @ParameterizedTest
    @EnumSource(names = {"L1_TABLE", "L2_TABLE", "L3_TABLE", "L4_TABLE", "SEGMENT_DESCRIPTORS"})
    void aPageInSuchUseCannotBeMappedWritable(PageType use) {
        long used = xen.frame();
        long l1 = xen.frame();
        assertEquals(0, xen.frames().getWithType(used, use));
        assertEquals(0, xen.frames().getWithType(l1, PageType.L1_TABLE));

        assertEquals(Errno.EBUSY, xen.tables().modify(1, l1, 0, TestDomain.entry(used, TestDomain.PAGE), false));
        assertEquals(0, xen.read(l1, 0));
        assertEquals(0, xen.tables().modify(1, l1, 0, TestDomain.entry(used, TestDomain.READ_ONLY), false));
    }

    @Test
    void aTableThatMapsItselfWritableDoesNotValidate() {
        long l1 = xen.frame();
        xen.write(l1, 5, TestDomain.entry(l1, TestDomain.PAGE));
        assertEquals(Errno.EBUSY, xen.frames().getWithType(l1, PageType.L1_TABLE));
        assertEquals(1, xen.frames().page(l1).references);
    }

    @Test
    void aFailedValidationGivesUpWhatItHadTaken() {
        long good = xen.frame();
        long l1 = xen.frame();
        xen.write(l1, 0, TestDomain.entry(good, TestDomain.PAGE));
        xen.write(l1, 1, TestDomain.entry(1, TestDomain.PAGE));
        assertEquals(Errno.EPERM, xen.frames().getWithType(l1, PageType.L1_TABLE), "frame 1 is not RAM");
        assertEquals(1, xen.frames().page(good).references);
        assertEquals(0, xen.frames().page(good).typeCount);
    }

    @Test
    void anEntryHoldsItsTargetUntilTheLastTableGoes() {
        long data = xen.frame();
        long l1 = xen.frame();
        long l2 = xen.frame();
        xen.write(l1, 0, TestDomain.entry(data, TestDomain.PAGE));
        xen.write(l2, 0, TestDomain.entry(l1, TestDomain.TABLE));
        assertEquals(0, xen.mmuPin(l2, 2));
        assertEquals(2, xen.frames().page(data).references);
        assertEquals(PageType.L1_TABLE, xen.frames().page(l1).type);
        assertEquals(Errno.EINVAL, xen.mmuPin(l2, 2), "pinned already");
        assertEquals(Errno.EINVAL, xen.mmuPin(l1, 3), "a level-1 table is no level-3 table");

        assertEquals(0, xen.mmuUnpin(l2));
        assertEquals(Errno.EINVAL, xen.mmuUnpin(l2), "not pinned");
        assertEquals(1, xen.frames().page(data).references);
        assertEquals(0, xen.frames().page(l1).typeCount);
    }

    @Test
    void aFrameOfXenIsNotTheGuestsToMap() {
        long l1 = xen.frame();
        assertEquals(0, xen.frames().getWithType(l1, PageType.L1_TABLE));
        long xens = MachineLayout.PER_DOMAIN_L1;
        assertEquals(Errno.EBUSY, xen.tables().modify(1, l1, 0, TestDomain.entry(xens, TestDomain.READ_ONLY), false));
        long shared = MachineLayout.SHARED_INFO;
        assertEquals(0, xen.tables().modify(1, l1, 0, TestDomain.entry(shared, TestDomain.PAGE), false));
        long beyond = xen.frames().size();
        assertEquals(Errno.EPERM, xen.tables().modify(1, l1, 1, TestDomain.entry(beyond, TestDomain.PAGE), false));
        long none = Mmu.FRAME_MASK | TestDomain.PAGE;
        assertEquals(Errno.EINVAL, xen.tables().modify(1, l1, 1, none, false));
    }

    @Test
    void theLastReferenceFreesTheFrameAndForgetsItsNumber() {
        long mfn = xen.frame();
        xen.domain.machineToPhys.set(mfn, 42);
        assertTrue(xen.frames().isGuests(mfn));
        xen.frames().put(mfn);
        assertFalse(xen.frames().isGuests(mfn));
        assertEquals(MachineToPhys.INVALID, xen.domain.machineToPhys.get(mfn));
    }
}
