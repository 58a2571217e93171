package org.pvdiet.emulator.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Facts of the PC16550D data sheet. */
class Uart16550Test {
    private static final int DATA = 0x3f8;
    private static final int IER = 0x3f9;
    private static final int IIR = 0x3fa;
    private static final int FCR = 0x3fa;
    private static final int LCR = 0x3fb;
    private static final int MCR = 0x3fc;
    private static final int LSR = 0x3fd;
    private static final int MSR = 0x3fe;
    private static final int SCRATCH = 0x3ff;

    private final Board board = new Board();
    private final StringBuilder sent = new StringBuilder();
    private boolean line;

    Uart16550Test() {
        new Uart16550(DATA, high -> line = high, value -> sent.append((char) value)).connect(board.ports);
    }

    @Test
    void sendsWhatIsWritten() {
        board.out(DATA, 'o');
        board.out(DATA, 'k');
        assertEquals("ok", sent.toString());
        assertEquals(0x60, board.in(LSR));
    }

    @Test
    void theDivisorIsBehindTheLatchBit() {
        board.out(LCR, 0x83);
        board.out(DATA, 1);
        board.out(IER, 2);
        assertEquals(1, board.in(DATA));
        assertEquals(2, board.in(IER));
        board.out(LCR, 0x03);
        assertEquals(0, board.in(IER));
        assertEquals("", sent.toString());
    }

    @Test
    void enabledFifosShowInTheIdentification() {
        assertEquals(0x01, board.in(IIR));
        board.out(FCR, 0x01);
        assertEquals(0xc1, board.in(IIR));
    }

    @Test
    void enablingTheTransmitterInterruptRequestsIt() {
        board.out(MCR, 0x08);
        board.out(IER, 0x02);
        assertTrue(line);
        assertEquals(0x02, board.in(IIR));
        assertFalse(line, "reading the identification takes it back");
        assertEquals(0x01, board.in(IIR));
        board.out(DATA, 'x');
        assertTrue(line);
        assertEquals(0x02, board.in(IIR));
    }

    @Test
    void interruptsNeedOut2() {
        board.out(IER, 0x02);
        assertFalse(line);
        board.out(MCR, 0x08);
        assertTrue(line);
    }

    @Test
    void loopBackReturnsDataAndModemLines() {
        board.out(MCR, 0x10);
        board.out(DATA, 'x');
        assertEquals("", sent.toString());
        assertEquals(0x61, board.in(LSR));
        assertEquals('x', board.in(DATA));
        assertEquals(0x60, board.in(LSR));
        board.out(MCR, 0x1a);
        assertEquals(0x90, board.in(MSR) & 0xf0);
        assertEquals(0x90, board.in(MSR), "reading clears what changed");
        board.out(MCR, 0x15);
        assertEquals(0x60, board.in(MSR) & 0xf0);
    }

    @Test
    void loopBackOverrunsAfterOneByteWithoutFifos() {
        board.out(MCR, 0x10);
        board.out(DATA, 1);
        board.out(DATA, 2);
        assertEquals(0x63, board.in(LSR));
        assertEquals(0x61, board.in(LSR));
        assertEquals(1, board.in(DATA));
    }

    @Test
    void lineStatusComesBeforeDataBeforeTransmitter() {
        board.out(MCR, 0x10);
        board.out(IER, 0x07);
        board.out(DATA, 1);
        board.out(DATA, 2);
        assertEquals(0x06, board.in(IIR));
        board.in(LSR);
        assertEquals(0x04, board.in(IIR));
        board.in(DATA);
        assertEquals(0x02, board.in(IIR));
        assertEquals(0x01, board.in(IIR));
    }

    @Test
    void theScratchRegisterRemembers() {
        board.out(SCRATCH, 0x5a);
        assertEquals(0x5a, board.in(SCRATCH));
    }
}
