package org.pvdiet.emulator.guest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The kernel's compressed symbol table (scripts/kallsyms.c, Linux 6.1).
 *
 * <p>An image does not say where the table is, so it is found by its form: a table of 256 tokens, of
 * which those for digits stand for themselves, confirmed by the index of token offsets behind it;
 * before it names and markers that agree with each other; and, either before the names (to 6.3) or
 * behind the token index (from 6.4), offsets and their base, confirmed by the symbol {@code _text}.
 */
public final class Kallsyms {
    private static final int MOST_SYMBOLS = 1 << 21;
    private static final int FEWEST_SYMBOLS = 256;
    private static final String DIGITS = "0\0" + "1\0" + "2\0" + "3\0" + "4\0" + "5\0" + "6\0" + "7\0" + "8\0" + "9\0";

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
    private final Map<String, Symbol> byName = new HashMap<>();
    private final long end;

    private Kallsyms(List<Symbol> table, long text) {
        List<Symbol> sorted = new ArrayList<>(table);
        // Stable, so that of several names for an address the table's first stays first.
        sorted.sort(Comparator.comparing(Symbol::address, Long::compareUnsigned));
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

    static Kallsyms read(ElfImage elf) {
        for (ElfImage.Segment segment : elf.segments()) {
            Bytes bytes = segment.bytes();
            for (int digits = bytes.indexOf(DIGITS, 0); digits >= 0; digits = bytes.indexOf(DIGITS, digits + 1)) {
                Optional<Kallsyms> table = new Search(bytes, segment.virtualAddress()).from(digits);
                if (table.isPresent()) {
                    return table.get();
                }
            }
        }
        throw new BadImageException(elf.file().file()
                + ": the kernel's symbol table (kallsyms) is missing; a kernel with CONFIG_KALLSYMS_ALL is needed");
    }

    /** One segment's bytes, searched for the parts of the table. */
    private record Search(Bytes bytes, long text) {
        private static final int TOKENS = 256;

        Optional<Kallsyms> from(int digits) {
            int tokenTable = digits;
            for (int token = 0; token < '0'; token++) {
                tokenTable--;
                while (tokenTable > 0 && bytes.u8(tokenTable - 1L) != 0) {
                    tokenTable--;
                }
            }
            String[] tokens = new String[TOKENS];
            int[] offsets = new int[TOKENS];
            int at = tokenTable;
            for (int token = 0; token < TOKENS; token++) {
                tokens[token] = bytes.cString(at);
                offsets[token] = at - tokenTable;
                at += tokens[token].length() + 1;
            }
            int index = align8(at);
            for (int token = 0; token < TOKENS; token++) {
                if (bytes.u16(index + 2L * token) != offsets[token]) {
                    return Optional.empty();
                }
            }
            int behind = align8(index + 2 * TOKENS);
            for (int count = (tokenTable - 8) & -8; count >= 0; count -= 8) {
                int symbols = bytes.s32(count);
                if (symbols >= FEWEST_SYMBOLS
                        && symbols <= MOST_SYMBOLS
                        && namesAgree(count + 8, symbols, tokenTable)) {
                    return table(count, symbols, behind, tokens);
                }
            }
            return Optional.empty();
        }

        private static int align8(int offset) {
            return (offset + 7) & -8;
        }

        /** Whether as many names follow as announced, and the markers behind them say where each 256th is. */
        private boolean namesAgree(int names, int count, int limit) {
            int[] markers = new int[(count + 255) / 256];
            int at = names;
            for (int i = 0; i < count; i++) {
                if (at + 2 > limit) {
                    return false;
                }
                if (i % 256 == 0) {
                    markers[i / 256] = at - names;
                }
                int length = nameLength(at);
                if (length == 0) {
                    return false;
                }
                at += length + (length > 0x7f ? 2 : 1);
            }
            int table = align8(at);
            for (int i = 0; i < markers.length; i++) {
                if (table + 4 * i + 4 > limit || bytes.s32(table + 4L * i) != markers[i]) {
                    return false;
                }
            }
            return true;
        }

        private int nameLength(int at) {
            int first = bytes.u8(at);
            return first > 0x7f ? first & 0x7f | bytes.u8(at + 1L) << 7 : first;
        }

        private Optional<Kallsyms> table(int countAt, int count, int behind, String[] tokens) {
            String[] names = names(countAt + 8, count, tokens);
            int textSymbol = Arrays.asList(names).indexOf("T_text");
            if (textSymbol < 0 || Arrays.asList(names).contains("")) {
                return Optional.empty();
            }
            int offsetsBefore = (countAt - 8 - 4 * count) & -8;
            if (isBase(countAt - 8, offsetsBefore, textSymbol)) {
                return Optional.of(symbols(names, offsetsBefore, countAt - 8, textSymbol));
            }
            int baseBehind = align8(behind + 4 * count);
            if (isBase(baseBehind, behind, textSymbol)) {
                return Optional.of(symbols(names, behind, baseBehind, textSymbol));
            }
            return Optional.empty();
        }

        private boolean isBase(int base, int offsets, int textSymbol) {
            if (offsets < 0 || base + 8L > bytes.size()) {
                return false;
            }
            int offset = bytes.s32(offsets + 4L * textSymbol);
            return address(bytes.u64(base), offset, true) == text || address(bytes.u64(base), offset, false) == text;
        }

        /**
         * With CONFIG_KALLSYMS_ABSOLUTE_PERCPU negative offsets count down from base - 1 and others are
         * absolute; without it all are unsigned and relative (kernel/kallsyms.c, Linux 6.1).
         */
        private static long address(long base, int offset, boolean absolutePercpu) {
            if (!absolutePercpu) {
                return base + Integer.toUnsignedLong(offset);
            }
            return offset >= 0 ? offset : base - 1 - offset;
        }

        private Kallsyms symbols(String[] names, int offsets, int baseAt, int textSymbol) {
            long base = bytes.u64(baseAt);
            boolean absolutePercpu = address(base, bytes.s32(offsets + 4L * textSymbol), true) == text;
            List<Symbol> symbols = new ArrayList<>(names.length);
            for (int i = 0; i < names.length; i++) {
                long address = address(base, bytes.s32(offsets + 4L * i), absolutePercpu);
                symbols.add(new Symbol(names[i].substring(1), names[i].charAt(0), address));
            }
            return new Kallsyms(symbols, text);
        }

        private String[] names(int start, int count, String[] tokens) {
            String[] names = new String[count];
            StringBuilder name = new StringBuilder();
            int at = start;
            for (int i = 0; i < count; i++) {
                int length = nameLength(at);
                at += length > 0x7f ? 2 : 1;
                name.setLength(0);
                for (int k = 0; k < length; k++) {
                    name.append(tokens[bytes.u8(at + (long) k)]);
                }
                names[i] = name.toString();
                at += length;
            }
            return names;
        }
    }
}
