package org.pvdiet.emulator.platform.xenpv;

import java.util.Arrays;
import org.pvdiet.emulator.cpu.Vector;

/**
 * Where the guest's kernel wants to be entered: set_trap_table, set_callbacks, callback_op, nmi_op, stack_switch
 * (arch/x86/pv/callback.c).
 */
final class CallbackOperations {
    private static final int TRAP_SIZE = 16;
    private static final int MASK_EVENTS = 1;

    private final Domain domain;
    private final Vcpu vcpu;
    private final GuestMemory guest;

    CallbackOperations(Domain domain) {
        this.domain = domain;
        this.vcpu = domain.vcpu;
        this.guest = domain.guest;
    }

    long setTrapTable(long table) {
        if (table == 0) {
            Arrays.fill(vcpu.traps, Vcpu.Trap.NONE);
            return 0;
        }
        for (long at = table; ; at += TRAP_SIZE) {
            long address = guest.load64(at + 8);
            if (address == 0) {
                return 0;
            }
            if (!GuestMemory.isCanonical(address)) {
                return Errno.EINVAL;
            }
            vcpu.traps[guest.load8(at)] = new Vcpu.Trap(guest.load8(at + 1), address);
        }
    }

    long setCallbacks(long event, long failsafe, long syscall) {
        register(0, 0, event);
        register(1, 0, failsafe);
        register(2, 0, syscall);
        return 0;
    }

    long call(int command, long argument) {
        int type = guest.load16(argument);
        return switch (command) {
            case 0 -> register(type, guest.load16(argument + 2), guest.load64(argument + 8));
            case 1 -> unregister(type);
            default -> domain.unimplemented.enosys("callback_op " + command);
        };
    }

    private long register(int type, int flags, long address) {
        if (!GuestMemory.isCanonical(address)) {
            return Errno.EINVAL;
        }
        Vcpu.Callback callback = new Vcpu.Callback(address, (flags & MASK_EVENTS) != 0);
        switch (type) {
            case 0 -> vcpu.event = callback;
            case 1 -> vcpu.failsafe = callback;
            case 2 -> vcpu.syscall = callback;
            case 4 -> registerNmi(address);
            case 5 -> vcpu.sysenter = callback;
            case 7 -> vcpu.syscall32 = callback;
            default -> {
                return domain.unimplemented.enosys("callback_op register " + type);
            }
        }
        return 0;
    }

    private void registerNmi(long address) {
        vcpu.traps[Vector.NMI] = new Vcpu.Trap(Vcpu.Trap.MASK_EVENTS, address);
    }

    private long unregister(int type) {
        return switch (type) {
            case 0, 1, 2, 5, 7 -> Errno.EINVAL;
            case 4 -> {
                vcpu.traps[Vector.NMI] = Vcpu.Trap.NONE;
                yield 0;
            }
            default -> domain.unimplemented.enosys("callback_op unregister " + type);
        };
    }

    /** nmi_op: the older way to register an NMI handler. */
    long nmi(int command, long argument) {
        switch (command) {
            case 0 -> {
                long address = guest.load64(argument);
                if (!GuestMemory.isCanonical(address)) {
                    return Errno.EINVAL;
                }
                registerNmi(address);
            }
            case 1 -> vcpu.traps[Vector.NMI] = Vcpu.Trap.NONE;
            default -> {
                return domain.unimplemented.enosys("nmi_op " + command);
            }
        }
        return 0;
    }

    long switchStack(long stackPointer) {
        vcpu.kernelStackPointer = stackPointer;
        return 0;
    }
}
