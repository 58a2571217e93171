package org.pvdiet.emulator.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Facts of the 8259A data sheet (Intel 231468-003). */
class PicPairTest {
    private final Board board = new Board();

    @BeforeEach
    void initialise() {
        board.initialisePics(0x30);
    }

    private void raise(int line) {
        board.pic.line(line).set(true);
    }

    private void lower(int line) {
        board.pic.line(line).set(false);
    }

    private void assertNext(int vector) {
        assertTrue(board.pic.isPending());
        assertEquals(vector, board.pic.acknowledge());
    }

    private int inService() {
        board.out(0x20, 0x0b);
        return board.in(0x20);
    }

    @Test
    void vectorIsBasePlusLine() {
        raise(4);
        assertNext(0x34);
        assertEquals(0x10, inService());
    }

    @Test
    void lowerLinesWaitUntilTheEndOfAHigherOne() {
        raise(3);
        assertNext(0x33);
        raise(5);
        assertFalse(board.pic.isPending());
        board.out(0x20, 0x20);
        assertNext(0x35);
    }

    @Test
    void higherLinesInterruptLowerOnes() {
        raise(5);
        assertNext(0x35);
        raise(1);
        assertNext(0x31);
        assertEquals(0x22, inService());
        board.out(0x20, 0x20);
        assertEquals(0x20, inService(), "the unspecific end is for the most urgent one");
    }

    @Test
    void specificEndIsForTheNamedLine() {
        raise(5);
        assertNext(0x35);
        raise(1);
        assertNext(0x31);
        board.out(0x20, 0x65);
        assertEquals(0x02, inService());
    }

    @Test
    void anEdgeInterruptsOnce() {
        raise(6);
        assertNext(0x36);
        board.out(0x20, 0x20);
        assertFalse(board.pic.isPending());
        lower(6);
        raise(6);
        assertNext(0x36);
    }

    @Test
    void aLevelInterruptsUntilItIsLowered() {
        board.out(0x4d0, 1 << 5);
        raise(5);
        assertNext(0x35);
        board.out(0x20, 0x20);
        assertNext(0x35);
        board.out(0x20, 0x20);
        lower(5);
        assertFalse(board.pic.isPending());
    }

    @Test
    void timerKeyboardCascadeAndClockCannotBeLevelTriggered() {
        board.out(0x4d0, 0xff);
        board.out(0x4d1, 0xff);
        assertEquals(0xf8, board.in(0x4d0));
        assertEquals(0xde, board.in(0x4d1));
    }

    @Test
    void maskedLinesWait() {
        board.out(0x21, 0x10);
        raise(4);
        assertFalse(board.pic.isPending());
        board.out(0x20, 0x0a);
        assertEquals(0x10, board.in(0x20), "IRR shows masked requests");
        board.out(0x21, 0x00);
        assertNext(0x34);
    }

    @Test
    void slaveLinesGoThroughTheCascade() {
        raise(8);
        assertNext(0x38);
        assertEquals(0x04, inService());
        board.out(0xa0, 0x0b);
        assertEquals(0x01, board.in(0xa0));
    }

    @Test
    void slaveLinesComeBeforeTheMastersLaterOnes() {
        raise(3);
        raise(12);
        assertNext(0x3c);
        board.out(0xa0, 0x20);
        board.out(0x20, 0x20);
        assertNext(0x33);
    }

    @Test
    void aSecondSlaveRequestIsSeenAfterBothEnds() {
        raise(12);
        assertNext(0x3c);
        raise(14);
        board.out(0xa0, 0x20);
        board.out(0x20, 0x20);
        assertNext(0x3e);
    }

    @Test
    void aRequestThatGoesAwayBeforeTheAcknowledgeIsIr7AndNotInService() {
        raise(4);
        lower(4);
        assertFalse(board.pic.isPending());
        assertEquals(0x37, board.pic.acknowledge());
        assertEquals(0, inService());
    }

    @Test
    void specialMaskModeLetsLowerLinesThrough() {
        raise(3);
        assertNext(0x33);
        raise(5);
        board.out(0x21, 1 << 3);
        assertFalse(board.pic.isPending());
        board.out(0x20, 0x68);
        assertNext(0x35);
    }

    @Test
    void automaticEndKeepsNothingInService() {
        board.out(0x20, 0x11);
        board.out(0x21, 0x30);
        board.out(0x21, 0x04);
        board.out(0x21, 0x03);
        raise(3);
        assertNext(0x33);
        assertEquals(0, inService());
    }

    @Test
    void rotationMakesTheServedLineTheLeastUrgent() {
        raise(4);
        assertNext(0x34);
        board.out(0x20, 0xa0);
        lower(4);
        raise(4);
        raise(6);
        assertNext(0x36);
    }

    @Test
    void pollingAcknowledges() {
        raise(3);
        board.out(0x20, 0x0c);
        assertEquals(0x83, board.in(0x20));
        board.out(0x20, 0x0c);
        assertEquals(0x00, board.in(0x20) & 0x80);
        assertEquals(0x08, inService());
    }

    @Test
    void tellsWhenTheOutputRises() {
        int[] told = {0};
        board.pic.onRequest(() -> told[0]++);
        raise(3);
        raise(1);
        assertEquals(1, told[0]);
    }
}
