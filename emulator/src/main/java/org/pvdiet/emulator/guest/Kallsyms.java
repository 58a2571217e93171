package org.pvdiet.emulator.guest;

import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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

    /** The table's symbols in ascending order of address (unsigned). */
    private final int[] order;

    /** In the same order. */
    private final long[] addresses;

    /** The first in the order that is a place: per-CPU offsets and other absolute values lie below the text. */
    private final int firstPlace;

    private final long end;

    /** By hash of the name, the first free slot after: one more than the place in the order; 0 where there is none. */
    private final int[] byName;

    /**
     * @param table the addresses of the symbols that have these names
     * @param text where the kernel's text begins
     */
    Kallsyms(SymbolNames names, long[] table, long text) {
        this.names = names;
        order = inOrder(table);
        addresses = new long[table.length];
        int below = 0;
        for (int i = 0; i < table.length; i++) {
            addresses[i] = table[order[i]];
            below += Long.compareUnsigned(addresses[i], text) < 0 ? 1 : 0;
        }
        firstPlace = below;
        byName = byName();
        end = address("_end").orElse(addresses[addresses.length - 1] + 1);
    }

    /** Stable, so that of several names for an address the table's first stays first. */
    private static int[] inOrder(long[] table) {
        boolean ordered = true;
        for (int i = 1; i < table.length && ordered; i++) {
            ordered = Long.compareUnsigned(table[i - 1], table[i]) <= 0;
        }
        IntStream all = IntStream.range(0, table.length);
        return ordered
                ? all.toArray()
                : all.boxed()
                        .sorted(Comparator.comparingLong(symbol -> table[symbol] + Long.MIN_VALUE))
                        .mapToInt(Integer::intValue)
                        .toArray();
    }

    /** Of several symbols with a name the first is found first. */
    private int[] byName() {
        int[] slots = new int[Integer.highestOneBit(order.length) * 4];
        for (int i = 0; i < order.length; i++) {
            int slot = names.hash(order[i]) & slots.length - 1;
            while (slots[slot] != 0) {
                slot = slot + 1 & slots.length - 1;
            }
            slots[slot] = i + 1;
        }
        return slots;
    }

    private Symbol symbol(int index) {
        return new Symbol(names.name(order[index]), names.type(order[index]), addresses[index]);
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
            return order.length;
        }
    }

    public int size() {
        return order.length;
    }

    public OptionalLong address(String name) {
        byte[] wanted = name.getBytes(StandardCharsets.ISO_8859_1);
        int slot = SymbolNames.hash(wanted, 0, wanted.length) & byName.length - 1;
        while (byName[slot] != 0) {
            int index = byName[slot] - 1;
            if (names.isNamed(order[index], wanted)) {
                return OptionalLong.of(addresses[index]);
            }
            slot = slot + 1 & byName.length - 1;
        }
        return OptionalLong.empty();
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
