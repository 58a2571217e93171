package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.Flags;
import org.pvdiet.emulator.cpu.Vector;

/**
 * Sends the guest into its kernel: builds the frame { RCX, R11, [error code,] RIP, CS, RFLAGS, RSP, SS } on the kernel's
 * stack and continues at the registered handler (create_bounce_frame of arch/x86/x86_64/entry.S, pv_inject_event of
 * arch/x86/pv/traps.c).
 */
final class Bounce {
    /** Error code that says "none": no vector has a negative one. */
    private static final int NO_ERROR_CODE = -1;

    private static final int PF_USER = 4;

    private final Domain domain;
    private final Vcpu vcpu;
    private final Cpu cpu;
    private final GuestMode mode;
    private final Selectors selectors;

    Bounce(Domain domain, GuestMode mode, Selectors selectors) {
        this.domain = domain;
        this.vcpu = domain.vcpu;
        this.cpu = domain.cpu;
        this.mode = mode;
        this.selectors = selectors;
    }

    /** An exception of the processor other than a page fault; RIP is what the handler shall see. */
    void exception(int vector, int errorCode) {
        domain.observer().exception(vector, errorCode, 0);
        deliver(vector, Vector.hasErrorCode(vector) ? errorCode : NO_ERROR_CODE);
    }

    void pageFault(int errorCode, long address) {
        vcpu.cr2 = address;
        cpu.control.cr2 = address;
        domain.sharedInfo.setCr2(address);
        // Both modes are ring 3 to the processor; to the guest only one is.
        int seen = vcpu.kernelMode ? errorCode & ~PF_USER : errorCode | PF_USER;
        domain.observer().exception(Vector.PAGE_FAULT, seen, address);
        deliver(Vector.PAGE_FAULT, seen);
    }

    /** INT n that the guest allows; RIP is after it. */
    void softwareInterrupt(int vector) {
        domain.observer().exception(vector, 0, 0);
        deliver(vector, NO_ERROR_CODE);
    }

    private void deliver(int vector, int errorCode) {
        Vcpu.Trap trap = vcpu.traps[vector];
        if (trap.address() == 0) {
            throw domain.crash(String.format(
                    "vector %d%s has no handler",
                    vector, errorCode == NO_ERROR_CODE ? "" : ", error code " + errorCode));
        }
        enter(trap.address(), trap.masksEvents(), errorCode);
    }

    /** A callback without an error code: event, syscall, sysenter. */
    void callback(Vcpu.Callback callback) {
        if (callback.address() == 0) {
            throw domain.crash("a callback is due that the guest has not registered");
        }
        enter(callback.address(), callback.masksEvents(), NO_ERROR_CODE);
    }

    private void enter(long handler, boolean masksEvents, int errorCode) {
        int cs = cpu.segments.cs().selector;
        int ss = cpu.segments.ss().selector;
        long stackPointer = cpu.r[Cpu.RSP];
        long top = stackPointer;
        if (vcpu.kernelMode) {
            cs &= ~3;
        } else {
            mode.toggle();
            top = vcpu.kernelStackPointer;
        }
        int mask = domain.sharedInfo.upcallMask();
        long rflags = cpu.rflags() & ~(Flags.IF | Flags.IOPL);
        if (mask == 0) {
            rflags |= Flags.IF;
        }
        if (domain.assists.architecturalIopl()) {
            rflags |= vcpu.iopl;
        }
        long at = top & ~15L;
        try {
            at = push(at, ss);
            at = push(at, stackPointer);
            at = push(at, rflags);
            at = push(at, cs | (long) mask << 32);
            at = push(at, cpu.rip());
            if (errorCode != NO_ERROR_CODE) {
                at = push(at, errorCode);
            }
            at = push(at, cpu.r[Cpu.R11]);
            at = push(at, cpu.r[Cpu.RCX]);
        } catch (BadGuestAddress e) {
            throw domain.crash(String.format("its kernel stack at %#x cannot be written", e.address()));
        }
        if (masksEvents) {
            domain.sharedInfo.setUpcallMask(true);
        }
        cpu.r[Cpu.RSP] = at;
        cpu.setRflags(cpu.rflags() & ~(Flags.AC | Flags.VM | Flags.RF | Flags.NT | Flags.TF));
        cpu.jump(handler);
        selectors.returnBySysret(false);
    }

    private long push(long at, long value) {
        domain.guest.store64(at - 8, value);
        return at - 8;
    }
}
