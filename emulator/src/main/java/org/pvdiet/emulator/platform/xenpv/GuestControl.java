package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.Cr0;
import org.pvdiet.emulator.cpu.Cr4;
import org.pvdiet.emulator.cpu.Efer;
import org.pvdiet.emulator.memory.PhysicalMemory;

/**
 * Control registers: what Xen runs the guest with, and what the guest reads and may change of that (read_cr and write_cr of
 * arch/x86/pv/emul-priv-op.c, pv_fixup_guest_cr4 of arch/x86/pv/domain.c).
 */
final class GuestControl {
    private static final long CR0 = Cr0.PG | Cr0.AM | Cr0.WP | Cr0.NE | Cr0.ET | Cr0.MP | Cr0.PE;
    private static final long XEN_CR4 = Cr4.PSE | Cr4.PAE | Cr4.MCE | Cr4.PGE | Cr4.DE | Cr4.OSFXSR | Cr4.OSXMMEXCPT;

    /** PV_CR4_GUEST_MASK and PV_CR4_GUEST_VISIBLE_MASK. */
    private static final long CR4_GUESTS = Cr4.TSD | Cr4.DE | Cr4.FSGSBASE | Cr4.OSXSAVE;

    private static final long CR4_VISIBLE = Cr4.PAE | Cr4.MCE | Cr4.OSFXSR | Cr4.OSXMMEXCPT;
    private static final long EFER = Efer.SCE | Efer.LME | Efer.LMA | Efer.NXE;

    private final Domain domain;
    private final Cpu cpu;
    private final Vcpu vcpu;
    private final GuestMode mode;
    private final GuestCpuid cpuid;

    GuestControl(Domain domain, GuestMode mode, GuestCpuid cpuid) {
        this.domain = domain;
        this.cpu = domain.cpu;
        this.vcpu = domain.vcpu;
        this.mode = mode;
        this.cpuid = cpuid;
    }

    /** The processor as Xen has set it up when a guest starts. */
    void install() {
        cpu.control.cr0 = CR0;
        vcpu.cr4 = visible(0);
        cpu.control.cr4 = effective();
        cpu.control.efer = EFER;
        cpu.applyControl();
    }

    private long visible(long wanted) {
        long policy = CR4_GUESTS & ~(cpuid.hasFsGsBase() ? 0 : Cr4.FSGSBASE) & ~(cpuid.hasXsave() ? 0 : Cr4.OSXSAVE);
        return wanted & policy | XEN_CR4 & CR4_VISIBLE;
    }

    private long effective() {
        return XEN_CR4 & ~(Cr4.TSD | Cr4.DE) | vcpu.cr4 & CR4_GUESTS;
    }

    long read(int number) {
        return switch (number) {
            case 0 -> cr0();
            case 2 -> vcpu.cr2;
            case 3 -> cr3();
            case 4 -> vcpu.cr4;
            default -> throw new IllegalArgumentException("CR" + number);
        };
    }

    long cr0() {
        return CR0 | (vcpu.taskSwitched ? Cr0.TS : 0);
    }

    long cr3() {
        return vcpu.kernelTable << PhysicalMemory.FRAME_SHIFT;
    }

    /** False where the guest may not: #GP. */
    boolean write(int number, long value) {
        return switch (number) {
            case 0 -> {
                boolean allowed = ((value ^ CR0) & ~Cr0.TS) == 0;
                if (allowed) {
                    setTaskSwitched((value & Cr0.TS) != 0);
                }
                yield allowed;
            }
            case 2 -> {
                domain.observer().controlRegister(2, vcpu.cr2, value);
                vcpu.cr2 = value;
                cpu.control.cr2 = value;
                domain.sharedInfo.setCr2(value);
                yield true;
            }
            case 3 -> {
                long mfn = value >>> PhysicalMemory.FRAME_SHIFT;
                yield domain.frames.isGuests(mfn) && mode.setKernelTable(mfn) == 0;
            }
            case 4 -> {
                long old = vcpu.cr4;
                vcpu.cr4 = visible(value);
                cpu.control.cr4 = effective();
                domain.observer().controlRegister(4, old, vcpu.cr4);
                yield true;
            }
            default -> false;
        };
    }

    /** CR0.TS, by fpu_taskswitch, CLTS or MOV to CR0. */
    void setTaskSwitched(boolean set) {
        long old = read(0);
        vcpu.taskSwitched = set;
        cpu.control.cr0 = set ? CR0 | Cr0.TS : CR0;
        domain.observer().controlRegister(0, old, read(0));
    }

    /** fpu_taskswitch. */
    long taskSwitch(boolean set) {
        setTaskSwitched(set);
        return 0;
    }

    static long efer() {
        return EFER;
    }
}
