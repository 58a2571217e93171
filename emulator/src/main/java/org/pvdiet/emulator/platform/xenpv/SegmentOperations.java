package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.memory.PhysicalMemory;

/** set_gdt, update_descriptor and set_segment_base (arch/x86/pv/descriptor-tables.c, misc-hypercalls.c). */
final class SegmentOperations {
    // SEGBASE_*.
    private static final int FS = 0;
    private static final int GS_USER = 1;
    private static final int GS_KERNEL = 2;
    private static final int GS_USER_SEL = 3;

    private final Domain domain;
    private final GuestMemory guest;
    private final GuestMsrs msrs;
    private final Selectors selectors;

    SegmentOperations(Domain domain, GuestMsrs msrs, Selectors selectors) {
        this.domain = domain;
        this.guest = domain.guest;
        this.msrs = msrs;
        this.selectors = selectors;
    }

    long setGdt(long list, int entries) {
        if (Integer.compareUnsigned(entries, DescriptorTables.FIRST_RESERVED_ENTRY) > 0) {
            return Errno.EINVAL;
        }
        long[] gdt = new long[DescriptorTables.pages(entries)];
        for (int i = 0; i < gdt.length; i++) {
            gdt[i] = guest.load64(list + i * 8L);
        }
        return domain.descriptors.setGdt(gdt, entries);
    }

    /**
     * @param address of the machine
     */
    long updateDescriptor(long address, long descriptor) {
        if ((address & 7) != 0 || !Descriptor.isAllowed(descriptor)) {
            return Errno.EINVAL;
        }
        long mfn = address >>> PhysicalMemory.FRAME_SHIFT;
        if (!domain.frames.isGuests(mfn)) {
            return Errno.EINVAL;
        }
        PageType type = domain.frames.page(mfn).type == PageType.SEGMENT_DESCRIPTORS
                ? PageType.SEGMENT_DESCRIPTORS
                : PageType.WRITABLE;
        int error = domain.frames.getWithType(mfn, type);
        if (error == 0) {
            domain.memory.writeLong(address, Descriptor.fixed(descriptor));
            domain.frames.putWithType(mfn);
        }
        return error;
    }

    long setBase(int which, long base) {
        if (which >= FS && which <= GS_KERNEL && !GuestMemory.isCanonical(base)) {
            return Errno.EINVAL;
        }
        switch (which) {
            case FS -> msrs.setFsBase(base);
            case GS_USER -> msrs.setUserGsBase(base);
            case GS_KERNEL -> msrs.setGsBase(base);
            // A selector that does not do becomes null, without an error.
            case GS_USER_SEL -> domain.vcpu.otherGsBase = selectors.loadUserGs((int) base & 0xffff);
            default -> {
                return Errno.EINVAL;
            }
        }
        return 0;
    }
}
