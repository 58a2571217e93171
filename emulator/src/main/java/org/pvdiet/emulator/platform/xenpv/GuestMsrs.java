package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.Fault;
import org.pvdiet.emulator.cpu.Vector;

/** Model-specific registers as a PV guest sees them (read_msr and write_msr of arch/x86/pv/emul-priv-op.c, arch/x86/msr.c). */
final class GuestMsrs {
    static final int FS_BASE = 0xc000_0100;
    static final int GS_BASE = 0xc000_0101;
    static final int SHADOW_GS_BASE = 0xc000_0102;

    private static final int TSC = 0x10;
    private static final int PLATFORM_ID = 0x17;
    private static final int APIC_BASE = 0x1b;
    private static final int PATCH_LEVEL = 0x8b;
    private static final int PLATFORM_INFO = 0xce;
    private static final int MISC_FEATURES_ENABLES = 0x140;
    private static final int MCG_CAP = 0x179;
    private static final int MCG_STATUS = 0x17a;
    private static final int MCG_CTL = 0x17b;
    private static final int PERF_STATUS = 0x198;
    private static final int PERF_CTL = 0x199;
    private static final int THERM_STATUS = 0x19c;
    private static final int MISC_ENABLE = 0x1a0;
    private static final int PAT = 0x277;
    private static final int PERF_CAPABILITIES = 0x345;
    private static final int MC0_CTL = 0x400;
    private static final int MC_LAST = 0x47f;
    private static final int EFER = 0xc000_0080;
    private static final int HWCR = 0xc001_0015;
    private static final int NB_CFG = 0xc001_001f;
    private static final int DE_CFG = 0xc001_1029;
    private static final int K7_EVNTSEL0 = 0xc001_0000;
    private static final int K7_PERFCTR3 = 0xc001_0007;
    private static final int FAM15H_EVNTSEL0 = 0xc001_0200;
    private static final int FAM15H_PERFCTR5 = 0xc001_020b;
    private static final int P6_PERFCTR0 = 0xc1;
    private static final int P6_PERFCTR7 = 0xc8;
    private static final int P6_EVNTSEL0 = 0x186;
    private static final int P6_EVNTSEL3 = 0x189;
    private static final int FIXED_CTR0 = 0x309;
    private static final int FIXED_CTR2 = 0x30b;
    private static final int FIXED_CTR_CTRL = 0x38d;
    private static final int GLOBAL_OVF_CTRL = 0x390;
    private static final int MC_BANKS = 2;
    private static final int MCG_TES_P = 1 << 11;
    private static final int MCG_SER_P = 1 << 24;
    private static final int XEN_HYPERCALL_PAGE = 0x4000_0000;

    private static final long APIC_ENABLED_AT_DEFAULT = 0xfee00000L | 1 << 11 | 1 << 8;

    /** XEN_MSR_PAT. */
    private static final long XEN_PAT = 0x0501_0007_0406L;

    /** guest_misc_enable(): fast strings as they are, no BTS, PEBS or xTPR messages. */
    private static final int MISC_ENABLE_SEEN = 0x80_1801;

    private static final int HWCR_TSC_FREQ_SEL = 1 << 24;
    private static final int DE_CFG_LFENCE_SERIALISE = 1 << 1;

    private final Domain domain;
    private final Cpu cpu;
    private final Vcpu vcpu;
    private final GuestCpuid cpuid;

    GuestMsrs(Domain domain, GuestCpuid cpuid) {
        this.domain = domain;
        this.cpu = domain.cpu;
        this.vcpu = domain.vcpu;
        this.cpuid = cpuid;
    }

    /**
     * @throws Fault #GP(0) where the guest has no such register
     */
    long read(int index) {
        long value = value(index);
        domain.observer().msrRead(index, value);
        return value;
    }

