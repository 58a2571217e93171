package org.pvdiet.emulator.cpu;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongPredicate;
import org.pvdiet.emulator.cpu.CpuModel.Feature;

/**
 * The model-specific registers (SDM volume 4, and AMD's where the model is AMD): those that an operating system finds on the
 * model. What only a device or platform can answer, it attaches.
 */
public final class Msrs {
    public static final int TSC = 0x10;
    public static final int APIC_BASE = 0x1b;
    public static final int SPEC_CTRL = 0x48;
    public static final int SYSENTER_CS = 0x174;
    public static final int SYSENTER_ESP = 0x175;
    public static final int SYSENTER_EIP = 0x176;
    public static final int MISC_ENABLE = 0x1a0;
    public static final int PAT = 0x277;
    public static final int EFER = 0xc000_0080;
    public static final int STAR = 0xc000_0081;
    public static final int LSTAR = 0xc000_0082;
    public static final int CSTAR = 0xc000_0083;
    public static final int SFMASK = 0xc000_0084;
    public static final int FS_BASE = 0xc000_0100;
    public static final int GS_BASE = 0xc000_0101;
    public static final int KERNEL_GS_BASE = 0xc000_0102;
    public static final int TSC_AUX = 0xc000_0103;

    private static final int PLATFORM_ID = 0x17;
    private static final int PREDICT_COMMAND = 0x49;
    private static final int MICROCODE_REVISION = 0x8b;
    private static final int MTRR_CAPABILITIES = 0xfe;
    private static final int MCG_CAPABILITIES = 0x179;
    private static final int MCG_STATUS = 0x17a;
    private static final int MCG_CONTROL = 0x17b;
    private static final int DEBUG_CONTROL = 0x1d9;
    private static final int MTRR_BASE_0 = 0x200;
    private static final int MTRR_FIXED_64K = 0x250;
    private static final int MTRR_FIXED_16K = 0x258;
    private static final int MTRR_FIXED_4K = 0x268;
    private static final int MTRR_DEFAULT = 0x2ff;
    private static final int MC0_CONTROL = 0x400;
    private static final int VARIABLE_MTRRS = 8;
    private static final int MACHINE_CHECK_BANKS = 10;

    /** PA0 to PA7 at reset: WB, WT, UC-, UC, twice (SDM volume 3, table 11-12). */
    private static final long PAT_AT_RESET = 0x0007_0406_0007_0406L;

    /** One register. Both methods throw {@link Fault} #GP(0) for what the register does not do. */
    public interface Register {
        long read();

        void write(long value);
    }

    /** A register that keeps what it is given. */
    private static final class Plain implements Register {
        private final LongPredicate accepts;
        private long value;

        Plain(long initial, LongPredicate accepts) {
            this.value = initial;
            this.accepts = accepts;
        }

        @Override
        public long read() {
            return value;
        }

        @Override
        public void write(long value) {
            if (!accepts.test(value)) {
                throw Fault.generalProtection();
            }
            this.value = value;
        }
    }

    private final Cpu cpu;
    private final Map<Integer, Register> registers = new HashMap<>();

    // What instructions use, without a look-up.
    private final Plain star = new Plain(0, value -> true);
    private final Plain lstar = new Plain(0, Descriptors::isCanonical);
    private final Plain cstar = new Plain(0, Descriptors::isCanonical);
    private final Plain sfmask = new Plain(0, value -> value >>> 32 == 0);
    private final Plain kernelGsBase = new Plain(0, Descriptors::isCanonical);
    private final Plain sysenterCs = new Plain(0, value -> true);
    private final Plain sysenterEsp = new Plain(0, Descriptors::isCanonical);
    private final Plain sysenterEip = new Plain(0, Descriptors::isCanonical);
    private final Plain tscAux = new Plain(0, value -> value >>> 32 == 0);
    private long tscOffset;

    Msrs(Cpu cpu) {
        this.cpu = cpu;
        defineArchitectural();
        defineMemoryTypes();
        defineMachineCheck();
        if (cpu.model.isAmd()) {
            defineAmd();
        } else {
            defineIntel();
        }
    }

