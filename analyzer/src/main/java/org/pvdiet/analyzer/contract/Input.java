package org.pvdiet.analyzer.contract;

import java.util.ArrayList;
import java.util.List;
import org.pvdiet.analyzer.calls.Lazy;

/**
 * What a call was given.
 *
 * @param lazy the lazy mode in which it was made
 * @param interrupts whether interrupts were enabled, for hooks without arguments, else false
 * @param arguments their forms
 */
public record Input(Lazy lazy, boolean interrupts, List<Form> arguments) {

    /** In words, {@code ptep = an address in the direct map, lazy MMU mode}. */
    public String words(Names names) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            parts.add(names.argument(i) + " = " + arguments.get(i).words(names));
        }
        if (arguments.isEmpty() && interrupts) {
            parts.add("interrupts enabled");
        }
        if (lazy != Lazy.NONE) {
            parts.add("lazy " + lazy + " mode");
        }
        return String.join(", ", parts);
    }
}
