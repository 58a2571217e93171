package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.memory.PhysicalMemory;

/** vcpu_op and set_timer_op (public/vcpu.h, common/domain.c, arch/x86/domain.c). */
final class VcpuOperations {
    private static final int VCPU_INFO_SIZE = 64;

    private static final long SHORTEST_PERIOD = 1_000_000;

    /** STIME_DELTA_MAX of xen/time.h. */
    private static final long LONGEST_PERIOD = Long.MAX_VALUE / 4;

    // VCPUOP_*.
    private static final int INITIALISE = 0;
    private static final int UP = 1;
    private static final int DOWN = 2;
    private static final int IS_UP = 3;
    private static final int GET_RUNSTATE_INFO = 4;
    private static final int REGISTER_RUNSTATE_MEMORY_AREA = 5;
    private static final int SET_PERIODIC_TIMER = 6;
    private static final int STOP_PERIODIC_TIMER = 7;
    private static final int SET_SINGLESHOT_TIMER = 8;
    private static final int STOP_SINGLESHOT_TIMER = 9;
    private static final int REGISTER_VCPU_INFO = 10;
    private static final int GET_PHYSID = 12;
    private static final int REGISTER_VCPU_TIME_MEMORY_AREA = 13;

    private final Domain domain;
    private final GuestMemory guest;
    private final VirtualTimers timers;
    private final Runstate runstate;
    private final TimeInfo time;
    private final SchedulerOperations scheduler;

    VcpuOperations(
            Domain domain, VirtualTimers timers, Runstate runstate, TimeInfo time, SchedulerOperations scheduler) {
        this.domain = domain;
        this.guest = domain.guest;
        this.timers = timers;
        this.runstate = runstate;
        this.time = time;
        this.scheduler = scheduler;
    }

    private long now() {
        return domain.cpu.time();
    }

    long call(int command, int vcpu, long argument) {
        if (vcpu != 0) {
            return Errno.ENOENT;
        }
        switch (command) {
            // It is, for long.
            case INITIALISE -> {
                return domain.sharedInfo.isVcpuInfoMoved() ? Errno.EEXIST : Errno.EINVAL;
            }
            case UP -> {
                return 0;
            }
            // The last one: nothing is left to run.
            case DOWN -> throw scheduler.shutdown(SchedulerOperations.POWER_OFF);
            case IS_UP -> {
                return 1;
            }
            case GET_RUNSTATE_INFO -> runstate.store(argument, now());
            case REGISTER_RUNSTATE_MEMORY_AREA -> runstate.register(guest.load64(argument));
            case SET_PERIODIC_TIMER -> {
                return setPeriod(guest.load64(argument));
            }
            case STOP_PERIODIC_TIMER -> timers.setPeriod(now(), 0);
            case SET_SINGLESHOT_TIMER -> {
                // VCPU_SSHOTTMR_future has no meaning any more: what is past is due at once.
                timers.setSingle(now(), guest.load64(argument));
                return 0;
            }
            case STOP_SINGLESHOT_TIMER -> timers.stopSingle();
            case REGISTER_VCPU_INFO -> {
                return registerVcpuInfo(guest.load64(argument), guest.load32(argument + 8));
            }
            // Only for guests that are pinned to processors.
            case GET_PHYSID -> {
                return Errno.EINVAL;
            }
            case REGISTER_VCPU_TIME_MEMORY_AREA -> time.register(guest.load64(argument));
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
