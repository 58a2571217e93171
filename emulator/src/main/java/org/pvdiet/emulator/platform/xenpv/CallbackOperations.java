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

    // CALLBACKOP_*.
    private static final int REGISTER = 0;
    private static final int UNREGISTER = 1;

    // CALLBACKTYPE_*.
    private static final int EVENT = 0;
    private static final int FAILSAFE = 1;
    private static final int SYSCALL = 2;
    private static final int NMI = 4;
    private static final int SYSENTER = 5;
    private static final int SYSCALL32 = 7;

    // XENNMI_*.
    private static final int NMI_REGISTER = 0;
    private static final int NMI_UNREGISTER = 1;

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
        register(EVENT, 0, event);
        register(FAILSAFE, 0, failsafe);
        register(SYSCALL, 0, syscall);
        return 0;
    }

    long call(int command, long argument) {
        int type = guest.load16(argument);
        return switch (command) {
            case REGISTER -> register(type, guest.load16(argument + 2), guest.load64(argument + 8));
            case UNREGISTER -> unregister(type);
            default -> domain.unimplemented.enosys("callback_op " + command);
        };
    }

    private long register(int type, int flags, long address) {
        if (!GuestMemory.isCanonical(address)) {
            return Errno.EINVAL;
        }
        Vcpu.Callback callback = new Vcpu.Callback(address, (flags & MASK_EVENTS) != 0);
        switch (type) {
            case EVENT -> vcpu.event = callback;
            case FAILSAFE -> vcpu.failsafe = callback;
            case SYSCALL -> vcpu.syscall = callback;
            case NMI -> registerNmi(address);
            case SYSENTER -> vcpu.sysenter = callback;
            case SYSCALL32 -> vcpu.syscall32 = callback;
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
            case EVENT, FAILSAFE, SYSCALL, SYSENTER, SYSCALL32 -> Errno.EINVAL;
            case NMI -> {
                vcpu.traps[Vector.NMI] = Vcpu.Trap.NONE;
                yield 0;
            }
            default -> domain.unimplemented.enosys("callback_op unregister " + type);
        };
    }

    /** nmi_op: the older way to register an NMI handler. */
    long nmi(int command, long argument) {
        switch (command) {
            case NMI_REGISTER -> {
                long address = guest.load64(argument);
                if (!GuestMemory.isCanonical(address)) {
                    return Errno.EINVAL;
                }
                registerNmi(address);
            }
            case NMI_UNREGISTER -> vcpu.traps[Vector.NMI] = Vcpu.Trap.NONE;
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
