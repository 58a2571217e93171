package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.cpu.decode.Mode;
import org.pvdiet.emulator.cpu.decode.Segment;

/** Descriptor tables: how selectors find descriptors, and what loading one checks (SDM volume 3, chapters 3 and 5). */
final class Descriptors {
    // Attributes as SYSCALL and its like set them without reading a descriptor (SDM volume 2, SYSCALL).
    static final int KERNEL_CODE_64 = 0xa09b;
    static final int KERNEL_DATA = 0xc093;
    static final int USER_CODE_64 = 0xa0fb;
    static final int USER_CODE_32 = 0xc0fb;
    static final int USER_DATA = 0xc0f3;
    static final long FLAT_LIMIT = 0xffff_ffffL;

    private Descriptors() {}

    static boolean isNull(int selector) {
        return (selector & 0xfffc) == 0;
    }

    static boolean isCanonical(long address) {
        return address << 16 >> 16 == address;
    }

    /** The error code that names a selector; {@code external} is 1 while an event that is not the program's is delivered. */
    static Fault fault(int vector, int selector, int external) {
        return Fault.of(vector, selector & 0xfffc | external);
    }

    /** Where a descriptor of {@code size} bytes is, or -1 where the selector lies beyond its table. */
    static long address(Cpu cpu, int selector, int size) {
        SegmentRegisters segments = cpu.segments;
        boolean local = (selector & 4) != 0;
        if (local && !segments.ldtr.isPresent()) {
            return -1;
        }
        long base = local ? segments.ldtr.base : segments.gdtBase;
        long limit = local ? segments.ldtr.limit : segments.gdtLimit;
        int offset = selector & 0xfff8;
        return offset + size - 1 > limit ? -1 : base + offset;
    }

    /** Null where the selector lies beyond its table. */
    static Descriptor find(Cpu cpu, int selector) {
        long at = address(cpu, selector, 8);
        return at == -1 ? null : new Descriptor(cpu.mmu().supervisor().load64(at));
    }

    /**
     * @throws Fault #GP(selector) where the selector lies beyond its table
     */
    static Descriptor get(Cpu cpu, int selector, int external) {
        Descriptor found = find(cpu, selector);
        if (found == null) {
            throw fault(Vector.GENERAL_PROTECTION, selector, external);
        }
        return found;
    }

    /** Sets the accessed bit where it is not set: read-only tables hold descriptors that have it. */
    static void markAccessed(Cpu cpu, int selector, Descriptor descriptor) {
        if ((descriptor.type() & 1) == 0) {
            cpu.mmu().supervisor().store8(address(cpu, selector, 8) + 5, descriptor.bits() >>> 40 & 0xff | 1);
        }
    }

    static void install(SegmentRegister register, int selector, Descriptor descriptor) {
        register.set(selector, descriptor.base(), descriptor.limit(), descriptor.attributes() | 1);
    }

    /** MOV, POP, LSS and their like to a segment register other than CS. */
    static void load(Cpu cpu, Segment segment, int selector) {
        SegmentRegister register = cpu.segments.get(segment);
        if (segment == Segment.SS) {
            loadStack(cpu, register, selector);
        } else if (isNull(selector)) {
            register.set(selector, 0, 0, 0);
        } else {
            Descriptor descriptor = get(cpu, selector, 0);
            boolean checked = !descriptor.isConforming();
            if (!descriptor.isReadable() || checked && descriptor.dpl() < Math.max(selector & 3, cpu.cpl())) {
                throw fault(Vector.GENERAL_PROTECTION, selector, 0);
            }
            if (!descriptor.isPresent()) {
                throw fault(Vector.SEGMENT_NOT_PRESENT, selector, 0);
            }
            markAccessed(cpu, selector, descriptor);
            install(register, selector, descriptor);
        }
        cpu.observer().segment(segment.ordinal(), selector);
    }

    private static void loadStack(Cpu cpu, SegmentRegister register, int selector) {
        if (isNull(selector)) {
            if (cpu.mode() != Mode.BITS_64 || cpu.cpl() == 3 || (selector & 3) != cpu.cpl()) {
                throw Fault.generalProtection();
            }
            setNullStack(register, selector);
            return;
        }
        Descriptor descriptor = checkStack(cpu, selector, cpu.cpl(), Vector.GENERAL_PROTECTION);
        markAccessed(cpu, selector, descriptor);
        install(register, selector, descriptor);
    }

    /** SS null, as 64-bit mode allows it outside user mode: DPL is the privilege level. */
    static void setNullStack(SegmentRegister register, int selector) {
        register.set(selector, 0, 0, (selector & 3) << 5);
    }

    /**
     * The descriptor of a stack segment for a privilege level.
     *
     * @param vector of the fault where it does not fit: #GP, or #TS where the selector is from a TSS
     */
    static Descriptor checkStack(Cpu cpu, int selector, int level, int vector) {
        Descriptor descriptor = find(cpu, selector);
        if (descriptor == null || (selector & 3) != level || !descriptor.isWritable() || descriptor.dpl() != level) {
            throw fault(vector, selector, 0);
        }
        if (!descriptor.isPresent()) {
            throw fault(Vector.STACK_FAULT, selector, 0);
        }
        return descriptor;
    }

    /**
     * Which stack pointer the TSS has at {@code offset}.
     *
     * @throws Fault #TS(TR) where the TSS ends before
     */
    static long taskStack(Cpu cpu, int offset, int external) {
        SegmentRegister tr = cpu.segments.tr;
        if (!tr.isPresent() || offset + 7 > tr.limit) {
            throw fault(Vector.INVALID_TSS, tr.selector, external);
        }
        return cpu.mmu().supervisor().load64(tr.base + offset);
    }

    /** Offset of RSP0 to RSP2 in a TSS (SDM volume 3, figure 8-11). */
    static int taskStackOffset(int level) {
        return 4 + 8 * level;
    }

    /** A return to an outer level drops data segments that the outer level could not have loaded (SDM volume 2, IRET). */
    static void dropInner(Cpu cpu) {
        for (Segment segment : DATA) {
            SegmentRegister register = cpu.segments.get(segment);
            boolean conformingCode = (register.attributes & 0x1c) == 0x1c;
            if (!isNull(register.selector) && !conformingCode && register.dpl() < cpu.cpl()) {
                register.set(0, 0, 0, 0);
            }
        }
    }

    private static final Segment[] DATA = {Segment.ES, Segment.DS, Segment.FS, Segment.GS};
}