    private void defineArchitectural() {
        CpuModel model = cpu.model;
        registers.put(EFER, new EferRegister());
        registers.put(STAR, star);
        registers.put(LSTAR, lstar);
        registers.put(CSTAR, cstar);
        registers.put(SFMASK, sfmask);
        registers.put(FS_BASE, new Base(cpu.segments.fs()));
        registers.put(GS_BASE, new Base(cpu.segments.gs()));
        registers.put(KERNEL_GS_BASE, kernelGsBase);
        registers.put(SYSENTER_CS, sysenterCs);
        registers.put(SYSENTER_ESP, sysenterEsp);
        registers.put(SYSENTER_EIP, sysenterEip);
        registers.put(TSC, new TscRegister());
        if (model.has(Feature.RDTSCP)) {
            registers.put(TSC_AUX, tscAux);
        }
        if (model.has(Feature.APIC)) {
            long reserved = ~0L << model.physicalBits() | 0x6ffL;
            registers.put(APIC_BASE, new Plain(0xfee0_0900L, value -> (value & reserved) == 0));
        }
        if (model.has(Feature.SPEC_CTRL)) {
            registers.put(SPEC_CTRL, new Plain(0, value -> (value & ~7L) == 0));
            registers.put(PREDICT_COMMAND, new Plain(0, value -> (value & ~1L) == 0));
        }
        registers.put(DEBUG_CONTROL, new Plain(0, value -> (value & ~3L) == 0));
    }

    /** MTRRs as a PC's firmware leaves them: write-back but for the VGA window and the devices below 4 GiB. */
    private void defineMemoryTypes() {
        CpuModel model = cpu.model;
        if (model.has(Feature.PAT)) {
            registers.put(PAT, new Plain(PAT_AT_RESET, value -> allTypes(value, 0b1111_0011)));
        }
        if (!model.has(Feature.MTRR)) {
            return;
        }
        registers.put(MTRR_CAPABILITIES, readOnly(0x500 | VARIABLE_MTRRS));
        registers.put(MTRR_DEFAULT, new Plain(0xc06, value -> (value & ~0xcffL) == 0 && isType(value & 0xff)));
        long frames = (1L << model.physicalBits()) - 4096;
        for (int i = 0; i < VARIABLE_MTRRS; i++) {
            long base = i == 0 ? 0xe000_0000L : 0;
            long mask = i == 0 ? frames & -0x2000_0000L | 0x800 : 0;
            registers.put(
                    MTRR_BASE_0 + 2 * i,
                    new Plain(base, value -> (value & ~(frames | 0xff)) == 0 && isType(value & 0xff)));
            registers.put(MTRR_BASE_0 + 2 * i + 1, new Plain(mask, value -> (value & ~(frames | 0x800)) == 0));
        }
        defineFixedMtrr(MTRR_FIXED_64K, 0x0606_0606_0606_0606L);
        defineFixedMtrr(MTRR_FIXED_16K, 0x0606_0606_0606_0606L);
        defineFixedMtrr(MTRR_FIXED_16K + 1, 0);
        for (int i = 0; i < 8; i++) {
            defineFixedMtrr(MTRR_FIXED_4K + i, 0x0505_0505_0505_0505L);
        }
    }

    private void defineFixedMtrr(int index, long initial) {
        registers.put(index, new Plain(initial, value -> allTypes(value, 0b0111_0011)));
    }

    /** UC, WC, WT, WP, WB. */
    private static boolean isType(long type) {
        return type < 8 && (0b0111_0011 >> type & 1) != 0;
    }

    private static boolean allTypes(long value, int allowed) {
        for (int i = 0; i < 8; i++) {
            long type = value >>> 8 * i & 0xff;
            if (type > 7 || (allowed >> type & 1) == 0) {
                return false;
            }
        }
        return true;
    }

    private void defineMachineCheck() {
        if (!cpu.model.has(Feature.MCA)) {
            return;
        }
        registers.put(MCG_CAPABILITIES, readOnly(0x100 | MACHINE_CHECK_BANKS));
        registers.put(MCG_STATUS, new Plain(0, value -> (value & ~7L) == 0));
        registers.put(MCG_CONTROL, new Plain(-1, value -> value == 0 || value == -1));
        for (int bank = 0; bank < MACHINE_CHECK_BANKS; bank++) {
            registers.put(MC0_CONTROL + 4 * bank, new Plain(-1, value -> true));
            // Status, address and miscellaneous can only be cleared (SDM volume 3, section 15.3.2.2).
            for (int i = 1; i < 4; i++) {
                registers.put(MC0_CONTROL + 4 * bank + i, new Plain(0, value -> value == 0));
            }
        }
    }

    private void defineIntel() {
        registers.put(PLATFORM_ID, readOnly(0));
        registers.put(MISC_ENABLE, new Plain(1, value -> true));
        registers.put(MICROCODE_REVISION, ignoringWrites(1L << 32));
    }

