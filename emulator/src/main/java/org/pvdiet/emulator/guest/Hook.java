package org.pvdiet.emulator.guest;

import java.util.Optional;

/**
 * One entry of the kernel's paravirt table.
 *
 * @param id its place among the hooks, counted from 0 in the table's order
 * @param group the member of the table it belongs to: {@code cpu}, {@code irq}, {@code mmu}, {@code
 *     lazy_mode}, {@code lock}
 * @param slot virtual address of its function pointer
 * @param calleeSave whether it preserves all registers but RAX (struct paravirt_callee_save)
 * @param prototype empty where neither its own type nor a function it calls tells it
 * @param initialTarget address of the function that the image's table holds; 0 if none
 * @param initialSymbol that function's name
 */
public record Hook(
        int id,
        String group,
        String name,
        long slot,
        boolean calleeSave,
        Optional<Prototype> prototype,
        long initialTarget,
        Optional<String> initialSymbol) {

    /** {@code group.name}, by which hooks are named everywhere. */
    public String fullName() {
        return group + "." + name;
    }
}
