package org.pvdiet.analyzer.contract;

import java.util.Optional;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.words.PageTableEntry;

/** Names the kernel's own page tables. */
final class RootTable {
    /** Where the kernel maps its image (Linux, Documentation/x86/x86_64/mm.rst, no randomisation). */
    private static final long KERNEL_MAP = 0xffffffff80000000L;

    private static final int PAGE_SHIFT = 12;

    private RootTable() {}

    /** The symbol of the table that CR3 names, {@code init_top_pgt}; empty of one that is not in the kernel's image. */
    static Optional<String> name(Kernel kernel, long cr3) {
        long frame = PageTableEntry.frame(cr3);
        long address = KERNEL_MAP + (kernel.frames().pseudoPhysical(frame).orElse(frame) << PAGE_SHIFT);
        return kernel.symbols().name(address).filter(name -> !name.contains("+"));
    }
}
