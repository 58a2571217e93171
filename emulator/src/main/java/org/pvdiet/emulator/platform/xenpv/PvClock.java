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
    private static final long MULTIPLIER = 0x8000_0000L;
    private static final long SHIFT = 1;

    /** tsc_to_system_mul, tsc_shift and no flags. */
    private static final long SCALE = MULTIPLIER | SHIFT << 32;

    /** At a physical address. */
    void store(PhysicalMemory memory, long at) {
        memory.writeLong(at + 8, timestamp);
        memory.writeLong(at + 16, systemTime);
        memory.writeLong(at + 24, SCALE);
        memory.writeInt(at, memory.readInt(at) + 2);
    }

    /** At a linear address of the guest. */
    void store(GuestMemory guest, long at) {
        guest.store64(at + 8, timestamp);
        guest.store64(at + 16, systemTime);
        guest.store64(at + 24, SCALE);
        guest.store32(at, guest.load32(at) + 2);
    }
}
