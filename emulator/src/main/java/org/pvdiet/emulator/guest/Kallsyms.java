package org.pvdiet.emulator.guest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The kernel's own symbol table, decoded. {@link KallsymsSearch} finds it in an image. */
public final class Kallsyms {
    /** A symbol; {@code type} is a letter as nm prints it. */
    public record Symbol(String name, char type, long address) {}

    /** A place in the kernel as people name it. */
    public record Place(Symbol symbol, long offset) {
        @Override
        public String toString() {
            return offset == 0 ? symbol.name() : symbol.name() + "+0x" + Long.toHexString(offset);
        }
    }

    private final List<Symbol> symbols;
    private final long[] addresses;
    private final Map<String, Symbol> byName;
    private final long end;

    Kallsyms(List<Symbol> table, long text) {
        List<Symbol> sorted = new ArrayList<>(table);
        // Stable, so that of several names for an address the table's first stays first.
        sorted.sort((a, b) -> Long.compareUnsigned(a.address(), b.address()));
        byName = new HashMap<>(2 * sorted.size());
        sorted.forEach(s -> byName.putIfAbsent(s.name(), s));
        symbols = List.copyOf(sorted);
        // Per-CPU offsets and other absolute values lie below the text and are no places.
        addresses = sorted.stream()
                .mapToLong(Symbol::address)
                .dropWhile(a -> Long.compareUnsigned(a, text) < 0)
                .toArray();
        end = byName.containsKey("_end") ? byName.get("_end").address() : addresses[addresses.length - 1] + 1;
    }

    /** All symbols, in ascending order of address (unsigned). */
    public List<Symbol> symbols() {
        return symbols;
    }

    public int size() {
        return symbols.size();
    }

    public OptionalLong address(String name) {
        Symbol symbol = byName.get(name);
        return symbol == null ? OptionalLong.empty() : OptionalLong.of(symbol.address());
    }

    /** The last symbol at or before an address of the kernel's image. */
    public Optional<Place> nearest(long address) {
        if (Long.compareUnsigned(address, addresses[0]) < 0 || Long.compareUnsigned(address, end) >= 0) {
            return Optional.empty();
        }
        // All of these addresses are in the upper half, where signed and unsigned order agree.
        int found = Arrays.binarySearch(addresses, address);
        int index = found >= 0 ? found : -found - 2;
        while (index > 0 && addresses[index - 1] == addresses[index]) {
            index--;
        }
        Symbol symbol = symbols.get(symbols.size() - addresses.length + index);
        return Optional.of(new Place(symbol, address - symbol.address()));
    }

    /** The name of the symbol exactly at an address. */
    public Optional<String> nameAt(long address) {
        return nearest(address).filter(p -> p.offset() == 0).map(p -> p.symbol().name());
    }
}
