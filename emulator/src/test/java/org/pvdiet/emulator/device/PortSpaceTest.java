package org.pvdiet.emulator.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PortSpaceTest {
    private final Board board = new Board();

    /** Answers with the port's low byte. */
    private static final PortDevice ECHO = new PortDevice() {
        @Override
        public int in(int port) {
            return port & 0xff;
        }

        @Override
        public void out(int port, int value) {}
    };

    @Test
    void nobodyAnswersWithAllOnes() {
        assertEquals(0xff, board.ports.in(0xcfc, 1));
        assertEquals(0xffff, board.ports.in(0xcfc, 2));
        assertEquals(-1, board.ports.in(0xcfc, 4));
        assertEquals(0xffff, board.ports.in(0xffff, 2));
    }

    @Test
    void wideAccessesAreBytesInTurn() {
        board.ports.map(0x100, 2, ECHO);
        assertEquals(0x0100, board.ports.in(0x100, 2));
        assertEquals(0xffff0100, board.ports.in(0x100, 4));
    }

    @Test
    void portsBelongToOneDevice() {
        board.ports.map(0x100, 2, ECHO);
        assertThrows(IllegalStateException.class, () -> board.ports.map(0x101, 1, ECHO));
    }

    @Test
    void configurationAddressesDoNotReset() {
        boolean[] reset = {false};
        Pit8254 pit = new Pit8254(board::now, board.timeline, high -> {});
        new SystemControl(board::now, pit, () -> reset[0] = true).connect(board.ports);
        board.ports.out(0xcf8, 4, 0x8000_ffff);
        assertFalse(reset[0]);
        board.out(0xcf9, 0x02);
        assertFalse(reset[0]);
        board.out(0xcf9, 0x06);
        assertTrue(reset[0]);
    }
}
