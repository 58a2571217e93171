package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.cpu.SegmentRegister;

/** Segment descriptors as a 64-bit PV guest may have them in its GDT and LDT (arch/x86/pv/descriptor-tables.c). */
final class Descriptor {
    private static final long PRESENT = 1L << 47;
    private static final long CODE_OR_DATA = 1L << 44;
    private static final long TYPE = 0xfL << 40;
    private static final long CALL_GATE = 0xcL << 40;
    private static final long DPL = 3L << 45;
    private static final long GATE_RESERVED = 0xffL << 32;
    private static final int LOCAL = 4;

    private Descriptor() {}

    /** False where Xen refuses it: system descriptors other than call gates to the guest's own code. */
    static boolean isAllowed(long descriptor) {
        if ((descriptor & PRESENT) == 0 || (descriptor & CODE_OR_DATA) != 0 || (descriptor & TYPE) == 0) {
            return true;
        }
        if ((descriptor & TYPE) != CALL_GATE || (descriptor & GATE_RESERVED) != 0) {
            return false;
        }
        int selector = (int) (descriptor >>> 16) & 0xffff;
        return selector >> 3 < DescriptorTables.FIRST_RESERVED_ENTRY
                || selector == DescriptorTables.KERNEL_CS
                || (selector & LOCAL) != 0;
    }

    /** An allowed descriptor as Xen keeps it: segments in ring 3, call gates out of reach with their DPL in the selector. */
    static long fixed(long descriptor) {
        if ((descriptor & PRESENT) == 0) {
            return descriptor;
        }
        if ((descriptor & CODE_OR_DATA) != 0) {
            return descriptor | DPL;
        }
        if ((descriptor & TYPE) == 0) {
            return descriptor;
        }
        // The guest's kernel is ring 3, so every DPL has become 3 by then.
        return descriptor & ~DPL | 3L << 16;
    }

    /** Loads a segment register's hidden part. */
    static void load(SegmentRegister register, int selector, long descriptor) {
        long limit = descriptor & 0xffff | descriptor >>> 32 & 0xf0000;
        if ((descriptor & 1L << 55) != 0) {
            limit = limit << 12 | 0xfff;
        }
        long base = descriptor >>> 16 & 0xffffff | descriptor >>> 32 & 0xff000000L;
        register.set(selector, base, limit, (int) (descriptor >>> 40) & 0xf0ff);
    }
}
