package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.Cr4;
import org.pvdiet.emulator.cpu.DebugRegisters;

/** Debug registers as a PV guest may set them (set_debugreg of arch/x86/pv/misc-hypercalls.c, x86emul_read_dr). */
final class GuestDebugRegisters {
    private static final int ACTIVE = 0xff;
    private static final int IO = 2;

    private final Domain domain;
    private final Cpu cpu;

    /** Enable bits of I/O breakpoints, which Xen keeps from the processor. */
    private long ioEnabled;

    GuestDebugRegisters(Domain domain) {
        this.domain = domain;
        this.cpu = domain.cpu;
    }

    private boolean aliasesExist() {
        return (domain.vcpu.cr4 & Cr4.DE) == 0;
    }

    /** False where there is no such register. */
    boolean exists(int number) {
        return number >= 0 && number <= 3
                || number == 6
                || number == 7
                || (number == 4 || number == 5) && aliasesExist();
    }

    long get(int number) {
        return switch (number) {
            case 4, 6 -> cpu.debug.get(6);
            case 5, 7 -> cpu.debug.get(7) | ioEnabled;
            default -> cpu.debug.get(number);
        };
    }

    /** Zero, -ENODEV where there is no such register, -EINVAL for a bad bit, -EPERM for one that guests may not use. */
    int set(int number, long value) {
        if (!exists(number)) {
            return Errno.ENODEV;
        }
        long old = get(number);
        int error = switch (number) {
            case 4, 6 -> setStatus(value);
            case 5, 7 -> setControl(value);
            default -> setAddress(number, value);
        };
        if (error == 0) {
            domain.observer().debugRegister(number, old, get(number));
        }
        return error;
    }

    private int setAddress(int number, long value) {
        if (!GuestMemory.isGuests(value)) {
            return Errno.EPERM;
        }
        cpu.debug.set(number, value);
        return 0;
    }

    private int setStatus(long value) {
        if (value >>> 32 != 0) {
            return Errno.EINVAL;
        }
        cpu.debug.set(6, value);
        return 0;
    }

    private int setControl(long value) {
        if (value >>> 32 != 0) {
            return Errno.EINVAL;
        }
        if ((value & DebugRegisters.DR7_GD) != 0) {
            return Errno.EPERM;
        }
        long io = 0;
        if ((value & ACTIVE) != 0) {
            for (int i = 0; i < 4; i++) {
                if ((value >>> 16 + 4 * i & 3) == IO) {
                    if (aliasesExist()) {
                        return Errno.EPERM;
                    }
                    io |= value & 3L << 2 * i;
                }
            }
        }
        ioEnabled = io;
        cpu.debug.set(7, value & ~io);
        return 0;
    }
}
