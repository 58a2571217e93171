package org.pvdiet.emulator.record;

import java.util.List;
import java.util.Optional;
import org.pvdiet.emulator.guest.Prototype;

/**
 * The argument of a hook that names the page table which its calls are about.
 *
 * @param argument its index
 */
record NamedTable(int argument, By by) {
    /** How it names it; the first that a hook has counts. */
    enum By {
        /** It points to an entry. */
        ENTRY,
        /** It is the address space whose top-level table is meant, a {@code struct mm_struct *}; of two, the second. */
        ADDRESS_SPACE,
        /** It is the number of the guest's frame that holds the table, {@code pfn}. */
        FRAME
    }

    static Optional<NamedTable> of(List<Prototype.Parameter> parameters, int[] levels) {
        NamedTable found = null;
        for (int i = 0; i < levels.length; i++) {
            By by = levels[i] != 0 ? By.ENTRY : by(parameters.get(i));
            if (by != null
                    && (found == null
                            || by.compareTo(found.by) < 0
                            || by == By.ADDRESS_SPACE && found.by == By.ADDRESS_SPACE)) {
                found = new NamedTable(i, by);
            }
        }
        return Optional.ofNullable(found);
    }

    private static By by(Prototype.Parameter parameter) {
        if (parameter.type().pointee().filter("struct mm_struct"::equals).isPresent()) {
            return By.ADDRESS_SPACE;
        }
        return parameter.name().equals("pfn") ? By.FRAME : null;
    }
}
