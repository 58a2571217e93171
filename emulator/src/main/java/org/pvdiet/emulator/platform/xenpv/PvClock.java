package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.memory.PhysicalMemory;

/**
 * System time at some value of the time-stamp counter (struct vcpu_time_info of public/xen.h). The counter runs at 1 GHz, so
 * nanoseconds are ticks: half the multiplier's range, shifted by one.
 *
 * @param timestamp the counter's value
 * @param systemTime nanoseconds since the domain started
 */
record PvClock(long timestamp, long systemTime) {
    private static final int MULTIPLIER = 0x8000_0000;
    private static final int SHIFT = 1;

    void store(PhysicalMemory memory, long at) {
        memory.writeLong(at + 8, timestamp);
        memory.writeLong(at + 16, systemTime);
        memory.writeInt(at + 24, MULTIPLIER);
        memory.write(at + 28, 1, SHIFT);
        memory.write(at + 29, 1, 0);
        memory.writeInt(at, memory.readInt(at) + 2);
    }
}
