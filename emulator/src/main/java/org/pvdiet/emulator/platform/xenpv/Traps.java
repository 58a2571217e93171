package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.Cr0;
import org.pvdiet.emulator.cpu.Fault;
import org.pvdiet.emulator.cpu.Flags;
import org.pvdiet.emulator.cpu.Supervisor;
import org.pvdiet.emulator.cpu.Vector;
import org.pvdiet.emulator.memory.MemoryFault;

/**
 * Xen's entry points: every exception, SYSCALL and SYSENTER of the guest comes here, and what Xen does not settle itself goes
 * on to the guest's kernel (arch/x86/traps.c, arch/x86/x86_64/entry.S).
 */
final class Traps implements Supervisor {
    private static final int LEGACY_SYSCALL = 0x80;

    /** Error-code bit 1: an IDT entry caused the fault. */
    private static final int IDT = 2;

    private static final int DEBUG_STEP = 1 << 14;

    private final Domain domain;
    private final Vcpu vcpu;
    private final Bounce bounce;
    private final Upcalls upcalls;
    private final Hypercalls hypercalls;
    private final PrivilegedInstructions privileged;
    private final PageTableWrites pageTableWrites;

    Traps(
            Domain domain,
            Bounce bounce,
            Upcalls upcalls,
            Hypercalls hypercalls,
            PrivilegedInstructions privileged,
            PageTableWrites pageTableWrites) {
        this.domain = domain;
        this.vcpu = domain.vcpu;
        this.bounce = bounce;
        this.upcalls = upcalls;
        this.hypercalls = hypercalls;
        this.privileged = privileged;
        this.pageTableWrites = pageTableWrites;
    }

    @Override
    public boolean exception(Cpu cpu, int vector, int errorCode, long address, Origin origin) {
        if (origin == Origin.SOFTWARE) {
            softwareInterrupt(cpu, vector);
        } else {
            try {
                hardware(cpu, vector, errorCode, address);
            } catch (Fault fault) {
                bounce.exception(fault.vector(), fault.errorCode());
            } catch (BadGuestAddress fault) {
                bounce.pageFault(0, fault.address());
            }
        }
        upcalls.deliver();
        return true;
    }

    private void hardware(Cpu cpu, int vector, int errorCode, long address) {
        switch (vector) {
            case Vector.PAGE_FAULT -> pageFault(cpu, errorCode, address);
            case Vector.GENERAL_PROTECTION -> generalProtection(cpu, errorCode);
            case Vector.INVALID_OPCODE -> {
                boolean traced = isTraced(cpu);
                if (!privileged.forcedCpuid()) {
                    bounce.exception(vector, 0);
                } else {
                    step(cpu, traced);
                }
            }
            case Vector.DEVICE_NOT_AVAILABLE -> {
                // What set TS asked for this one exception (do_device_not_available).
                bounce.exception(vector, 0);
                clearTaskSwitched(cpu);
            }
            default -> bounce.exception(vector, errorCode);
        }
    }

    private void clearTaskSwitched(Cpu cpu) {
        vcpu.taskSwitched = false;
        cpu.control.cr0 &= ~Cr0.TS;
    }

    private static boolean isTraced(Cpu cpu) {
        return (cpu.rflags() & Flags.TF) != 0;
    }

    /** After an emulated instruction: single step counts it like one that the processor executed. */
    private void step(Cpu cpu, boolean traced) {
        if (traced) {
            cpu.debug.set(6, cpu.debug.get(6) | DEBUG_STEP);
            bounce.exception(Vector.DEBUG, 0);
        }
    }

    /** do_general_protection for a fault that INT n did not cause. */
    private void generalProtection(Cpu cpu, int errorCode) {
        boolean traced = isTraced(cpu);
        if (errorCode == 0 && privileged.emulate()) {
            step(cpu, traced);
        } else {
            bounce.exception(Vector.GENERAL_PROTECTION, errorCode);
        }
    }

