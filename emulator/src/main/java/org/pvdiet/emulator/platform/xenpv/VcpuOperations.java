package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.memory.PhysicalMemory;

/** vcpu_op and set_timer_op (public/vcpu.h, common/domain.c, arch/x86/domain.c). */
final class VcpuOperations {
    private static final int VCPU_INFO_SIZE = 64;

    private static final long SHORTEST_PERIOD = 1_000_000;

    /** STIME_DELTA_MAX of xen/time.h. */
    private static final long LONGEST_PERIOD = Long.MAX_VALUE / 4;

    private final Domain domain;
    private final GuestMemory guest;
    private final VirtualTimers timers;
    private final Runstate runstate;
    private final TimeInfo time;

    VcpuOperations(Domain domain, VirtualTimers timers, Runstate runstate, TimeInfo time) {
        this.domain = domain;
        this.guest = domain.guest;
        this.timers = timers;
        this.runstate = runstate;
        this.time = time;
    }

    private long now() {
        return domain.cpu.time();
    }

    long call(int command, int vcpu, long argument) {
        if (vcpu != 0) {
            return Errno.ENOENT;
        }
        switch (command) {
            // VCPUOP_initialise, up: it is, for long.
            case 0 -> {
                return domain.sharedInfo.isVcpuInfoMoved() ? Errno.EEXIST : Errno.EINVAL;
            }
            case 1 -> {
                return 0;
            }
            case 3 -> {
                return 1;
            }
            case 4 -> runstate.store(argument, now());
            case 5 -> runstate.register(guest.load64(argument));
            case 6 -> {
                return setPeriod(guest.load64(argument));
            }
            case 7 -> timers.setPeriod(now(), 0);
            case 8 -> {
                // VCPU_SSHOTTMR_future has no meaning any more: what is past is due at once.
                timers.setSingle(now(), guest.load64(argument));
                return 0;
            }
            case 9 -> timers.stopSingle();
            case 10 -> {
                return registerVcpuInfo(guest.load64(argument), guest.load32(argument + 8));
            }
            // VCPUOP_get_physid: only for guests that are pinned to processors.
            case 12 -> {
                return Errno.EINVAL;
            }
            case 13 -> time.register(guest.load64(argument));
            default -> {
                return domain.unimplemented.enosys("vcpu_op " + command);
            }
        }
        return 0;
    }

    private long setPeriod(long period) {
        if (period < SHORTEST_PERIOD || period > LONGEST_PERIOD) {
            return Errno.EINVAL;
        }
        timers.setPeriod(now(), period);
        return 0;
    }

    /** map_vcpu_info(). */
    private long registerVcpuInfo(long mfn, int offset) {
        if (Integer.compareUnsigned(offset, PhysicalMemory.FRAME_SIZE - VCPU_INFO_SIZE) > 0 || (offset & 7) != 0) {
            return Errno.ENXIO;
        }
        if (domain.sharedInfo.isVcpuInfoMoved() || domain.frames.getWithType(mfn, PageType.WRITABLE) != 0) {
            return Errno.EINVAL;
        }
        domain.sharedInfo.moveVcpuInfo((mfn << PhysicalMemory.FRAME_SHIFT) + offset);
        time.update();
        return 0;
    }

    /** set_timer_op: 0 stops the timer; what is absurdly late is due in 100 ms (do_set_timer_op). */
    long setTimer(long due) {
        if (due == 0) {
            timers.stopSingle();
        } else if (due < 0 || due - now() > 0 && (int) (due - now() >> 50) != 0) {
            timers.setSingle(now(), now() + 100_000_000);
        } else {
            timers.setSingle(now(), due);
        }
        return 0;
    }
}
