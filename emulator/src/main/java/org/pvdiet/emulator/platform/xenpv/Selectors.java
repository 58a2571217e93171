package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.Flags;

/** CS and SS as Xen's ways back into the guest leave them (restore_all_guest of arch/x86/x86_64/entry.S). */
final class Selectors {
    private final Cpu cpu;

    Selectors(Cpu cpu) {
        this.cpu = cpu;
    }

    /** As SYSRET does it: flat segments, and RCX and R11 hold RIP and RFLAGS. */
    void returnBySysret(boolean compatibility) {
        if (compatibility) {
            Descriptor.load(cpu.segments.cs(), DescriptorTables.USER_CS_32, DescriptorTables.CODE_32);
        } else {
            Descriptor.load(cpu.segments.cs(), DescriptorTables.KERNEL_CS, DescriptorTables.CODE_64);
        }
        Descriptor.load(cpu.segments.ss(), DescriptorTables.KERNEL_SS, DescriptorTables.DATA);
        long rflags = cpu.rflags() & ~(Flags.IOPL | Flags.VM) | Flags.IF;
        cpu.setRflags(rflags);
        cpu.r[Cpu.RCX] = cpu.rip();
        cpu.r[Cpu.R11] = rflags;
    }
}
