package org.pvdiet.emulator.record;

import java.util.OptionalInt;
import java.util.OptionalLong;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.memory.PhysicalMemory;

/** Page tables where Linux has them mapped: whether it can write to them, and what is in them. */
final class TableMappings {
    private final Mmu mmu;
    /** Address of page_offset_base, which holds where the mapping of all memory begins. */
    private final OptionalLong directMap;

    private final OptionalInt topLevelTable;

    TableMappings(Mmu mmu, KernelImage image) {
        this.mmu = mmu;
        this.directMap = image.kallsyms().address("page_offset_base");
        this.topLevelTable = image.btf().offset("mm_struct", "pgd");
    }

    /** Whether the table is mapped read-only; false also where it cannot be told. */
    boolean isReadOnly(NamedTable table, long argument) {
        return switch (table.by()) {
            case ENTRY -> mmu.isReadOnly(argument);
            case ADDRESS_SPACE ->
                topLevelTable.isPresent()
                        && argument != 0
                        && isReadOnly(mmu.peek(argument + topLevelTable.getAsInt()), 0);
            case FRAME ->
                directMap.isPresent()
                        && isReadOnly(mmu.peek(directMap.getAsLong()), argument << PhysicalMemory.FRAME_SHIFT);
        };
    }

    /** Whether what is {@code offset} bytes beyond where the pointer at {@code physical} leads is mapped read-only. */
    private boolean isReadOnly(long physical, long offset) {
        return physical >= 0 && mmu.isReadOnly(mmu.memory().readLong(physical) + offset);
    }

    /**
     * The physical address of the entry that {@code argument} points to; -1 where the table is named in another way, or is
     * not mapped.
     */
    long entry(NamedTable table, long argument) {
        return table.by() == NamedTable.By.ENTRY ? mmu.peek(argument) : -1;
    }
}
