package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.cpu.CpuModel;
import org.pvdiet.emulator.cpu.CpuModel.Leaf;

/**
 * CPUID as Xen answers it to a PV guest that asks through the forced-emulation prefix: the processor's features as far as PV
 * guests can use them, and Xen's own leaves (arch/x86/cpuid.c; public/arch-x86/cpufeatureset.h: the features marked A, with
 * the special ones; public/arch-x86/cpuid.h).
 */
final class GuestCpuid {
    private static final int HYPERVISOR_LEAF = 0x4000_0000;
    private static final int HIGHEST_HYPERVISOR_LEAF = 5;
    private static final int VERSION = 4 << 16 | 17;

    private static final int LEAF_1_EDX = 0x1fc9cbf5;
    private static final int LEAF_1_ECX = 0xf6f83203 & ~(1 << 27);
    private static final int HYPERVISOR = 1 << 31;
    private static final int LEAF_7_EBX = 0xfdaf0b29;
    private static final int LEAF_7_ECX = 0x02405f43;
    private static final int LEAF_7_EDX = 0x8c00441c;
    private static final int LEAF_7_1_EAX = 0x00001c30;
    private static final int LEAF_7_2_EDX = 0x00000021;
    private static final int EXTENDED_1_EDX = 0xea500800;
    private static final int EXTENDED_1_ECX = 0x042109e3;
    private static final int EXTENDED_8_EBX = 0x64001005;

    /** LFENCE_DISPATCH, which Xen sets up where the processor can have it. */
    private static final int EXTENDED_21_EAX = 0x00000004;

    /** CPUID_GUEST_NR_EXTD_AMD and CPUID_GUEST_NR_EXTD_INTEL, less one. */
    private static final int HIGHEST_EXTENDED_AMD = 0x8000_0021;

    private static final int HIGHEST_EXTENDED_INTEL = 0x8000_0008;

    private static final Leaf ZERO = new Leaf(0, 0, 0, 0);

    /** Features that AMD repeats in the extended leaf: CPUID_COMMON_1D_FEATURES. */
    private static final int COMMON_EDX = 0x0183f3ff;

    private static final int XSAVE = 1 << 26;

    /** SYSENTER: AMD's processors do not have it in long mode (arch/x86/cpu/amd.c). */
    private static final int SEP = 1 << 11;

    private final CpuModel model;
    private final long tscKilohertz;
    private final int machineAddressBits;

    /**
     * @param machineFrames how many there are
     */
    GuestCpuid(CpuModel model, long tscKilohertz, long machineFrames) {
        this.model = model;
        this.tscKilohertz = tscKilohertz;
        // flsl(mfn bound) + PAGE_SHIFT.
        this.machineAddressBits = 64 - Long.numberOfLeadingZeros(machineFrames) + 12;
    }

    boolean hasFsGsBase() {
        return (leaf(7, 0).ebx() & 1) != 0;
    }

    boolean hasXsave() {
        return (leaf(1, 0).ecx() & XSAVE) != 0;
    }

    /** get_cpu_family(): the extended family counts where the base family is 15. */
    int family() {
        int signature = model.leaf(1, 0).eax();
        int base = signature >> 8 & 0xf;
        return base == 0xf ? base + (signature >> 20 & 0xff) : base;
    }

    boolean isAmd() {
        return model.isAmd();
    }

    Leaf leaf(int leaf, int subleaf) {
        if ((leaf & 0xffff_ff00) == HYPERVISOR_LEAF) {
            return hypervisor(leaf - HYPERVISOR_LEAF, subleaf);
        }
        boolean extended = leaf < 0;
        int highest = extended ? highestExtended() : model.leaf(0, 0).eax();
        // A guest reads zeros beyond the highest leaf, whoever made the processor (guest_cpuid).
        if (Integer.compareUnsigned(leaf, highest) > 0) {
            return ZERO;
        }
        return extended ? extended(leaf) : basic(leaf, subleaf, model.leaf(leaf, subleaf));
    }

    private int highestExtended() {
        int most = model.isAmd() ? HIGHEST_EXTENDED_AMD : HIGHEST_EXTENDED_INTEL;
        // With LFENCE_DISPATCH there is its leaf, whatever the processor's highest is.
        return model.isAmd()
                        || Integer.compareUnsigned(model.leaf(0x8000_0000, 0).eax(), most) > 0
                ? most
                : model.leaf(0x8000_0000, 0).eax();
    }

