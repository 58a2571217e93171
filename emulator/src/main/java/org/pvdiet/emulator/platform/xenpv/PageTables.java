package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.memory.PhysicalMemory;

/**
 * The guest's page tables, which only Xen writes: each present entry holds a reference to the frame it names, of the type of
 * the next lower table or, from a writable level-1 entry, of a writable page (arch/x86/mm.c: get_page_from_l*e,
 * promote_l*_table, mod_l*_entry). Page tables that name themselves (linear page tables) are refused.
 */
final class PageTables implements FrameTable.Validator {
    private static final int ENTRIES = 512;
    private static final long ACCESSED_DIRTY = Mmu.ACCESSED | Mmu.DIRTY;

    /** Level-4 slots that are Xen's: ROOT_PAGETABLE_FIRST_XEN_SLOT to ROOT_PAGETABLE_LAST_XEN_SLOT. */
    static final int FIRST_XEN_SLOT = 256;

    static final int LAST_XEN_SLOT = 271;

    /** All ones in the entry's frame number is how guests write "no frame": -EINVAL, where other foreign frames are not RAM. */
    private static final long NO_FRAME = 0xff_ffff_ffffL;

    private final Cpu cpu;
    private final PhysicalMemory memory;
    private final FrameTable frames;
    private final XenSlots xenSlots;
    private final VmAssists assists;

    PageTables(Cpu cpu, PhysicalMemory memory, FrameTable frames, XenSlots xenSlots, VmAssists assists) {
        this.cpu = cpu;
        this.memory = memory;
        this.frames = frames;
        this.xenSlots = xenSlots;
        this.assists = assists;
        frames.setValidator(this);
    }

    static boolean isGuestSlot(int level, int slot) {
        return level < 4 || slot < FIRST_XEN_SLOT || slot > LAST_XEN_SLOT;
    }

    /** Where an entry of the table in a frame is in memory. */
    static long address(long table, int slot) {
        return (table << PhysicalMemory.FRAME_SHIFT) + slot * 8L;
    }

    long entry(long table, int slot) {
        return memory.readLong(address(table, slot));
    }

    @Override
    public int promote(long mfn, PageType type) {
        return type == PageType.SEGMENT_DESCRIPTORS ? promoteDescriptors(mfn) : promoteTable(mfn, type.level());
    }

    private int promoteTable(long table, int level) {
        cpu.observer().pageTable(table, level);
        for (int slot = 0; slot < ENTRIES; slot++) {
            if (!isGuestSlot(level, slot)) {
                continue;
            }
            long entry = entry(table, slot);
            if (!Pte.isPresent(entry)) {
                continue;
            }
            int error = get(level, entry);
            if (error != 0) {
                release(table, level, slot);
                return error;
            }
            long adjusted = Pte.adjust(level, entry);
            if (adjusted != entry) {
                // No translation rests on a table that is none yet.
                memory.writeLong(address(table, slot), adjusted);
            }
        }
        if (level == 4) {
            xenSlots.fill(table, assists.strictMachineToPhys());
        }
        return 0;
    }

    private int promoteDescriptors(long mfn) {
        for (int i = 0; i < ENTRIES; i++) {
            long descriptor = entry(mfn, i);
            if (!Descriptor.isAllowed(descriptor)) {
                return Errno.EINVAL;
            }
            long fixed = Descriptor.fixed(descriptor);
            if (fixed != descriptor) {
                memory.writeLong(address(mfn, i), fixed);
            }
        }
        return 0;
    }

    @Override
    public void demote(long mfn, PageType type) {
        if (type == PageType.L4_TABLE) {
            cpu.mmu().forgetRoot(mfn << PhysicalMemory.FRAME_SHIFT);
        }
        release(mfn, type.level(), ENTRIES);
    }

    /** Gives up what the first {@code end} entries hold. */
    private void release(long table, int level, int end) {
        for (int slot = 0; slot < end; slot++) {
            if (isGuestSlot(level, slot)) {
                put(level, entry(table, slot), table);
            }
        }
    }

    /** Takes the references of a present entry; zero or a negative error. */
    private int get(int level, long entry) {
        if (Pte.isDisallowed(level, entry)) {
            return Errno.EINVAL;
        }
        long mfn = Pte.frame(entry);
        return level == 1 ? getPage(entry, mfn) : frames.getWithType(mfn, PageType.table(level - 1));
    }

    private int getPage(long entry, long mfn) {
        if (!frames.isValid(mfn) || frames.page(mfn).owner == Owner.IO) {
            return mfn == NO_FRAME ? Errno.EINVAL : Errno.EPERM;
        }
        if (!frames.get(mfn)) {
            return Errno.EBUSY;
        }
        if (Pte.isWritable(entry) && frames.getType(mfn, PageType.WRITABLE) != 0) {
            frames.put(mfn);
            return Errno.EBUSY;
        }
        return 0;
    }

    private void put(int level, long entry, long table) {
        long mfn = Pte.frame(entry);
        if (!Pte.isPresent(entry) || level > 1 && mfn == table) {
            return;
        }
        if (level > 1 || Pte.isWritable(entry)) {
            frames.putWithType(mfn);
        } else {
            frames.put(mfn);
        }
    }

    /**
     * Replaces an entry of a validated table, as mod_l1_entry to mod_l4_entry do.
     *
     * @param preserve keep accessed and dirty bits that are set now
     * @return zero or a negative error; then nothing has changed
     */
    int modify(int level, long table, int slot, long value, boolean preserve) {
        if (!isGuestSlot(level, slot)) {
            return Errno.EINVAL;
        }
        long old = entry(table, slot);
        long entry = value;
        boolean same = false;
        if (Pte.isPresent(entry)) {
            if (Pte.isDisallowed(level, entry)) {
                return Errno.EINVAL;
            }
            entry = Pte.adjust(level, entry);
            same = !Pte.differ(old, entry);
            if (!same) {
                int error = get(level, entry);
                if (error != 0) {
                    return error;
                }
            }
        }
        if (preserve) {
            entry |= entry(table, slot) & ACCESSED_DIRTY;
        }
        cpu.mmu().writeEntry(level, address(table, slot), entry);
        if (!same) {
            put(level, old, table);
        }
        return 0;
    }

    /**
     * The frame of the level-1 table that maps a linear address, or -1 (map_guest_l1e, which reads through the linear page
     * table and so sees no superpages and nothing of Xen's).
     *
     * @param level4 frame of the level-4 table
     */
    long level1Table(long level4, long linear) {
        long table = level4;
        for (int level = 4; level > 1; level--) {
            int slot = slot(level, linear);
            long entry = entry(table, slot);
            if (!isGuestSlot(level, slot) || (entry & (Mmu.PRESENT | Mmu.PAGE_SIZE)) != Mmu.PRESENT) {
                return -1;
            }
            table = Pte.frame(entry);
        }
        return table;
    }

    /** The level-1 entry that maps a linear address, or 0. */
    long level1Entry(long level4, long linear) {
        long table = level1Table(level4, linear);
        return table < 0 ? 0 : entry(table, slot(1, linear));
    }

    static int slot(int level, long linear) {
        return (int) (linear >>> 12 + 9 * (level - 1)) & ENTRIES - 1;
    }
}
