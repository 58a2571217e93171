package org.pvdiet.emulator.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Facts of the 8254 data sheet (Intel 231164-005); times in the names are ticks of its clock. */
class Pit8254Test {
    private final Board board = new Board();
    private final List<Long> rises = new ArrayList<>();
    private boolean level;
    private final Pit8254 pit = new Pit8254(board::now, board.timeline, high -> {
        if (high && !level) {
            rises.add(PitClock.ticks(board.now()));
        }
        level = high;
    });

    Pit8254Test() {
        pit.connect(board.ports);
        new SystemControl(board::now, pit, () -> {}).connect(board.ports);
    }

    private void control(int counter, int mode) {
        board.out(0x43, counter << 6 | 0x30 | mode << 1);
        rises.clear();
    }

    private void load(int counter, int count) {
        board.out(0x40 + counter, count & 0xff);
        board.out(0x40 + counter, count >> 8);
    }

    private int read(int counter) {
        int low = board.in(0x40 + counter);
        return board.in(0x40 + counter) << 8 | low;
    }

    private int latched(int counter) {
        board.out(0x43, counter << 6);
        return read(counter);
    }

    private void tick(long tick) {
        board.passTo(PitClock.time(tick));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "839, 1", "1000000000, 1193182", "86400000000000, 103090924800", "838, 0", "1677, 2"})
    void ticksNeverDrift(long time, long ticks) {
        assertEquals(ticks, PitClock.ticks(time));
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "1193181", "1193182", "1193183", "103090924801"})
    void aTicksTimeIsTheFirstNanosecondThatShowsIt(long ticks) {
        assertEquals(ticks, PitClock.ticks(PitClock.time(ticks)));
        assertEquals(ticks - 1, PitClock.ticks(PitClock.time(ticks) - 1));
    }

    @Test
    void mode0RisesCountPlusOneTicksAfterTheWrite() {
        control(0, 0);
        load(0, 4);
        assertFalse(level);
        tick(100);
        assertEquals(List.of(5L), rises);
        assertTrue(level);
    }

    @Test
    void mode0CountsOnThroughZero() {
        control(0, 0);
        load(0, 4);
        tick(1);
        assertEquals(4, latched(0));
        tick(3);
        assertEquals(2, latched(0));
        tick(6);
        assertEquals(0xffff, latched(0));
    }

    @Test
    void mode2RisesEachTimeTheCountIsUp() {
        control(0, 2);
        load(0, 100);
        tick(350);
        assertEquals(List.of(101L, 201L, 301L), rises);
    }

    @Test
    void mode2CountsDownToOneAndIsLowThere() {
        control(0, 2);
        load(0, 3);
        tick(1);
        assertEquals(3, latched(0));
        tick(2);
        assertEquals(2, latched(0));
        assertTrue(level);
        tick(3);
        assertEquals(1, latched(0));
        assertFalse(level);
        tick(4);
        assertEquals(3, latched(0));
        assertTrue(level);
    }

    @Test
    void mode2TakesANewCountAtTheEndOfThePeriod() {
        control(0, 2);
        load(0, 100);
        tick(50);
        load(0, 10);
        tick(125);
        assertEquals(List.of(101L, 111L, 121L), rises);
    }

    @Test
    void mode3IsASquareWaveThatCountsByTwo() {
        control(0, 3);
        load(0, 4);
        tick(1);
        assertEquals(4, latched(0));
        assertTrue(level);
        tick(2);
        assertEquals(2, latched(0));
        assertTrue(level);
        tick(3);
        assertEquals(4, latched(0));
        assertFalse(level);
        tick(5);
        assertTrue(level);
        tick(13);
        assertEquals(List.of(5L, 9L, 13L), rises);
    }

    @Test
    void mode3IsHighOneTickLongerForAnOddCount() {
        control(0, 3);
        load(0, 5);
        tick(3);
        assertTrue(level);
        tick(4);
        assertFalse(level);
        tick(6);
        assertTrue(level);
    }

    @Test
    void mode4StrobesOnce() {
        control(0, 4);
        load(0, 10);
        assertTrue(level);
        tick(11);
        assertFalse(level);
        tick(12);
        assertTrue(level);
        tick(200_000);
        assertEquals(List.of(12L), rises);
    }

    @Test
    void mode4StartsAnewWithEachCount() {
        control(0, 4);
        load(0, 10);
        tick(5);
        load(0, 10);
        tick(100);
        assertEquals(List.of(17L), rises);
    }

    @Test
    void countZeroIs65536() {
        control(0, 2);
        load(0, 0);
        tick(65_537 * 2);
        assertEquals(List.of(65_537L, 131_073L), rises);
    }

    @Test
    void decimalCountsAreTenThousandAtMost() {
        board.out(0x43, 0x35);
        rises.clear();
        load(0, 0x0100);
        tick(1);
        assertEquals(0x0100, latched(0));
        tick(2);
        assertEquals(0x0099, latched(0));
        tick(101);
        assertEquals(List.of(101L), rises);
    }

    @Test
    void aLatchedCountStaysUntilItIsRead() {
        control(0, 2);
        load(0, 1000);
        tick(1);
        board.out(0x43, 0);
        tick(500);
        board.out(0x43, 0);
        assertEquals(1000, read(0));
        assertEquals(1000 - 499, read(0));
    }

    @Test
    void readBackGivesStatusThenCount() {
        control(0, 2);
        load(0, 1000);
        tick(11);
        board.out(0x43, 0xc2);
        assertEquals(0x80 | 0x30 | 2 << 1, board.in(0x40));
        assertEquals(990, read(0));
    }

    @Test
    void statusSaysThatACountIsNotYetLoaded() {
        control(0, 0);
        board.out(0x43, 0xe2);
        assertEquals(0x40 | 0x30, board.in(0x40));
        load(0, 100);
        tick(1);
        board.out(0x43, 0xe2);
        assertEquals(0x30, board.in(0x40));
    }

    @Test
    void gate2HoldsTheCountAndPortBShowsTheOutput() {
        board.out(0x61, 0);
        control(2, 0);
        load(2, 100);
        tick(1000);
        assertEquals(0, board.in(0x61) & 0x20);
        assertEquals(100, latched(2));
        board.out(0x61, 1);
        tick(1050);
        assertEquals(0, board.in(0x61) & 0x20);
        tick(1110);
        assertEquals(0x21, board.in(0x61) & 0x21);
    }
}
