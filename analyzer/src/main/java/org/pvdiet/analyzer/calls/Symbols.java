package org.pvdiet.analyzer.calls;

import java.util.List;
import java.util.Optional;
import org.pvdiet.traces.Symbol;

/** The kernel's symbols, by address. */
public final class Symbols {
    /** Beyond this many bytes after a symbol an address is not told by it. */
    private static final long REACH = 1 << 20;

    private final long[] addresses;
    private final String[] names;

    public Symbols(List<Symbol> symbols) {
        List<Symbol> kernel = symbols.stream()
                .filter(symbol -> symbol.address() < 0)
                .sorted((a, b) -> Long.compareUnsigned(a.address(), b.address()))
                .toList();
        addresses = kernel.stream().mapToLong(Symbol::address).toArray();
        names = kernel.stream().map(Symbol::name).toArray(String[]::new);
    }

    /** Whether an address lies in the kernel's image. */
    public boolean inImage(long address) {
        return addresses.length > 0
                && Long.compareUnsigned(address, addresses[0]) >= 0
                && Long.compareUnsigned(address, addresses[addresses.length - 1] + REACH) < 0;
    }

    /** {@code name} or {@code name+0xoffset}; empty outside of the kernel's image. */
    public Optional<String> name(long address) {
        if (!inImage(address)) {
            return Optional.empty();
        }
        // All are in the upper half, where signed and unsigned order agree.
        int at = java.util.Arrays.binarySearch(addresses, address);
        if (at < 0) {
            at = -at - 2;
        }
        while (at > 0 && addresses[at - 1] == addresses[at]) {
            at--;
        }
        long offset = address - addresses[at];
        return Optional.of(offset == 0 ? names[at] : names[at] + "+0x" + Long.toHexString(offset));
    }
}
