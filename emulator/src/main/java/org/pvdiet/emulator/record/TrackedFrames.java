package org.pvdiet.emulator.record;

import org.pvdiet.emulator.cpu.Observer;
import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.memory.PhysicalMemory;

/**
 * Which frames hold page tables or descriptor tables now, so that a write to one is seen as what it is.
 *
 * <p>Nothing in the architecture says that a frame is a page table before a walk meets it. What says so here: it is under a
 * loaded CR3, it was linked into a table, or a hook was given a pointer to an entry in it. It stops being one when its last
 * entry is cleared, or when it is written as no table is. A descriptor table is one while it is loaded.
 */
final class TrackedFrames {
    private static final int ENTRIES = 512;

    /** Told of writes to tracked frames, before they happen. */
    interface Listener {
        /** @param address physical, of the 8-byte entry; {@code level} 1 to 4 */
        void pageTableEntry(long address, int level, long old, long value);

        /** @param address physical, of the 8 bytes that are half of a gate or all of a segment descriptor */
        void descriptor(long address, long old, long value);
    }

    private static final byte DESCRIPTORS = -1;

    /**
     * Was a page table until its last entry was cleared, and nothing was written to it since. The kernel sets and clears a
     * single entry for each piece of code that it patches: there is nothing to read again when it is a table once more.
     */
    private static final byte EMPTIED = -2;

    private final PhysicalMemory memory;
    private final Listener listener;

    /** By frame: 0 nothing, 1 to 4 a page table of that level, {@link #DESCRIPTORS} or {@link #EMPTIED}. */
    private final byte[] kinds;

    private final short[] used;

    /** By table, the frames that it is in. */
    private final long[][] descriptorTables = new long[Observer.Table.values().length][0];

    TrackedFrames(PhysicalMemory memory, Listener listener) {
        this.memory = memory;
        this.listener = listener;
        this.kinds = new byte[(int) (memory.size() >> PhysicalMemory.FRAME_SHIFT)];
        this.used = new short[kinds.length];
        memory.onWatchedWrite(this::writing);
    }

    /** Follows the table in {@code frame} and all tables below it. */
    void trackPageTable(long frame, int level) {
        if (frame >= kinds.length) {
            return;
        }
        byte kind = kinds[(int) frame];
        if (kind == EMPTIED) {
            kinds[(int) frame] = (byte) level;
        }
        if (kind != 0) {
            return;
        }
        kinds[(int) frame] = (byte) level;
        memory.flag(frame, PhysicalMemory.WATCHED);
        short present = 0;
        for (int i = 0; i < ENTRIES; i++) {
            long entry = memory.readLong((frame << PhysicalMemory.FRAME_SHIFT) + 8L * i);
            if (entry != 0) {
                present++;
            }
            trackLinked(level, entry);
        }
        used[(int) frame] = present;
    }

    private void trackLinked(int level, long entry) {
        if (level > 1 && (entry & Mmu.PRESENT) != 0 && (entry & Mmu.PAGE_SIZE) == 0) {
            trackPageTable((entry & Mmu.FRAME_MASK) >>> PhysicalMemory.FRAME_SHIFT, level - 1);
        }
    }

    /** Follows the frames of a descriptor table that was loaded, and no longer those of the one in whose place it is. */
    void descriptorTable(Observer.Table table, long[] frames) {
        for (long frame : descriptorTables[table.ordinal()]) {
            if (frame < kinds.length && kinds[(int) frame] == DESCRIPTORS) {
                untrack(frame);
            }
        }
        descriptorTables[table.ordinal()] = frames;
        // Two tables may share a frame.
        for (long[] loaded : descriptorTables) {
            for (long frame : loaded) {
                trackDescriptors(frame);
            }
        }
    }

    private void trackDescriptors(long frame) {
        if (frame < kinds.length && (kinds[(int) frame] == 0 || kinds[(int) frame] == EMPTIED)) {
            kinds[(int) frame] = DESCRIPTORS;
            memory.flag(frame, PhysicalMemory.WATCHED);
        }
    }

    void untrack(long frame) {
        kinds[(int) frame] = 0;
        memory.unflag(frame, PhysicalMemory.WATCHED);
    }

    private void writing(long address, int size, long value) {
        int frame = (int) (address >>> PhysicalMemory.FRAME_SHIFT);
        byte kind = kinds[frame];
        long entryAddress = address & -8L;
        if (kind == 0) {
            return;
        }
        if (kind == EMPTIED || address + size > entryAddress + 8) {
            // Neither kind of table is written across its entries.
            untrack(frame);
            return;
        }
        long old = memory.readLong(entryAddress);
        int shift = (int) (address - entryAddress) * 8;
        long mask = size == 8 ? -1L : (1L << size * 8) - 1 << shift;
        long entry = old & ~mask | value << shift & mask;
        if (kind == DESCRIPTORS) {
            listener.descriptor(entryAddress, old, entry);
            return;
        }
        listener.pageTableEntry(entryAddress, kind, old, entry);
        trackLinked(kind, entry);
        used[frame] += (short) ((entry != 0 ? 1 : 0) - (old != 0 ? 1 : 0));
        if (used[frame] <= 0) {
            kinds[frame] = EMPTIED;
            used[frame] = 0;
        }
    }
}
