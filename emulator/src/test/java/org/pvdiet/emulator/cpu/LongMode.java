package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.memory.PhysicalMemory;

/** How a test's processor comes to execute 64-bit kernel code. */
public final class LongMode {
    private static final long ROOT = 0x1000;
    private static final long TABLE = 0x2000;

    private LongMode() {}

    /** Enters it, with one page of 1 GiB that maps itself; its tables are at 0x1000 and 0x2000. */
    public static void enter(Cpu cpu) {
        PhysicalMemory memory = cpu.mmu().memory();
        memory.writeLong(ROOT, TABLE | Mmu.PRESENT | Mmu.WRITABLE);
        memory.writeLong(TABLE, Mmu.PAGE_SIZE | Mmu.PRESENT | Mmu.WRITABLE);
        cpu.control.cr0 = Cr0.PE | Cr0.PG;
        cpu.control.cr3 = ROOT;
        cpu.control.cr4 = Cr4.PAE;
        cpu.control.efer = Efer.LME | Efer.LMA;
        cpu.applyControl();
        cpu.segments.cs().set(0x10, 0, 0xffff_ffffL, 0xa09b);
        cpu.segments.ss().set(0x18, 0, 0xffff_ffffL, 0xc093);
        cpu.setRflags(Flags.FIXED);
    }
}