    private long value(int index) {
        boolean amd = cpuid.isAmd();
        return switch (index) {
            case TSC -> cpu.time();
            case APIC_BASE -> APIC_ENABLED_AT_DEFAULT;
            case FS_BASE -> cpu.segments.fs().base;
            case GS_BASE -> cpu.segments.gs().base;
            case SHADOW_GS_BASE -> userGsBase();
            case EFER -> GuestControl.efer();
            case PAT -> XEN_PAT;
            case PERF_CAPABILITIES, MISC_FEATURES_ENABLES, PLATFORM_INFO, PATCH_LEVEL, MCG_STATUS, MCG_CTL -> 0;
            case MCG_CAP -> amd ? MC_BANKS : MC_BANKS | MCG_SER_P | MCG_TES_P;
            case MISC_ENABLE -> forIntel(amd, MISC_ENABLE_SEEN);
            case PERF_STATUS, PERF_CTL, THERM_STATUS, PLATFORM_ID -> forIntel(amd, 0);
            case HWCR -> forAmd(amd, cpuid.family() >= 0x10 ? HWCR_TSC_FREQ_SEL : 0);
            case DE_CFG -> forAmd(amd, DE_CFG_LFENCE_SERIALISE);
            case NB_CFG -> 0;
            case XEN_HYPERCALL_PAGE -> 0;
            default -> {
                if (index >= MC0_CTL && index <= MC_LAST || isPerformanceCounter(index)) {
                    yield 0;
                }
                // A kernel without a #GP handler yet reads zero instead (public/arch-x86/xen.h, struct trap_info).
                if (vcpu.traps[Vector.GENERAL_PROTECTION].address() == 0 && index >>> 16 != 0x4000) {
                    yield 0;
                }
                throw Fault.generalProtection();
            }
        };
    }

    private long forIntel(boolean amd, long value) {
        if (amd) {
            throw Fault.generalProtection();
        }
        return value;
    }

    private long forAmd(boolean amd, long value) {
        if (!amd) {
            throw Fault.generalProtection();
        }
        return value;
    }

    private long userGsBase() {
        return vcpu.kernelMode ? vcpu.otherGsBase : cpu.segments.gs().base;
    }

    /**
     * @throws Fault #GP(0) where the guest has no such register or may not write the value
     */
    void write(int index, long value) {
        switch (index) {
            case FS_BASE -> setFsBase(canonical(value));
            case GS_BASE -> setGsBase(canonical(value));
            case SHADOW_GS_BASE -> setUserGsBase(canonical(value));
            case EFER -> {
                if (value != GuestControl.efer()) {
                    throw Fault.generalProtection();
                }
            }
            case HWCR, DE_CFG, MISC_ENABLE, NB_CFG, MCG_CAP, MCG_STATUS, MCG_CTL -> ignore(index);
            case XEN_HYPERCALL_PAGE -> {
                long mfn = value >>> 12;
                if ((value & 0xfff) != 0 || domain.frames.getWithType(mfn, PageType.WRITABLE) != 0) {
                    throw Fault.generalProtection();
                }
                HypercallPage.fill(domain.memory, mfn << 12);
                domain.frames.putWithType(mfn);
            }
            default -> {
                if ((index < MC0_CTL || index > MC_LAST) && !isPerformanceCounter(index)) {
                    throw Fault.generalProtection();
                }
                ignore(index);
            }
        }
    }

    /**
     * The guest goes on as if it had written.
     *
     * @throws Fault where it has no such register
     */
    private void ignore(int index) {
        domain.observer().msrWriteIgnored(index, value(index));
    }

    /** Without virtual performance counters they read as zero and keep nothing (vpmu_do_msr in arch/x86/cpu/vpmu.c). */
    private boolean isPerformanceCounter(int index) {
        return cpuid.isAmd()
                ? isIn(index, K7_EVNTSEL0, K7_PERFCTR3) || isIn(index, FAM15H_EVNTSEL0, FAM15H_PERFCTR5)
                : isIn(index, P6_PERFCTR0, P6_PERFCTR7)
                        || isIn(index, P6_EVNTSEL0, P6_EVNTSEL3)
                        || isIn(index, FIXED_CTR0, FIXED_CTR2)
                        || isIn(index, FIXED_CTR_CTRL, GLOBAL_OVF_CTRL);
    }

    private static boolean isIn(int index, int first, int last) {
        return index >= first && index <= last;
    }

    private static long canonical(long value) {
        if (!GuestMemory.isCanonical(value)) {
            throw Fault.generalProtection();
        }
        return value;
    }

    void setFsBase(long value) {
        domain.observer().msrWrite(FS_BASE, cpu.segments.fs().base, value);
        cpu.segments.fs().base = value;
    }

    void setGsBase(long value) {
        domain.observer().msrWrite(GS_BASE, cpu.segments.gs().base, value);
        cpu.segments.gs().base = value;
    }

    void setUserGsBase(long value) {
        domain.observer().msrWrite(SHADOW_GS_BASE, userGsBase(), value);
        if (vcpu.kernelMode) {
            vcpu.otherGsBase = value;
        } else {
            cpu.segments.gs().base = value;
        }
    }
}
