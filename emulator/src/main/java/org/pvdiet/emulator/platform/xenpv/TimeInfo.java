package org.pvdiet.emulator.platform.xenpv;

/** What the guest computes time from: vcpu_time_info, its second copy, and the wall clock. */
final class TimeInfo {
    /** 2024-01-01 00:00:00 UTC. */
    private static final long START = 1_704_067_200;

    private final Domain domain;
    private long copy;

    TimeInfo(Domain domain) {
        this.domain = domain;
    }

    void start() {
        domain.sharedInfo.setWallClock(START, 0);
        update();
    }

    /** VCPUOP_register_vcpu_time_memory_area: a linear address. */
    void register(long address) {
        copy = address;
        update();
    }

    void update() {
        long now = domain.cpu.time();
        PvClock clock = new PvClock(now, now);
        domain.sharedInfo.setTime(clock);
        if (copy != 0) {
            clock.store(domain.guest, copy);
        }
    }
}
