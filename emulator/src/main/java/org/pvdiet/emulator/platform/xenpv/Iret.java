package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.Fault;
import org.pvdiet.emulator.cpu.Flags;

/**
 * The iret hypercall: back to user mode, or within the kernel, with the context that the kernel has put on its stack (struct
 * iret_context of public/arch-x86/xen-x86_64.h, arch/x86/pv/iret.c).
 */
final class Iret {
    /** VGCF_in_syscall. */
    private static final int IN_SYSCALL = 1 << 8;

    private final Domain domain;
    private final Cpu cpu;
    private final GuestMode mode;
    private final Selectors selectors;
    private final Bounce bounce;

    Iret(Domain domain, GuestMode mode, Selectors selectors, Bounce bounce) {
        this.domain = domain;
        this.cpu = domain.cpu;
        this.mode = mode;
        this.selectors = selectors;
        this.bounce = bounce;
    }

    void run() {
        long at = cpu.r[Cpu.RSP];
        long rax;
        long r11;
        long rcx;
        long flags;
        long rip;
        int cs;
        long rflags;
        long rsp;
        int ss;
        try {
            rax = domain.guest.load64(at);
            r11 = domain.guest.load64(at + 8);
            rcx = domain.guest.load64(at + 16);
            flags = domain.guest.load64(at + 24);
            rip = domain.guest.load64(at + 32);
            cs = (int) domain.guest.load64(at + 40) & 0xffff;
            rflags = domain.guest.load64(at + 48);
            rsp = domain.guest.load64(at + 56);
            ss = (int) domain.guest.load64(at + 64) & 0xffff;
        } catch (BadGuestAddress e) {
            throw domain.crash(String.format("its iret frame at %#x cannot be read", e.address()));
        }
        if ((cs & 3) == 3) {
            if (domain.vcpu.userTable == 0) {
                throw domain.crash("it returns to user mode and has no page tables for it");
            }
            mode.toggle();
        }
        if (domain.assists.architecturalIopl()) {
            domain.vcpu.iopl = rflags & Flags.IOPL;
        }
        cpu.r[Cpu.RAX] = rax;
        cpu.r[Cpu.RSP] = rsp;
        cpu.jump(rip);
        cpu.setRflags(rflags & ~(Flags.IOPL | Flags.VM) | Flags.IF | Flags.FIXED);
        domain.sharedInfo.setUpcallMask((rflags & Flags.IF) == 0);
        if ((flags & IN_SYSCALL) != 0) {
            selectors.returnBySysret((cs | 3) == DescriptorTables.USER_CS_32);
            return;
        }
        cpu.r[Cpu.R11] = r11;
        cpu.r[Cpu.RCX] = rcx;
        load(cs | 3, ss | 3);
    }

    /** A segment that does not load is the exception of an IRET in the context that was to be entered. */
    private void load(int cs, int ss) {
        try {
            selectors.returnByIret(cs, ss);
        } catch (Fault fault) {
            stay(cs, ss);
            bounce.exception(fault.vector(), fault.errorCode());
        } catch (BadGuestAddress fault) {
            stay(cs, ss);
            bounce.pageFault(0, fault.address());
        }
    }

    /** The frame of the exception shows the selectors that failed. */
    private void stay(int cs, int ss) {
        cpu.segments.cs().selector = cs;
        cpu.segments.ss().selector = ss;
    }
}
