package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.SegmentRegister;
import org.pvdiet.emulator.memory.PhysicalMemory;

/**
 * Which of the guest's two modes runs, both in ring 3: kernel and user have page tables and a GS base each, and Xen swaps
 * them (toggle_guest_mode of arch/x86/pv/domain.c, new_guest_cr3 of arch/x86/mm.c).
 */
final class GuestMode {
    private final Domain domain;
    private final Vcpu vcpu;
    private final Cpu cpu;

    GuestMode(Domain domain) {
        this.domain = domain;
        this.vcpu = domain.vcpu;
        this.cpu = domain.cpu;
    }

    void toggle() {
        SegmentRegister gs = cpu.segments.gs();
        long base = gs.base;
        gs.base = vcpu.otherGsBase;
        vcpu.otherGsBase = base;
        vcpu.kernelMode = !vcpu.kernelMode;
        domain.flushes.load(vcpu.activeTable() << PhysicalMemory.FRAME_SHIFT, true);
    }

    /** The kernel's mode takes another level-4 table: MMUEXT_NEW_BASEPTR and MOV to CR3. Zero or a negative error. */
    int setKernelTable(long mfn) {
        long old = vcpu.kernelTable;
        if (mfn != old) {
            int error = domain.frames.getWithType(mfn, PageType.L4_TABLE);
            if (error != 0) {
                return error;
            }
            domain.descriptors.dropLdt();
            if (!domain.assists.strictMachineToPhys()) {
                domain.xenSlots.mapMachineToPhysIn(mfn);
            }
            vcpu.kernelTable = mfn;
        }
        domain.flushes.load(mfn << PhysicalMemory.FRAME_SHIFT, false);
        domain.observer().controlRegister(3, old << PhysicalMemory.FRAME_SHIFT, mfn << PhysicalMemory.FRAME_SHIFT);
        if (mfn != old && old != 0) {
            domain.frames.putWithType(old);
        }
        return 0;
    }

    /** MMUEXT_NEW_USER_BASEPTR: 0 is none. Zero or a negative error. */
    int setUserTable(long mfn) {
        long old = vcpu.userTable;
        if (mfn == old) {
            return 0;
        }
        if (mfn != 0) {
            int error = domain.frames.getWithType(mfn, PageType.L4_TABLE);
            if (error != 0) {
                return error;
            }
            if (domain.assists.strictMachineToPhys()) {
                domain.xenSlots.unmapMachineToPhysIn(mfn);
            }
        }
        vcpu.userTable = mfn;
        if (old != 0) {
            domain.frames.putWithType(old);
        }
        return 0;
    }
}
