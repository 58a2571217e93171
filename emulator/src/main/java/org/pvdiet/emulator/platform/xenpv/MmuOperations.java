package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.memory.PhysicalMemory;

/** mmu_update, update_va_mapping and mmuext_op (arch/x86/mm.c). */
final class MmuOperations {
    private static final int MMUEXT_OP = 26;
    private static final int UPDATE_SIZE = 16;
    private static final int EXT_SIZE = 24;

    // MMU_* in the low bits of a request's address.
    private static final int NORMAL_PT_UPDATE = 0;
    private static final int MACHPHYS_UPDATE = 1;
    private static final int PT_UPDATE_PRESERVE_AD = 2;
    private static final int PT_UPDATE_NO_TRANSLATE = 3;

    private static final int UVMF_TLB_FLUSH = 1;
    private static final int UVMF_INVLPG = 2;
    private static final int UVMF_TYPE = 3;

    // MMUEXT_*.
    private static final int PIN_L1_TABLE = 0;
    private static final int PIN_L2_TABLE = 1;
    private static final int PIN_L3_TABLE = 2;
    private static final int PIN_L4_TABLE = 3;
    private static final int UNPIN_TABLE = 4;
    private static final int NEW_BASEPTR = 5;
    private static final int TLB_FLUSH_LOCAL = 6;
    private static final int INVLPG_LOCAL = 7;
    private static final int TLB_FLUSH_MULTI = 8;
    private static final int INVLPG_MULTI = 9;
    private static final int TLB_FLUSH_ALL = 10;
    private static final int INVLPG_ALL = 11;
    private static final int FLUSH_CACHE = 12;
    private static final int SET_LDT = 13;
    private static final int NEW_USER_BASEPTR = 15;
    private static final int CLEAR_PAGE = 16;
    private static final int COPY_PAGE = 17;
    private static final int FLUSH_CACHE_GLOBAL = 18;
    private static final int MARK_SUPER = 19;
    private static final int UNMARK_SUPER = 20;

    private final Domain domain;
    private final Vcpu vcpu;
    private final FrameTable frames;
    private final PageTables tables;
    private final PhysicalMemory memory;
    private final GuestMemory guest;
    private final GuestMode mode;

    MmuOperations(Domain domain, GuestMode mode) {
        this.domain = domain;
        this.vcpu = domain.vcpu;
        this.frames = domain.frames;
        this.tables = domain.tables;
        this.memory = domain.memory;
        this.guest = domain.guest;
        this.mode = mode;
    }

    /** get_pg_owner(): the guest names itself, or nobody it may name. */
    private static int checkOwner(int domain) {
        return (domain & 0xffff) == Domain.DOMID_SELF ? 0 : Errno.ESRCH;
    }

    long update(long requests, int count, long done, int foreign) {
        int tableOwner = foreign >>> 16;
        if (tableOwner != 0 && tableOwner - 1 != Domain.ID) {
            return Errno.ESRCH;
        }
        int error = checkOwner(foreign);
        if (error != 0) {
            return error;
        }
        boolean flush = false;
        int i = 0;
        try {
            for (; i < count && error == 0; i++) {
                long request = requests + (long) i * UPDATE_SIZE;
                long pointer = guest.load64(request);
                long value = guest.load64(request + 8);
                if ((pointer & 7) == MACHPHYS_UPDATE) {
                    error = updateMachineToPhys(pointer, value);
                } else {
                    error = updateTable(pointer, value);
                    flush |= error == 0 && level(pointer) > 1;
                }
                if (error != 0) {
                    break;
                }
            }
        } catch (BadGuestAddress e) {
            error = Errno.EFAULT;
        }
        if (flush) {
            domain.flushes.flush();
        }
        if (done != 0) {
            guest.store32(done, i);
        }
        return error;
    }

    private int level(long pointer) {
        PageInfo page = frames.page(pointer >>> PhysicalMemory.FRAME_SHIFT);
        return page.type.isTable() ? page.type.level() : 0;
    }

    private int updateMachineToPhys(long pointer, long pfn) {
        long mfn = pointer >>> PhysicalMemory.FRAME_SHIFT;
        if (!frames.isGuests(mfn)) {
            return Errno.EINVAL;
        }
        domain.machineToPhys.set(mfn, pfn);
        return 0;
    }

    private int updateTable(long pointer, long value) {
        int command = (int) pointer & 7;
        switch (command) {
            case NORMAL_PT_UPDATE, PT_UPDATE_PRESERVE_AD, PT_UPDATE_NO_TRANSLATE -> {}
            default -> {
                return domain.unimplemented.enosys("mmu_update command " + command);
            }
        }
        long address = pointer - command;
        long mfn = address >>> PhysicalMemory.FRAME_SHIFT;
        if (!frames.get(mfn)) {
            return Errno.EINVAL;
        }
        try {
            PageInfo page = frames.page(mfn);
            boolean inUse = page.validated && page.typeCount > 0;
            if (inUse && page.type.isTable()) {
                int slot = (int) (address & PhysicalMemory.FRAME_SIZE - 1) / 8;
                return tables.modify(page.type.level(), mfn, slot, value, command == PT_UPDATE_PRESERVE_AD);
            }
            if (inUse && page.type == PageType.WRITABLE) {
                memory.writeLong(address, value);
                return 0;
            }
            if (inUse || frames.getType(mfn, PageType.WRITABLE) != 0) {
                return Errno.EINVAL;
            }
            memory.writeLong(address, value);
            frames.putType(mfn);
            return 0;
        } finally {
            frames.put(mfn);
        }
    }

