package org.pvdiet.traces;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An entry of the kernel's table.
 *
 * @param id number of the hook, from 0
 * @param group cpu, irq, mmu ...
 * @param name name within the group
 * @param prototype C prototype
 * @param offset bytes from the start of the table
 * @param calleeSave whether all registers but the result's are preserved
 * @param entry target when the kernel was entered
 * @param setup target after the platform was set up
 * @param patched target after the kernel patched its sites
 * @param patchedCode that target's first instructions, to a return or jump, one a line, where known
 * @param patchedSince icount of the first call that found that target, where calls before had found another one
 */
public record Hook(
        int id,
        String group,
        String name,
        String prototype,
        int offset,
        boolean calleeSave,
        Optional<Target> entry,
        Optional<Target> setup,
        Optional<Target> patched,
        Optional<String> patchedCode,
        OptionalLong patchedSince) {

    /** Where a hook led: an address, and its symbol if it has one. */
    public record Target(long address, Optional<String> symbol) {
        /** Its symbol, or its address in hexadecimal. */
        public String name() {
            return symbol.orElseGet(() -> "0x" + Long.toHexString(address));
        }
    }

    /**
     * Where the hook led at the latest moment at which the table was read; empty where its slot held nothing then. A slot
     * may be emptied: under Xen, {@code mmu.set_pgd} leads somewhere when the kernel is entered and nowhere later. So it is
     * the whole table that tells how far the run came.
     *
     * @param table all hooks of the trace
     */
    public Optional<Target> latest(List<Hook> table) {
        if (table.stream().anyMatch(hook -> hook.patched.isPresent())) {
            return patched;
        }
        return table.stream().anyMatch(hook -> hook.setup.isPresent()) ? setup : entry;
    }

    /** The name users know: {@code cpu.write_cr4}. */
    public String fullName() {
        return group + "." + name;
    }
}
