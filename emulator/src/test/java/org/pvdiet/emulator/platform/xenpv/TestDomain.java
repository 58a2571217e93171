package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.InterruptController;
import org.pvdiet.emulator.cpu.PortBus;
import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.memory.PhysicalMemory;
import org.pvdiet.emulator.time.Timeline;

/** A domain of 8 MiB that no guest runs in: all its memory is in Xen's heap until a test takes some. */
final class TestDomain {
    static final long TABLE = Mmu.PRESENT | Mmu.WRITABLE | Mmu.USER;
    static final long PAGE = Mmu.PRESENT | Mmu.WRITABLE;
    static final long READ_ONLY = Mmu.PRESENT;

    final Domain domain;
    final GuestMode mode;
    final MmuOperations mmu;

    TestDomain() {
        long bytes = 8 << 20;
        PhysicalMemory memory = new PhysicalMemory(MachineLayout.machineBytes(bytes));
        Cpu cpu = new Cpu(new Mmu(memory, 40), PortBus.NONE, InterruptController.NONE);
        domain = new Domain(MachineLayout.forGuest(bytes), cpu, new Timeline());
        mode = new GuestMode(domain);
        mmu = new MmuOperations(domain, mode);
    }

    FrameTable frames() {
        return domain.frames;
    }

    PageTables tables() {
        return domain.tables;
    }

    long frame() {
        return domain.frames.allocate(0);
    }

    static long entry(long mfn, long flags) {
        return mfn << 12 | flags;
    }

    void write(long table, int slot, long entry) {
        domain.memory.writeLong((table << 12) + slot * 8L, entry);
    }

    long read(long table, int slot) {
        return domain.memory.readLong((table << 12) + slot * 8L);
    }

    /** MMUEXT_PIN_Ln_TABLE. */
    long mmuPin(long mfn, int level) {
        return mmu.extended(level - 1, mfn, 0);
    }

    /** MMUEXT_UNPIN_TABLE. */
    long mmuUnpin(long mfn) {
        return mmu.extended(4, mfn, 0);
    }
}
