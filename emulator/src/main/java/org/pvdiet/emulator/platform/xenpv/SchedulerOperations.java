package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.machine.EndOfRun;
import org.pvdiet.emulator.machine.Ending;

/** sched_op (public/sched.h, common/sched/core.c). */
final class SchedulerOperations {
    private static final int MOST_POLLED = 128;

    private final Domain domain;
    private final GuestMemory guest;
    private final Blocking blocking;
    private int shutdownCode = -1;

    SchedulerOperations(Domain domain, Blocking blocking) {
        this.domain = domain;
        this.guest = domain.guest;
        this.blocking = blocking;
    }

    long call(int command, long argument) {
        return switch (command) {
            // SCHEDOP_yield: nobody else wants the processor.
            case 0 -> 0;
            case 1 -> block();
            case 2 -> throw shutdown(guest.load32(argument) & 0xff);
            case 3 -> poll(argument);
            // SCHEDOP_remote_shutdown of a domain that is not there.
            case 4 -> Errno.ESRCH;
            case 5 -> setShutdownCode(guest.load32(argument) & 0xff);
            case 7 -> Errno.EPERM;
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
            if (ports[i] < 0 || ports[i] >= 4096) {
                return Errno.EINVAL;
            }
            if (domain.sharedInfo.isPending(ports[i])) {
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
    private EndOfRun shutdown(int asked) {
        int code = shutdownCode < 0 ? asked : shutdownCode;
        String where = String.format("at %#x after %d instructions", domain.cpu.rip(), domain.cpu.retired());
        return new EndOfRun(
                switch (code) {
                    case 0 -> new Ending(Ending.Reason.POWER_OFF, "the guest powered off, " + where, code);
                    case 1 -> new Ending(Ending.Reason.REBOOT, "the guest asked for a reboot, " + where, code);
                    case 3 -> new Ending(Ending.Reason.CRASH, "the guest reported a crash, " + where, code);
                    case 2 ->
                        new Ending(
                                Ending.Reason.CRASH,
                                "the guest asked to be suspended, which nothing can resume, " + where,
                                code);
                    default ->
                        new Ending(Ending.Reason.CRASH, "the guest shut down with code " + code + ", " + where, code);
                });
    }
}