    /** recalculate_misc() hides caches of AMD's processors, MONITOR, power, topology and performance counters. */
    private Leaf basic(int leaf, int subleaf, Leaf raw) {
        return switch (leaf) {
            case 1 ->
                new Leaf(
                        raw.eax() & 0x0fff0fff,
                        raw.ebx() & 0x00ffffff,
                        raw.ecx() & LEAF_1_ECX | HYPERVISOR,
                        raw.edx() & LEAF_1_EDX & ~(model.isAmd() ? SEP : 0));
            case 2, 4 -> model.isAmd() ? ZERO : raw;
            case 3, 5, 6, 8, 9, 0xa, 0xb, 0xc -> ZERO;
            case 7 ->
                switch (subleaf) {
                    case 0 ->
                        new Leaf(
                                Math.min(raw.eax(), 2),
                                raw.ebx() & LEAF_7_EBX,
                                raw.ecx() & LEAF_7_ECX,
                                raw.edx() & LEAF_7_EDX);
                    case 1 -> new Leaf(raw.eax() & LEAF_7_1_EAX, 0, raw.ecx(), raw.edx());
                    case 2 -> new Leaf(raw.eax(), raw.ebx(), raw.ecx(), raw.edx() & LEAF_7_2_EDX);
                    default -> ZERO;
                };
            case 0xd -> hasXsave() ? raw : ZERO;
            default -> raw;
        };
    }

    private Leaf extended(int leaf) {
        Leaf raw = model.leaf(leaf, 0);
        boolean amd = model.isAmd();
        return switch (leaf) {
            case 0x8000_0000 ->
                amd
                        ? new Leaf(highestExtended(), raw.ebx(), raw.ecx(), raw.edx())
                        : new Leaf(highestExtended(), 0, 0, 0);
            case 0x8000_0001 -> {
                int common = amd ? model.leaf(1, 0).edx() & LEAF_1_EDX & COMMON_EDX : 0;
                yield new Leaf(
                        amd ? raw.eax() : 0,
                        amd ? raw.ebx() & 0xff00ffff : 0,
                        raw.ecx() & EXTENDED_1_ECX,
                        raw.edx() & EXTENDED_1_EDX | common);
            }
            case 0x8000_0005 -> amd ? raw : ZERO;
            case 0x8000_0006 -> amd ? raw : new Leaf(0, 0, raw.ecx(), 0);
            case 0x8000_0008 ->
                new Leaf(raw.eax() & 0xffff, raw.ebx() & EXTENDED_8_EBX, amd ? raw.ecx() & 0x0003f0ff : 0, 0);
            case 0x8000_0002, 0x8000_0003, 0x8000_0004, 0x8000_001a -> raw;
            case 0x8000_0021 -> new Leaf(EXTENDED_21_EAX, 0, 0, 0);
            default -> ZERO;
        };
    }

    private Leaf hypervisor(int index, int subleaf) {
        return switch (index) {
            case 0 -> new Leaf(HYPERVISOR_LEAF + HIGHEST_HYPERVISOR_LEAF, 0x566e6558, 0x65584d4d, 0x4d4d566e);
            case 1 -> new Leaf(VERSION, 0, 0, 0);
            // One hypercall page, the MSR to ask for it, and XEN_CPUID_FEAT1_MMU_PT_UPDATE_PRESERVE_AD.
            case 2 -> new Leaf(1, HYPERVISOR_LEAF, 1, 0);
            case 3 -> time(subleaf);
            case 5 -> new Leaf(0, subleaf == 0 ? machineAddressBits : 0, 0, 0);
            default -> ZERO;
        };
    }

    private Leaf time(int subleaf) {
        return switch (subleaf) {
            // Neither emulated nor known to be safe; default mode; first incarnation.
            case 0 -> new Leaf(0, 0, (int) tscKilohertz, 0);
            case 1 -> new Leaf(0, 0, 0x8000_0000, 1);
            case 2 -> new Leaf((int) tscKilohertz, 0, 0, 0);
            default -> ZERO;
        };
    }
}
