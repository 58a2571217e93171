package org.pvdiet.emulator.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;

/** Facts of the MC146818 data sheet and of a PC's CMOS memory. */
class RealTimeClockTest {
    private static final long SECOND = 1_000_000_000;

    private final Board board = new Board();
    private boolean line;

    RealTimeClockTest() {
        new RealTimeClock(
                        board::now,
                        board.timeline,
                        high -> line = high,
                        LocalDateTime.of(2024, 2, 28, 23, 59, 58),
                        256L << 20)
                .connect(board.ports);
    }

    private int read(int register) {
        board.out(0x70, register);
        return board.in(0x71);
    }

    private void write(int register, int value) {
        board.out(0x70, register);
        board.out(0x71, value);
    }

    @Test
    void showsTheDateInDecimalDigits() {
        board.pass(3 * SECOND);
        assertEquals(0x01, read(0));
        assertEquals(0x00, read(2));
        assertEquals(0x00, read(4));
        assertEquals(5, read(6), "29 February 2024 is a Thursday, Sunday is 1");
        assertEquals(0x29, read(7));
        assertEquals(0x02, read(8));
        assertEquals(0x24, read(9));
        assertEquals(0x20, read(0x32));
        assertEquals(0x80, read(13));
    }

    @Test
    void showsBinaryAndTwelveHours() {
        write(11, 0x04);
        assertEquals(58, read(0));
        assertEquals(0x80 | 11, read(4));
        board.pass(2 * SECOND);
        assertEquals(12, read(4), "midnight is 12 am");
    }

    @Test
    void aDateIsSetWhileUpdatesStandStill() {
        write(11, 0x82);
        board.pass(5 * SECOND);
        assertEquals(0x58, read(0));
        write(0, 0x30);
        write(9, 0x30);
        write(11, 0x02);
        assertEquals(0x30, read(0));
        board.pass(SECOND);
        assertEquals(0x31, read(0));
        assertEquals(0x30, read(9));
    }

    @Test
    void announcesUpdates() {
        board.passTo(SECOND - 3_000_000);
        assertEquals(0, read(10) & 0x80);
        board.passTo(SECOND - 1_000_000);
        assertEquals(0x80, read(10) & 0x80);
        board.passTo(SECOND);
        assertEquals(0, read(10) & 0x80);
    }

    @Test
    void interruptsPeriodically() {
        write(11, 0x42);
        assertFalse(line);
        board.pass(976_562);
        assertTrue(line, "rate 6 is 1024 Hz");
        assertEquals(0xc0, read(12));
        assertFalse(line);
        assertEquals(0, read(12));
        board.pass(976_562);
        assertTrue(line);
    }

    @Test
    void interruptsAfterEachUpdate() {
        write(11, 0x12);
        board.passTo(SECOND - 1);
        assertFalse(line);
        board.passTo(SECOND);
        assertTrue(line);
        assertEquals(0xd0, read(12));
    }

    @Test
    void interruptsAtTheAlarm() {
        write(1, 0x05);
        write(3, 0x00);
        write(5, 0xc0);
        write(11, 0x22);
        board.passTo(7 * SECOND - 1);
        assertFalse(line);
        board.passTo(7 * SECOND);
        assertTrue(line);
        assertEquals(0x20, read(12) & 0x20);
    }

    @Test
    void flagsAreSetWithoutTheirInterrupts() {
        board.pass(SECOND);
        assertFalse(line);
        assertEquals(0x50, read(12));
    }

    @Test
    void nothingIsScheduledWithoutInterrupts() {
        assertEquals(Long.MAX_VALUE, board.timeline.next());
    }

    @Test
    void tellsTheSizeOfMemory() {
        assertEquals(640, read(0x15) | read(0x16) << 8);
        assertEquals(0xffff, read(0x30) | read(0x31) << 8);
        assertEquals(240 * 16, read(0x34) | read(0x35) << 8);
    }
}
