package org.pvdiet.emulator.record;

import java.util.List;
import java.util.Optional;
import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.guest.Hook;
import org.pvdiet.emulator.guest.Prototype;
import org.pvdiet.emulator.guest.Site;

/**
 * What recording a call needs to know of its site, looked up once.
 *
 * @param end the address at which control leaves the call
 * @param arguments how many there are, at most 6
 * @param resultMask the bits of RAX that are the result; 0 where there is none
 * @param tables for each argument, the level of the page table it points into, or 0
 * @param table the page table that a call is about, if it is about one
 * @param returnsEntry whether the result is an entry of a page table
 */
record RecordedSite(
        int site,
        int hook,
        long end,
        int arguments,
        long resultMask,
        int[] tables,
        Optional<NamedTable> table,
        boolean returnsEntry) {
    /** Where the System V ABI for x86-64 has integer arguments, the first first (section 3.2.3). */
    static final int[] ARGUMENT_REGISTERS = {Cpu.RDI, Cpu.RSI, Cpu.RDX, Cpu.RCX, Cpu.R8, Cpu.R9};

    static RecordedSite of(Site site) {
        Hook hook = site.hook();
        List<Prototype.Parameter> parameters =
                hook.prototype().map(Prototype::parameters).orElse(List.of());
        int arguments = Math.min(ARGUMENT_REGISTERS.length, parameters.size());
        int[] tables = new int[arguments];
        for (int i = 0; i < arguments; i++) {
            tables[i] =
                    parameters.get(i).type().pointee().map(RecordedSite::level).orElse(0);
        }
        int size = hook.prototype().map(p -> p.returns().size()).orElse(0);
        long mask = size == 0 ? 0 : size >= 8 ? -1L : (1L << size * 8) - 1;
        return new RecordedSite(
                site.id(),
                hook.id(),
                site.address() + site.length(),
                arguments,
                mask,
                tables,
                NamedTable.of(parameters, tables),
                hook.prototype().map(p -> level(p.returns().text()) > 0).orElse(false));
    }

    /** Linux's names of page-table entries; with four levels in use a p4d_t is the level-4 entry itself. */
    private static int level(String type) {
        return switch (type) {
            case "pte_t" -> 1;
            case "pmd_t" -> 2;
            case "pud_t" -> 3;
            case "p4d_t", "pgd_t" -> 4;
            default -> 0;
        };
    }
}
