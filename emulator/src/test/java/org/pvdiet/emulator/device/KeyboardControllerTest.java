package org.pvdiet.emulator.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What Linux's i8042 driver and its reboot code ask for. */
class KeyboardControllerTest {
    private final Board board = new Board();
    private boolean line;
    private boolean reset;

    KeyboardControllerTest() {
        new KeyboardController(high -> line = high, () -> reset = true).connect(board.ports);
    }

    @Test
    void passesItsSelfTest() {
        board.out(0x64, 0xaa);
        assertEquals(1, board.in(0x64) & 1);
        assertEquals(0x55, board.in(0x60));
        assertEquals(0, board.in(0x64) & 1);
    }

    @Test
    void remembersItsMode() {
        board.out(0x64, 0x60);
        board.out(0x60, 0x65);
        board.out(0x64, 0x20);
        assertTrue(line);
        assertEquals(0x65, board.in(0x60));
    }

    @Test
    void theAbsentKeyboardTimesOut() {
        board.out(0x60, 0xf2);
        assertEquals(0x41, board.in(0x64) & 0x41);
        assertEquals(0xfe, board.in(0x60));
    }

    @Test
    void pulsingLineZeroResets() {
        board.out(0x64, 0xfe);
        assertTrue(reset);
    }
}
