package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.memory.PhysicalMemory;

/** What Xen maps in the level-4 slots that it keeps for itself (init_xen_l4_slots of arch/x86/mm.c). */
final class XenSlots {
    /** Where the guest reads the machine-to-physical table: level-4 slot 256. */
    static final long MACHINE_TO_PHYS = 0xffff_8000_0000_0000L;

    private static final int LINEAR_SLOT = 258;
    private static final int PER_DOMAIN_SLOT = 260;
    private static final int DIRECT_MAP_SLOT = 262;
    private static final long GIGABYTE = 1 << 30;

    private static final long READ_ONLY = Mmu.PRESENT | Mmu.ACCESSED | Mmu.DIRTY;
    private static final long READ_WRITE = READ_ONLY | Mmu.WRITABLE;

    private final PhysicalMemory memory;
    private final Mmu mmu;

    XenSlots(Mmu mmu, MachineLayout layout) {
        this.mmu = mmu;
        this.memory = mmu.memory();
        mapMachineToPhys(layout);
        mapMachine();
        write(MachineLayout.PER_DOMAIN_L3, 0, MachineLayout.PER_DOMAIN_L2, READ_WRITE);
        write(MachineLayout.PER_DOMAIN_L2, 0, MachineLayout.PER_DOMAIN_L1, READ_WRITE);
    }

    /** All of machine memory, for Xen alone. */
    private void mapMachine() {
        for (int i = 0; i * GIGABYTE < memory.size(); i++) {
            write(
                    MachineLayout.DIRECT_MAP_L3,
                    i,
                    i * GIGABYTE >> PhysicalMemory.FRAME_SHIFT,
                    READ_WRITE | Mmu.PAGE_SIZE | Mmu.GLOBAL | Mmu.NO_EXECUTE);
        }
    }

    private void mapMachineToPhys(MachineLayout layout) {
        write(MachineLayout.MACHINE_TO_PHYS_L3, 0, MachineLayout.MACHINE_TO_PHYS_L2, READ_ONLY | Mmu.USER);
        long bytes = MachineToPhys.bytes(layout.machineFrames());
        for (int i = 0; (long) i * MachineToPhys.CHUNK < bytes; i++) {
            long frame = layout.machineToPhysBase() + (long) i * MachineToPhys.CHUNK >> PhysicalMemory.FRAME_SHIFT;
            write(
                    MachineLayout.MACHINE_TO_PHYS_L2,
                    i,
                    frame,
                    READ_ONLY | Mmu.USER | Mmu.PAGE_SIZE | Mmu.GLOBAL | Mmu.NO_EXECUTE);
        }
    }

    private void write(long table, int slot, long frame, long flags) {
        put(table, slot, frame << PhysicalMemory.FRAME_SHIFT | flags);
    }

    private void clear(long table, int slot) {
        put(table, slot, 0);
    }

    /** What is written is recorded: an entry that stays as it is, is not written. */
    private void put(long table, int slot, long entry) {
        long address = PageTables.address(table, slot);
        if (memory.readLong(address) != entry) {
            memory.writeLong(address, entry);
        }
    }

    /**
     * Writes all of Xen's slots in a level-4 table, whatever the guest left there.
     *
     * @param machineToPhys whether the table maps the machine-to-physical table from the start
     */
    void fill(long table, boolean machineToPhys) {
        for (int slot = PageTables.FIRST_XEN_SLOT; slot <= PageTables.LAST_XEN_SLOT; slot++) {
            clear(table, slot);
        }
        if (machineToPhys) {
            mapMachineToPhysIn(table);
        }
        write(table, LINEAR_SLOT, table, READ_WRITE);
        write(table, PER_DOMAIN_SLOT, MachineLayout.PER_DOMAIN_L3, READ_WRITE);
        write(table, DIRECT_MAP_SLOT, MachineLayout.DIRECT_MAP_L3, READ_WRITE);
    }

    void mapMachineToPhysIn(long table) {
        write(table, PageTables.FIRST_XEN_SLOT, MachineLayout.MACHINE_TO_PHYS_L3, READ_ONLY | Mmu.USER);
    }

    void unmapMachineToPhysIn(long table) {
        mmu.writeEntry(4, PageTables.address(table, PageTables.FIRST_XEN_SLOT), 0);
    }
}
