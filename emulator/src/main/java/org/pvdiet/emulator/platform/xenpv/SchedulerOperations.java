package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.machine.EndOfRun;
import org.pvdiet.emulator.machine.Ending;

/** sched_op (public/sched.h, common/sched/core.c). */
final class SchedulerOperations {
    private static final int MOST_POLLED = 128;

    // SCHEDOP_*.
    private static final int YIELD = 0;
    private static final int BLOCK = 1;
    private static final int SHUTDOWN = 2;
    private static final int POLL = 3;
    private static final int REMOTE_SHUTDOWN = 4;
    private static final int SHUTDOWN_CODE = 5;
    private static final int PIN_OVERRIDE = 7;

    // SHUTDOWN_*.
    static final int POWER_OFF = 0;
    private static final int REBOOT = 1;
    private static final int SUSPEND = 2;
    private static final int CRASH = 3;

    private final Domain domain;
    private final GuestMemory guest;
    private final Blocking blocking;
    private final EventChannels events;
    private int shutdownCode = -1;

    SchedulerOperations(Domain domain, Blocking blocking, EventChannels events) {
        this.domain = domain;
        this.guest = domain.guest;
        this.blocking = blocking;
        this.events = events;
    }

    long call(int command, long argument) {
        return switch (command) {
            // Nobody else wants the processor.
            case YIELD -> 0;
            case BLOCK -> block();
            case SHUTDOWN -> throw shutdown(guest.load32(argument) & 0xff);
            case POLL -> poll(argument);
            // No other domain can be named.
            case REMOTE_SHUTDOWN -> Errno.ESRCH;
            case SHUTDOWN_CODE -> setShutdownCode(guest.load32(argument) & 0xff);
            case PIN_OVERRIDE -> Errno.EPERM;
            default -> domain.unimplemented.enosys("sched_op " + command);
        };
    }

    private long block() {
        domain.sharedInfo.setUpcallMask(false);
        if (!domain.sharedInfo.isUpcallPending()) {
            blocking.block();
        }
        return 0;
    }

    private long poll(long argument) {
        long list = guest.load64(argument);
        int count = guest.load32(argument + 8);
        long timeout = guest.load64(argument + 16);
        if (Integer.compareUnsigned(count, MOST_POLLED) > 0) {
            return Errno.EINVAL;
        }
        if (domain.sharedInfo.isUpcallPending() && domain.sharedInfo.upcallMask() == 0) {
            return 0;
        }
        int[] ports = new int[count];
        for (int i = 0; i < count; i++) {
            ports[i] = guest.load32(list + i * 4L);
            if (events.state(ports[i]) == null) {
                return Errno.EINVAL;
            }
            if (events.isPending(ports[i])) {
                return 0;
            }
        }
        blocking.poll(ports, timeout);
        return 0;
    }

    private long setShutdownCode(int code) {
        if (shutdownCode < 0) {
            shutdownCode = code;
        }
        return 0;
    }

    /** The guest ends itself; a code that was set before is the one that counts (domain_shutdown). */
    EndOfRun shutdown(int asked) {
        int code = shutdownCode < 0 ? asked : shutdownCode;
        Ending.Reason reason = switch (code) {
            case POWER_OFF -> Ending.Reason.POWER_OFF;
            case REBOOT -> Ending.Reason.REBOOT;
            default -> Ending.Reason.CRASH;
        };
        String what = switch (code) {
            case POWER_OFF -> "the guest powered off";
            case REBOOT -> "the guest asked for a reboot";
            case SUSPEND -> "the guest asked to be suspended, and nothing here can resume it";
            case CRASH -> "the guest reported a crash";
            default -> "the guest shut down with code " + code;
        };
        return new EndOfRun(new Ending(
                reason,
                String.format("%s, at %#x after %d instructions", what, domain.cpu.rip(), domain.cpu.retired()),
                code));
    }
}
