package org.pvdiet.analyzer.contract;

import java.util.List;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.calls.Symbols;

/**
 * What forms are put into words with.
 *
 * @param arguments the hook's arguments
 * @param symbols the kernel's
 */
public record Names(List<String> arguments, Symbols symbols) {
    /** Those of a hook. */
    public static Names of(Kernel kernel, int hook) {
        return new Names(
                kernel.prototype(hook).parameters().stream()
                        .map(Prototype.Parameter::name)
                        .toList(),
                kernel.symbols());
    }

    /** An argument's name. */
    public String argument(long index) {
        return index < arguments.size() ? arguments.get((int) index) : "argument " + index;
    }

    String symbol(long address) {
        return symbols.name(address).orElse("0x" + Long.toHexString(address));
    }
}
