package org.pvdiet.emulator.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Facts of SDM volume 3, chapter 10. */
class LocalApicTest {
    private final Board board = new Board();
    private final LocalApic apic = new LocalApic(board.pic);

    LocalApicTest() {
        apic.connect(board::now, board.timeline);
    }

    private void write(int register, long value) {
        apic.write(register, 4, value);
    }

    private long read(int register) {
        return apic.read(register, 4);
    }

    private void sendToSelf(int vector) {
        write(0x300, 0x40000 | vector);
    }

    @Test
    void thePicComesThroughLint0UntilItIsMasked() {
        board.initialisePics(0x30);
        board.pic.line(4).set(true);
        assertTrue(apic.isPending());
        write(0x350, 0x10700);
        assertFalse(apic.isPending());
        write(0x350, 0x700);
        assertEquals(0x34, apic.acknowledge());
        assertEquals(0, read(0x110), "the APIC does not see what the PIC has in service");
    }

    @Test
    void higherClassesInterruptLowerOnes() {
        sendToSelf(0x41);
        assertEquals(0x41, apic.acknowledge());
        assertEquals(1 << 1, read(0x120));
        sendToSelf(0x45);
        assertFalse(apic.isPending(), "the same class waits");
        sendToSelf(0x51);
        assertEquals(0x51, apic.acknowledge());
        write(0xb0, 0);
        assertFalse(apic.isPending());
        write(0xb0, 0);
        assertEquals(0x45, apic.acknowledge());
    }

    @Test
    void taskPriorityHoldsItsClassAndLowerOnes() {
        write(0x80, 0x40);
        sendToSelf(0x4f);
        assertFalse(apic.isPending());
        assertEquals(1 << 15, read(0x220));
        write(0x80, 0x30);
        assertTrue(apic.isPending());
    }

    @Test
    void theTimerCountsOnce() {
        write(0x3e0, 0x3);
        write(0x320, 0xec);
        write(0x380, 100);
        board.pass(800);
        assertEquals(50, read(0x390));
        board.pass(799);
        assertFalse(apic.isPending());
        board.pass(1);
        assertEquals(0xec, apic.acknowledge());
        assertEquals(0, read(0x390));
        assertEquals(Long.MAX_VALUE, board.timeline.next());
    }

    @Test
    void theTimerCountsPeriodically() {
        write(0x3e0, 0xb);
        write(0x320, 0x200ec);
        write(0x380, 1000);
        for (int i = 0; i < 3; i++) {
            board.pass(999);
            assertFalse(apic.isPending());
            board.pass(1);
            assertEquals(0xec, apic.acknowledge());
            write(0xb0, 0);
        }
    }

    @Test
    void aMaskedTimerIsSilent() {
        write(0x320, 0x100ec);
        write(0x380, 10);
        board.pass(1000);
        assertFalse(apic.isPending());
    }

    @Test
    void disablingMasksTheLocalVectors() {
        write(0xf0, 0xff);
        assertEquals(0x10700, read(0x350));
    }
}
