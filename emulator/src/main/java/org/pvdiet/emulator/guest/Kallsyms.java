package org.pvdiet.emulator.guest;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.RandomAccess;
import java.util.stream.IntStream;

/**
 * The kernel's own symbol table, decoded. {@link KallsymsSearch} finds it in an image. A guest's start waits for it: what
 * nobody asks for is not made.
 */
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

    private final SymbolNames names;

    /** In ascending order (unsigned), as are their names. */
    private final long[] addresses;

    /** The first in the order that is a place: per-CPU offsets and other absolute values lie below the text. */
    private final int firstPlace;

    private final long end;

    private final NameIndex byName;

    /**
     * @param names of the symbols at these addresses
     * @param text where the kernel's text begins
     */
    static Kallsyms of(SymbolNames names, long[] addresses, long text) {
        if (isInOrder(addresses)) {
            return new Kallsyms(names, addresses, text);
        }
        // Stable, so that of several names for an address the table's first stays first.
        int[] order = IntStream.range(0, addresses.length)
                .boxed()
                .sorted(Comparator.comparingLong(symbol -> addresses[symbol] + Long.MIN_VALUE))
                .mapToInt(Integer::intValue)
                .toArray();
        return new Kallsyms(
                names.inOrder(order),
                Arrays.stream(order).mapToLong(symbol -> addresses[symbol]).toArray(),
                text);
    }

    private Kallsyms(SymbolNames names, long[] addresses, long text) {
        this.names = names;
        this.addresses = addresses;
        int below = 0;
        while (below < addresses.length && Long.compareUnsigned(addresses[below], text) < 0) {
            below++;
        }
        firstPlace = below;
        byName = new NameIndex(names, addresses.length);
        for (int i = 0; i < addresses.length; i++) {
            byName.add(i);
        }
        end = address("_end").orElse(addresses[addresses.length - 1] + 1);
    }

    private static boolean isInOrder(long[] addresses) {
        for (int i = 1; i < addresses.length; i++) {
            if (Long.compareUnsigned(addresses[i - 1], addresses[i]) > 0) {
                return false;
            }
        }
        return true;
    }

    private Symbol symbol(int index) {
        return new Symbol(names.name(index), names.type(index), addresses[index]);
    }

    /** All symbols, in ascending order of address (unsigned), each made as it is asked for. */
    public List<Symbol> symbols() {
        return new Symbols();
    }

    private final class Symbols extends AbstractList<Symbol> implements RandomAccess {
        @Override
        public Symbol get(int index) {
            return symbol(index);
        }

        @Override
        public int size() {
            return addresses.length;
        }
    }

    public int size() {
        return addresses.length;
    }

    public OptionalLong address(String name) {
        OptionalInt index = byName.find(name);
        return index.isEmpty() ? OptionalLong.empty() : OptionalLong.of(addresses[index.getAsInt()]);
    }

    /** The last symbol at or before an address of the kernel's image. */
    public Optional<Place> nearest(long address) {
        if (Long.compareUnsigned(address, addresses[firstPlace]) < 0 || Long.compareUnsigned(address, end) >= 0) {
            return Optional.empty();
        }
        // All of these addresses are in the upper half, where signed and unsigned order agree.
        int found = Arrays.binarySearch(addresses, firstPlace, addresses.length, address);
        int index = found >= 0 ? found : -found - 2;
        while (index > firstPlace && addresses[index - 1] == addresses[index]) {
            index--;
        }
        return Optional.of(new Place(symbol(index), address - addresses[index]));
    }

    /** The name of the symbol exactly at an address. */
    public Optional<String> nameAt(long address) {
        return nearest(address).filter(p -> p.offset() == 0).map(p -> p.symbol().name());
    }
}