    /**
     * INT n. Xen's gates have DPL 0, so that the processor faults and the handler's own DPL decides; INT3, INTO and INT 0x80
     * have gates of their own.
     */
    private void softwareInterrupt(Cpu cpu, int vector) {
        if (vector == Vector.BREAKPOINT || vector == Vector.OVERFLOW) {
            bounce.exception(vector, 0);
            return;
        }
        if (vector == Vector.DEBUG) {
            bounce.exception(vector, 0);
            return;
        }
        Vcpu.Trap trap = vcpu.traps[vector];
        boolean permitted = trap.dpl() >= (vcpu.kernelMode ? 1 : 3);
        if (vector == LEGACY_SYSCALL && trap.address() != 0 || permitted) {
            bounce.softwareInterrupt(vector);
        } else {
            cpu.jump(cpu.rip() - 2);
            bounce.exception(Vector.GENERAL_PROTECTION, vector << 3 | IDT);
        }
    }

    /** fixup_page_fault and do_page_fault. */
    private void pageFault(Cpu cpu, int errorCode, long address) {
        if (DescriptorTables.holds(address) && (errorCode & MemoryFault.USER) == 0) {
            descriptorFault(errorCode, address);
            return;
        }
        boolean write =
                (errorCode & (MemoryFault.WRITE | MemoryFault.PRESENT)) == (MemoryFault.WRITE | MemoryFault.PRESENT);
        boolean other = (errorCode & (MemoryFault.RESERVED | MemoryFault.FETCH)) != 0;
        if (write && !other && vcpu.kernelMode && domain.assists.writablePageTables()) {
            boolean traced = isTraced(cpu);
            if (pageTableWrites.emulate(address)) {
                step(cpu, traced);
                return;
            }
        }
        bounce.pageFault(errorCode, address);
    }

    /** The processor could not read a descriptor: the LDT is mapped page by page as it is used. */
    private void descriptorFault(int errorCode, long address) {
        if (address < DescriptorTables.LDT_BASE) {
            bounce.exception(Vector.GENERAL_PROTECTION, (int) DescriptorTables.gdtOffset(address) & ~7);
            return;
        }
        long offset = address - DescriptorTables.LDT_BASE;
        if (!domain.descriptors.mapLdtPage(offset)) {
            bounce.pageFault(errorCode, domain.descriptors.ldtLinear(offset));
        }
    }

    @Override
    public boolean syscall(Cpu cpu) {
        boolean compatibility = !cpu.segments.cs().isLong();
        // What the processor does on the way into Xen (SDM volume 2, SYSCALL).
        cpu.r[Cpu.RCX] = cpu.rip();
        cpu.r[Cpu.R11] = cpu.rflags() & ~Flags.RF;
        if (vcpu.kernelMode && !compatibility) {
            hypercalls.enter();
        } else {
            systemCall(cpu, compatibility);
        }
        upcalls.deliver();
        return true;
    }

    /** switch_to_kernel. */
    private void systemCall(Cpu cpu, boolean compatibility) {
        Descriptor.load(cpu.segments.ss(), DescriptorTables.KERNEL_SS, DescriptorTables.DATA);
        if (compatibility) {
            Descriptor.load(cpu.segments.cs(), DescriptorTables.USER_CS_32, DescriptorTables.CODE_32);
        } else {
            Descriptor.load(cpu.segments.cs(), DescriptorTables.KERNEL_CS, DescriptorTables.CODE_64);
        }
        Vcpu.Callback callback = compatibility ? vcpu.syscall32 : vcpu.syscall;
        if (callback.address() == 0) {
            cpu.jump(cpu.rip() - 2);
            bounce.exception(Vector.INVALID_OPCODE, 0);
        } else {
            bounce.callback(callback);
        }
        cpu.setRflags(cpu.rflags() & ~Flags.DF);
        cpu.r[Cpu.R11] &= ~Flags.DF;
    }

    @Override
    public boolean sysenter(Cpu cpu) {
        Descriptor.load(cpu.segments.cs(), 3, DescriptorTables.CODE_64);
        Descriptor.load(cpu.segments.ss(), DescriptorTables.KERNEL_SS, DescriptorTables.DATA);
        cpu.r[Cpu.RSP] = 0;
        cpu.jump(0);
        if (vcpu.sysenter.address() == 0) {
            bounce.exception(Vector.GENERAL_PROTECTION, 0);
        } else {
            bounce.callback(vcpu.sysenter);
        }
        upcalls.deliver();
        return true;
    }
}
