package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.memory.PhysicalMemory;

/**
 * Every machine frame's owner and uses. A frame has at most one type at a time: while it is used as a page table or for
 * descriptors it cannot be mapped writable, and while it has a writable mapping it cannot become either (arch/x86/mm.c,
 * _get_page_type and _put_page_type).
 */
final class FrameTable {
    /** Checks what a frame holds when it takes up a type whose contents have rules, and undoes that when it gives it up. */
    interface Validator {
        /** Zero, or a negative error; then no reference is held through the frame. */
        int promote(long mfn, PageType type);

        void demote(long mfn, PageType type);
    }

    private final PhysicalMemory memory;
    private final MachineToPhys machineToPhys;
    private final TlbFlushes flushes;
    private final PageInfo[] pages;
    private Validator validator = new Validator() {
        @Override
        public int promote(long mfn, PageType type) {
            return Errno.EINVAL;
        }

        @Override
        public void demote(long mfn, PageType type) {}
    };

    FrameTable(PhysicalMemory memory, MachineToPhys machineToPhys, TlbFlushes flushes) {
        this.memory = memory;
        this.machineToPhys = machineToPhys;
        this.flushes = flushes;
        pages = new PageInfo[(int) (memory.size() >> PhysicalMemory.FRAME_SHIFT)];
        for (int i = 0; i < pages.length; i++) {
            pages[i] = new PageInfo();
        }
    }

    void setValidator(Validator validator) {
        this.validator = validator;
    }

    long size() {
        return pages.length;
    }

    boolean isValid(long mfn) {
        return mfn >= 0 && mfn < pages.length;
    }

    PageInfo page(long mfn) {
        return pages[(int) mfn];
    }

    boolean isGuests(long mfn) {
        return isValid(mfn) && page(mfn).owner == Owner.GUEST;
    }

    /**
     * Takes 2^order free frames in a row, aligned and cleared, as the guest's memory.
     *
     * @return the first, or -1 where there are none
     */
    long allocate(int order) {
        int count = 1 << order;
        for (int mfn = pages.length - count & -count; mfn >= 0; mfn -= count) {
            if (areFree(mfn, count)) {
                for (int i = 0; i < count; i++) {
                    assign(mfn + i);
                }
                memory.clear((long) mfn << PhysicalMemory.FRAME_SHIFT, count * PhysicalMemory.FRAME_SIZE);
                return mfn;
            }
        }
        return -1;
    }

    private boolean areFree(int first, int count) {
        for (int i = 0; i < count; i++) {
            if (pages[first + i].owner != Owner.FREE) {
                return false;
            }
        }
        return true;
    }

    /** Makes a free frame the guest's memory. */
    void assign(long mfn) {
        PageInfo page = page(mfn);
        page.owner = Owner.GUEST;
        page.allocated = true;
        page.references = 1;
    }

    /** Makes one of Xen's frames readable and writable for the guest, for good (share_xen_page_with_guest). */
    void share(long mfn) {
        assign(mfn);
        PageInfo page = page(mfn);
        page.special = true;
        page.type = PageType.WRITABLE;
        page.typeCount = 1;
        page.validated = true;
    }

    /** Takes a reference to a frame of the guest; false where it is not the guest's. */
    boolean get(long mfn) {
        if (!isGuests(mfn)) {
            return false;
        }
        page(mfn).references++;
        return true;
    }

    void put(long mfn) {
        PageInfo page = page(mfn);
        if (--page.references == 0) {
            page.owner = Owner.FREE;
            page.type = PageType.NONE;
            page.validated = false;
            machineToPhys.forget(mfn);
        }
    }

    /** Takes a type reference, validating the frame where the type is new to it. Zero, or a negative error. */
    int getType(long mfn, PageType type) {
        PageInfo page = page(mfn);
        if (page.typeCount > 0) {
            if (page.type != type) {
                return Errno.EINVAL;
            }
            // Not validated yet means that the frame refers to itself, over however many levels.
            if (!page.validated) {
                return Errno.EINVAL;
            }
            page.typeCount++;
            return 0;
        }
        boolean changes = page.type != type;
        if (changes) {
            if (page.flushesSeen == flushes.count() && page.type != PageType.NONE) {
                flushes.flush();
            }
            page.type = type;
            page.validated = false;
        }
        page.typeCount = 1;
        if (page.validated) {
            return 0;
        }
        if (type != PageType.WRITABLE) {
            int error = validator.promote(mfn, type);
            if (error != 0) {
                page.type = PageType.NONE;
                page.typeCount = 0;
                return error;
            }
        }
        page.validated = true;
        return 0;
    }

    void putType(long mfn) {
        PageInfo page = page(mfn);
        if (page.typeCount > 1) {
            page.typeCount--;
            return;
        }
        if (page.type.isTable()) {
            page.validated = false;
            validator.demote(mfn, page.type);
        }
        page.typeCount = 0;
        page.flushesSeen = flushes.count();
    }

    /** Both references, or neither. */
    int getWithType(long mfn, PageType type) {
        if (!get(mfn)) {
            return Errno.EINVAL;
        }
        int error = getType(mfn, type);
        if (error != 0) {
            put(mfn);
        }
        return error;
    }

    void putWithType(long mfn) {
        putType(mfn);
        put(mfn);
    }
}
