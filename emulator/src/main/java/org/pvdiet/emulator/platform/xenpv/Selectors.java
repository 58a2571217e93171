package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.Fault;
import org.pvdiet.emulator.cpu.Flags;
import org.pvdiet.emulator.cpu.SegmentRegister;
import org.pvdiet.emulator.cpu.Vector;
import org.pvdiet.emulator.memory.MemoryFault;

/** Segment registers as Xen's ways back into the guest leave them (restore_all_guest of arch/x86/x86_64/entry.S). */
final class Selectors {
    // Bits 55:40 of a descriptor, as SegmentRegister.attributes has them.
    private static final int PRESENT = 0x80;
    private static final int CODE_OR_DATA = 0x10;
    private static final int CODE = 8;
    private static final int CONFORMING = 4;
    private static final int WRITABLE_OR_READABLE = 2;
    private static final int LONG_AND_BIG = 0x6000;
    private static final int USER = 3;

    private final Cpu cpu;
    private final DescriptorTables tables;
    private final SegmentRegister candidate = new SegmentRegister();

    Selectors(Cpu cpu, DescriptorTables tables) {
        this.cpu = cpu;
        this.tables = tables;
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

    /**
     * As IRET to ring 3 loads CS and SS (SDM volume 2, IRET).
     *
     * @throws Fault as IRET raises it; no register has changed
     * @throws BadGuestAddress where a descriptor is in a page of the LDT that is not there
     */
    void returnByIret(int cs, int ss) {
        read(cs);
        if ((candidate.attributes & (CODE_OR_DATA | CODE)) != (CODE_OR_DATA | CODE)
                || (cs & 3) != USER
                || (candidate.attributes & CONFORMING) == 0 && candidate.dpl() != USER
                || (candidate.attributes & LONG_AND_BIG) == LONG_AND_BIG) {
            throw Fault.of(Vector.GENERAL_PROTECTION, cs & 0xfffc);
        }
        if (!candidate.isPresent()) {
            throw Fault.of(Vector.SEGMENT_NOT_PRESENT, cs & 0xfffc);
        }
        long base = candidate.base;
        long limit = candidate.limit;
        int attributes = candidate.attributes;
        read(ss);
        if ((candidate.attributes & (CODE_OR_DATA | CODE | WRITABLE_OR_READABLE))
                        != (CODE_OR_DATA | WRITABLE_OR_READABLE)
                || (ss & 3) != USER
                || candidate.dpl() != USER) {
            throw Fault.of(Vector.GENERAL_PROTECTION, ss & 0xfffc);
        }
        if (!candidate.isPresent()) {
            throw Fault.of(Vector.STACK_FAULT, ss & 0xfffc);
        }
        cpu.segments.cs().set(cs, base, limit, attributes);
        cpu.segments.ss().set(ss, candidate.base, candidate.limit, candidate.attributes);
    }

    /** The user's GS, loaded from the tables for a mode that is not active: null where the selector does not do. */
    long loadUserGs(int selector) {
        int loaded = selector > 3 ? selector | 3 : selector;
        try {
            read(loaded);
            boolean readable = (candidate.attributes & CODE) == 0 || (candidate.attributes & WRITABLE_OR_READABLE) != 0;
            if ((candidate.attributes & (PRESENT | CODE_OR_DATA)) == (PRESENT | CODE_OR_DATA)
                    && readable
                    && candidate.dpl() == USER) {
                cpu.segments.gs().set(loaded, cpu.segments.gs().base, candidate.limit, candidate.attributes);
                cpu.observer().segment(5, loaded);
                return candidate.base;
            }
        } catch (Fault | BadGuestAddress e) {
            // Null, as for a selector that reads well and does not do.
        }
        cpu.segments.gs().set(0, cpu.segments.gs().base, 0, 0);
        cpu.observer().segment(5, 0);
        return 0;
    }

    private void read(int selector) {
        boolean local = (selector & 4) != 0;
        long limit = local ? cpu.segments.ldtr.isPresent() ? cpu.segments.ldtr.limit : -1 : cpu.segments.gdtLimit;
        int offset = selector & 0xfff8;
        if ((selector & 0xfffc) == 0) {
            throw Fault.generalProtection();
        }
        if (offset + 7 > limit) {
            throw Fault.of(Vector.GENERAL_PROTECTION, selector & 0xfffc);
        }
        long at = (local ? cpu.segments.ldtr.base : cpu.segments.gdtBase) + offset;
        Descriptor.load(candidate, selector, descriptor(at, local, offset));
    }

    private long descriptor(long at, boolean local, int offset) {
        try {
            return cpu.mmu().supervisor().load64(at);
        } catch (MemoryFault e) {
            if (local && tables.mapLdtPage(offset)) {
                return cpu.mmu().supervisor().load64(at);
            }
            throw new BadGuestAddress(tables.ldtLinear(offset));
        }
    }
}
