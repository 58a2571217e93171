package org.pvdiet.emulator.device;

/** Converts between nanoseconds of virtual time and ticks of the 8254's clock, exactly and without drift. */
final class PitClock {
    /** 14.31818 MHz / 12. */
    static final long FREQUENCY = 1_193_182;

    private static final long SECOND = 1_000_000_000;

    private PitClock() {}

    /** Ticks that are complete at {@code time}. */
    static long ticks(long time) {
        return time / SECOND * FREQUENCY + time % SECOND * FREQUENCY / SECOND;
    }

    /** The first nanosecond at which {@code ticks} are complete. */
    static long time(long ticks) {
        return ticks / FREQUENCY * SECOND + (ticks % FREQUENCY * SECOND + FREQUENCY - 1) / FREQUENCY;
    }
}