    /** AMD's own (BIOS and Kernel Developer's Guide for family 0Fh): what firmware would have set up, or nothing. */
    private void defineAmd() {
        registers.put(MICROCODE_REVISION, ignoringWrites(0x0100_0065L));
        int[] kept = {
            0xc001_0010, // SYSCFG
            0xc001_0015, // HWCR
            0xc001_001a, // TOP_MEM
            0xc001_001d, // TOP_MEM2
            0xc001_001f, // NB_CFG
            0xc001_0055, // INT_PENDING_MSG
            0xc001_0111, // SMM_BASE
            0xc001_0112, // SMM_ADDR
            0xc001_0113, // SMM_MASK
            0xc001_0114, // VM_CR
            0xc001_1029, // DE_CFG
        };
        for (int index : kept) {
            registers.put(index, new Plain(0, value -> true));
        }
        for (int i = 0; i < 4; i++) {
            registers.put(0xc001_0016 + i, new Plain(0, value -> true)); // IORR bases and masks
            // PERF_CTL and PERF_CTR, as QEMU's model has them: nothing counts, which a guest sees by reading one back.
            registers.put(0xc001_0000 + i, ignoringWrites(0));
            registers.put(0xc001_0004 + i, ignoringWrites(0));
        }
    }

    private static Register readOnly(long value) {
        return new Plain(value, any -> false);
    }

    private static Register ignoringWrites(long value) {
        return new Register() {
            @Override
            public long read() {
                return value;
            }

            @Override
            public void write(long ignored) {}
        };
    }

    /** FS.base or GS.base under its MSR's number. */
    private record Base(SegmentRegister segment) implements Register {
        @Override
        public long read() {
            return segment.base;
        }

        @Override
        public void write(long value) {
            if (!Descriptors.isCanonical(value)) {
                throw Fault.generalProtection();
            }
            segment.base = value;
        }
    }

    private final class TscRegister implements Register {
        @Override
        public long read() {
            return timestamp();
        }

        @Override
        public void write(long value) {
            tscOffset = value - cpu.time();
        }
    }

    private final class EferRegister implements Register {
        @Override
        public long read() {
            return cpu.control.efer;
        }

        @Override
        public void write(long value) {
            CpuModel model = cpu.model;
            long supported = Efer.LMA | Efer.LME;
            supported |= model.has(Feature.SYSCALL) ? Efer.SCE : 0;
            supported |= model.has(Feature.NX) ? Efer.NXE : 0;
            long old = cpu.control.efer;
            boolean paging = (cpu.control.cr0 & Cr0.PG) != 0;
            if ((value & ~supported) != 0 || paging && ((old ^ value) & Efer.LME) != 0) {
                throw Fault.generalProtection();
            }
            cpu.control.efer = value & ~Efer.LMA | old & Efer.LMA;
            if (((old ^ value) & Efer.NXE) != 0) {
                cpu.applyPaging();
            }
        }
    }

    /** Puts a register of a device or platform in place, whether there was one or not. */
    public void attach(int index, Register register) {
        registers.put(index, register);
    }

    /**
     * Reads as RDMSR does, without its privilege check; tells no observer.
     *
     * @throws Fault #GP(0) where there is no such register
     */
    public long read(int index) {
        return find(index).read();
    }

    /**
     * Writes as WRMSR does, without its privilege check; tells no observer.
     *
     * @throws Fault #GP(0) where there is no such register or it does not take the value
     */
    public void write(int index, long value) {
        find(index).write(value);
    }

    private Register find(int index) {
        Register register = registers.get(index);
        if (register == null) {
            throw Fault.generalProtection();
        }
        return register;
    }

    /** What RDTSC reads: nanoseconds of virtual time, plus what was written to the counter. */
    public long timestamp() {
        return cpu.time() + tscOffset;
    }

    void swapGs() {
        SegmentRegister gs = cpu.segments.gs();
        long base = gs.base;
        gs.base = kernelGsBase.value;
        kernelGsBase.value = base;
    }

    long star() {
        return star.value;
    }

    long lstar() {
        return lstar.value;
    }

    long cstar() {
        return cstar.value;
    }

    long sfmask() {
        return sfmask.value;
    }

    long sysenterCs() {
        return sysenterCs.value;
    }

    long sysenterEsp() {
        return sysenterEsp.value;
    }

    long sysenterEip() {
        return sysenterEip.value;
    }

    long tscAux() {
        return tscAux.value;
    }
}