    long updateVaMapping(long linear, long value, long flags) {
        long table = GuestMemory.isGuests(linear) ? tables.level1Table(vcpu.activeTable(), linear) : -1;
        if (table < 0 || !frames.isGuests(table)) {
            return Errno.EINVAL;
        }
        PageInfo page = frames.page(table);
        if (page.type != PageType.L1_TABLE || page.typeCount == 0) {
            return Errno.EINVAL;
        }
        int error = tables.modify(1, table, PageTables.slot(1, linear), value, false);
        if (error != 0) {
            return error;
        }
        switch ((int) flags & UVMF_TYPE) {
            case UVMF_TLB_FLUSH -> {
                if (includesThisCpu(flags & ~UVMF_TYPE)) {
                    domain.flushes.flushForGuest();
                }
            }
            case UVMF_INVLPG -> {
                if (includesThisCpu(flags & ~UVMF_TYPE)) {
                    domain.flushes.invalidateForGuest(linear);
                }
            }
            default -> {
                // Nothing asked for.
            }
        }
        return 0;
    }

    /** UVMF_LOCAL is 0, UVMF_ALL 4, anything else the address of a bitmap. */
    private boolean includesThisCpu(long which) {
        return which == 0 || which == 4 || (guest.load64(which) & 1) != 0;
    }

    long updateVaMappingOtherDomain(long linear, long value, long flags, int owner) {
        int error = checkOwner(owner);
        return error != 0 ? error : updateVaMapping(linear, value, flags);
    }

    long extended(long operations, int count, long done, int foreign) {
        int error = checkOwner(foreign);
        if (error != 0) {
            return error;
        }
        int i = 0;
        try {
            for (; i < count; i++) {
                long operation = operations + (long) i * EXT_SIZE;
                int command = guest.load32(operation);
                long first = guest.load64(operation + 8);
                long second = guest.load64(operation + 16);
                error = extended(command, first, second);
                domain.observer().hypercallOperation(MMUEXT_OP, command, first, second, error);
                if (error != 0) {
                    break;
                }
            }
        } catch (BadGuestAddress e) {
            error = Errno.EFAULT;
        }
        if (done != 0) {
            guest.store32(done, i);
        }
        return error;
    }

    /** One operation of mmuext_op. */
    int extended(int command, long first, long second) {
        switch (command) {
            case PIN_L1_TABLE, PIN_L2_TABLE, PIN_L3_TABLE, PIN_L4_TABLE -> {
                return pin(first, PageType.table(command + 1));
            }
            case UNPIN_TABLE -> {
                return unpin(first);
            }
            case NEW_BASEPTR -> {
                return mode.setKernelTable(first);
            }
            case NEW_USER_BASEPTR -> {
                return mode.setUserTable(first);
            }
            case TLB_FLUSH_LOCAL, TLB_FLUSH_ALL -> domain.flushes.flushForGuest();
            case TLB_FLUSH_MULTI -> {
                if ((guest.load64(second) & 1) != 0) {
                    domain.flushes.flushForGuest();
                }
            }
            case INVLPG_LOCAL, INVLPG_ALL -> domain.flushes.invalidateForGuest(first);
            case INVLPG_MULTI -> {
                if ((guest.load64(second) & 1) != 0) {
                    domain.flushes.invalidateForGuest(first);
                }
            }
            // Cache flushes need a device of one's own (cache_flush_permitted).
            case FLUSH_CACHE -> {
                return Errno.EACCES;
            }
            case FLUSH_CACHE_GLOBAL -> {
                return Errno.EINVAL;
            }
            case SET_LDT -> {
                return setLdt(first, (int) second);
            }
            case CLEAR_PAGE -> {
                return clearPage(first);
            }
            case COPY_PAGE -> {
                return copyPage(first, second);
            }
            case MARK_SUPER, UNMARK_SUPER -> {
                return Errno.EOPNOTSUPP;
            }
            default -> {
                return domain.unimplemented.enosys("mmuext_op " + command);
            }
        }
        return 0;
    }

    private int pin(long mfn, PageType type) {
        int error = frames.getWithType(mfn, type);
        if (error != 0) {
            return error;
        }
        PageInfo page = frames.page(mfn);
        if (page.pinned) {
            frames.putWithType(mfn);
            return Errno.EINVAL;
        }
        page.pinned = true;
        return 0;
    }

    private int unpin(long mfn) {
        if (!frames.isGuests(mfn) || !frames.page(mfn).pinned) {
            return Errno.EINVAL;
        }
        frames.page(mfn).pinned = false;
        frames.putWithType(mfn);
        return 0;
    }

    private int setLdt(long base, int entries) {
        boolean aligned = (base & PhysicalMemory.FRAME_SIZE - 1) == 0;
        if (Integer.compareUnsigned(entries, 8192) > 0 || entries != 0 && !(aligned && GuestMemory.isGuests(base))) {
            return Errno.EINVAL;
        }
        domain.descriptors.setLdt(entries == 0 ? 0 : base, entries);
        return 0;
    }

    private int clearPage(long mfn) {
        int error = frames.getWithType(mfn, PageType.WRITABLE);
        if (error != 0) {
            return error;
        }
        memory.clear(mfn << PhysicalMemory.FRAME_SHIFT, PhysicalMemory.FRAME_SIZE);
        frames.putWithType(mfn);
        return 0;
    }

    private int copyPage(long to, long from) {
        if (!frames.get(from)) {
            return Errno.EINVAL;
        }
        int error = frames.getWithType(to, PageType.WRITABLE);
        if (error == 0) {
            byte[] page = new byte[PhysicalMemory.FRAME_SIZE];
            memory.read(from << PhysicalMemory.FRAME_SHIFT, page.length, page);
            memory.write(to << PhysicalMemory.FRAME_SHIFT, page, 0, page.length);
            frames.putWithType(to);
        }
        frames.put(from);
        return error;
    }
}
