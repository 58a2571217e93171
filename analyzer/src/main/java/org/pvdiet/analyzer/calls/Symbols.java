package org.pvdiet.analyzer.calls;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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

    /** Where the function or variable begins that an address lies in; empty outside of the kernel's image. */
    public OptionalLong object(long address) {
        return inImage(address) ? OptionalLong.of(addresses[index(address)]) : OptionalLong.empty();
    }

    private int index(long address) {
        // All are in the upper half, where signed and unsigned order agree.
        int at = Arrays.binarySearch(addresses, address);
        if (at < 0) {
            at = -at - 2;
        }
        while (at > 0 && addresses[at - 1] == addresses[at]) {
            at--;
        }
        return at;
    }

    /** {@code name} or {@code name+0xoffset}; empty outside of the kernel's image. */
    public Optional<String> name(long address) {
        if (!inImage(address)) {
            return Optional.empty();
        }
        int at = index(address);
        long offset = address - addresses[at];
        return Optional.of(offset == 0 ? names[at] : names[at] + "+0x" + Long.toHexString(offset));
    }

    /** All names of the kernel's image, in order of address. */
    public List<String> names() {
        return List.of(names);
    }

    /** Bytes from an address to the next symbol; 0 where there is none. */
    public long bytesToNext(long address) {
        if (!inImage(address)) {
            return 0;
        }
        int at = index(address);
        while (at < addresses.length && addresses[at] <= address) {
            at++;
        }
        return at < addresses.length ? addresses[at] - address : 0;
    }
}
