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
            case ADDRESS_SPACE -> {
                OptionalLong top = topLevelTable.isPresent() && argument != 0
                        ? value(argument + topLevelTable.getAsInt())
                        : OptionalLong.empty();
                yield top.isPresent() && mmu.isReadOnly(top.getAsLong());
            }
            case FRAME -> {
                OptionalLong base = directMap.isPresent() ? value(directMap.getAsLong()) : OptionalLong.empty();
                yield base.isPresent() && mmu.isReadOnly(base.getAsLong() + (argument << PhysicalMemory.FRAME_SHIFT));
            }
        };
    }

    /** The entry that {@code argument} points to; empty where the table is named in another way, or is not mapped. */
    OptionalLong entry(NamedTable table, long argument) {
        return table.by() == NamedTable.By.ENTRY ? value(argument) : OptionalLong.empty();
    }

    private OptionalLong value(long linear) {
        long physical = mmu.peek(linear);
        return physical < 0
                ? OptionalLong.empty()
                : OptionalLong.of(mmu.memory().readLong(physical));
    }
}
