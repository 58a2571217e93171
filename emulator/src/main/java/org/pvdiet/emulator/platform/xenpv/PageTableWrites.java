package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Operand;
import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.memory.PhysicalMemory;

/**
 * Writes of the guest's kernel to a level-1 table that it has mapped read-only: Xen carries out the instruction and checks the
 * entry as mmu_update does (ptwr_do_page_fault of arch/x86/pv/ro-page-fault.c).
 */
final class PageTableWrites {
    private static final long PAGE = -PhysicalMemory.FRAME_SIZE;

    private final Domain domain;
    private final Cpu cpu;

    PageTableWrites(Domain domain) {
        this.domain = domain;
        this.cpu = domain.cpu;
    }

    /** False where this is no such write, or not one that can be carried out; then nothing has changed. */
    boolean emulate(long address) {
        long entry = domain.tables.level1Entry(domain.vcpu.kernelTable, address);
        if ((entry & (Mmu.PRESENT | Mmu.WRITABLE)) != Mmu.PRESENT) {
            return false;
        }
        long table = Pte.frame(entry);
        if (!domain.frames.isGuests(table)
                || domain.frames.page(table).type != PageType.L1_TABLE
                || domain.frames.page(table).typeCount == 0) {
            return false;
        }
        Instruction instruction = GuestCode.decode(cpu, domain.guest);
        if (instruction.operands().isEmpty() || !(instruction.operand(0) instanceof Operand.Memory memory)) {
            return false;
        }
        long target = GuestCode.address(cpu, instruction, memory);
        int size = memory.size();
        // Only naturally aligned stores within the page that faulted.
        if (size < 1 || size > 8 || (target & size - 1) != 0) {
            return false;
        }
        MemoryWrite write = MemoryWrite.of(instruction, cpu);
        if (write == null) {
            return false;
        }
        // A bit offset in a register reaches beyond the operand.
        target += write.displacement(size);
        if ((target & PAGE) != (address & PAGE)) {
            return false;
        }
        long word = target & -8L;
        int shift = (int) (target & 7) * 8;
        int slot = (int) (word & ~PAGE) / 8;
        long mask = size == 8 ? -1 : (1L << size * 8) - 1;
        long old = domain.tables.entry(table, slot);
        long value = write.apply(old >>> shift & mask, size) & mask;
        if (write.stores()) {
            domain.observer().emulated(cpu.rip());
            long updated = old & ~(mask << shift) | value << shift;
            if (domain.tables.modify(1, table, slot, updated, false) != 0) {
                return false;
            }
        }
        write.finish(size);
        cpu.jump(instruction.next());
        return true;
    }
}
