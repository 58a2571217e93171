package org.pvdiet.analyzer.contract;

import java.util.ArrayList;
import java.util.List;
import org.pvdiet.analyzer.calls.Lazy;
import org.pvdiet.analyzer.words.Words;

/**
 * What a call was given.
 *
 * @param lazy the lazy mode in which it was made
 * @param interrupts whether interrupts were enabled, for hooks without arguments, else false
 * @param arguments their forms
 */
public record Input(Lazy lazy, boolean interrupts, List<Form> arguments) {

    // Written out: what the compiler makes of a record is slow until it has been called very often.
    @Override
    public boolean equals(Object object) {
        return object instanceof Input other
                && lazy == other.lazy
                && interrupts == other.interrupts
                && arguments.equals(other.arguments);
    }

    @Override
    public int hashCode() {
        return 31 * (2 * lazy.ordinal() + (interrupts ? 1 : 0)) + arguments.hashCode();
    }

    /** In words, {@code ptep = an address in the direct map, lazy MMU mode}. */
    public String words(Names names) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            String name = names.argument(i);
            Form value = arguments.get(i);
            // As Linux calls the argument of the MSR hooks.
            boolean msr = name.equals("msr") && value.kind() == Form.Kind.CONSTANT;
            parts.add(name + " = " + (msr ? Words.msr(value.number()) : value.words(names)));
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
