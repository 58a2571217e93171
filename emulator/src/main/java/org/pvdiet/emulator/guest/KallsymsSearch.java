package org.pvdiet.emulator.guest;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds and decodes the compressed symbol table (scripts/kallsyms.c).
 *
 * <p>An image does not say where the table is, so it is found by its form: a table of 256 tokens, of
 * which those for digits stand for themselves, confirmed by the index of token offsets behind it;
 * before it names and markers that agree with each other; and offsets, confirmed by the symbol {@code
 * _text}. Three layouts are known, from images: offsets and their base before the names (to Linux 6.3),
 * both behind the token index (from 6.4), and offsets there that are relative to their own places
 * (7.2), where parts are aligned to 4 bytes instead of 8.
 *
 * @param bytes a segment
 * @param start virtual address of the segment, which is that of {@code _text}
 * @param alignment of the table's parts, in bytes
 */
record KallsymsSearch(Bytes bytes, long start, int alignment) {
    private static final String SECTION = ".rodata";
    private static final int MOST_SYMBOLS = 1 << 21;
    private static final int FEWEST_SYMBOLS = 256;
    private static final int TOKENS = 256;

    /** In letters, to begin with. */
    private static final int TYPICAL_NAME = 32;

    private static final String DIGITS = "0\0" + "1\0" + "2\0" + "3\0" + "4\0" + "5\0" + "6\0" + "7\0" + "8\0" + "9\0";

    static Kallsyms read(ElfImage elf) {
        for (ElfImage.Segment segment : elf.segments()) {
            Bytes bytes = segment.bytes();
            int first = elf.section(SECTION)
                    .filter(section -> segment.holds(section.address()))
                    .map(section -> (int) (section.address() - segment.virtualAddress()))
                    .orElse(0);
            for (int digits = bytes.indexOf(DIGITS, first); digits >= 0; digits = bytes.indexOf(DIGITS, digits + 1)) {
                for (int alignment : new int[] {8, 4}) {
                    Optional<Kallsyms> table =
                            new KallsymsSearch(bytes, segment.virtualAddress(), alignment).around(digits);
                    if (table.isPresent()) {
                        return table.get();
                    }
                }
            }
        }
        throw new BadImageException(elf.file().file()
                + ": the kernel's symbol table (kallsyms) is missing; a kernel with CONFIG_KALLSYMS_ALL is needed");
    }

    private Optional<Kallsyms> around(int digits) {
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
        int index = align(at);
        for (int token = 0; token < TOKENS; token++) {
            if (bytes.u16(index + 2L * token) != offsets[token]) {
                return Optional.empty();
            }
        }
        int behind = align(index + 2 * TOKENS);
        for (int count = (tokenTable - alignment) & -alignment; count >= 0; count -= alignment) {
            // Names lie in between, and this is a quick way through them: no number of symbols has a fourth byte.
            if (bytes.u8(count + 3L) != 0) {
                continue;
            }
            int symbols = bytes.s32(count);
            // A name takes two bytes at least, so most that looks like a number of symbols is none.
            if (symbols >= FEWEST_SYMBOLS
                    && symbols <= Math.min(MOST_SYMBOLS, (tokenTable - count) / 2)
                    && namesAgree(align(count + 4), symbols, tokenTable)) {
                return table(count, symbols, behind, tokens);
            }
        }
        return Optional.empty();
    }

    private int align(int offset) {
        return (offset + alignment - 1) & -alignment;
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
        int table = align(at);
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
        Optional<SymbolNames> decoded = names(align(countAt + 4), count, tokens);
        if (decoded.isEmpty()) {
            return Optional.empty();
        }
        SymbolNames names = decoded.get();
        byte[] text = "_text".getBytes(StandardCharsets.ISO_8859_1);
        OptionalInt textSymbol = IntStream.range(0, count)
                .filter(symbol -> names.type(symbol) == 'T' && names.isNamed(symbol, text))
                .findFirst();
        if (textSymbol.isEmpty()) {
            return Optional.empty();
        }
        int before = (countAt - Long.BYTES - Integer.BYTES * count) & -alignment;
        return Stream.of(
                        relative(before, count, countAt - Long.BYTES, true),
                        relative(before, count, countAt - Long.BYTES, false),
                        relative(behind, count, align(behind + Integer.BYTES * count), true),
                        relative(behind, count, align(behind + Integer.BYTES * count), false),
                        relativeToPlace(behind, count))
                .flatMap(Optional::stream)
                .filter(addresses -> addresses.applyAsLong(textSymbol.getAsInt()) == start)
                .findFirst()
                .map(addresses -> Kallsyms.of(
                        names, IntStream.range(0, count).mapToLong(addresses).toArray(), start));
    }

    /**
     * Offsets from a base. With CONFIG_KALLSYMS_ABSOLUTE_PERCPU negative ones count down from base - 1 and
     * others are absolute; without it all are unsigned (kernel/kallsyms.c, Linux 6.1).
     */
    private Optional<IntToLongFunction> relative(int offsets, int count, int baseAt, boolean absolutePercpu) {
        if (!holds(offsets, count) || baseAt + Long.BYTES > bytes.size()) {
            return Optional.empty();
        }
        long base = bytes.u64(baseAt);
        return Optional.of(symbol -> {
            int offset = bytes.s32(offsets + 4L * symbol);
            if (!absolutePercpu) {
                return base + Integer.toUnsignedLong(offset);
            }
            return offset >= 0 ? offset : base - 1 - offset;
        });
    }

    private Optional<IntToLongFunction> relativeToPlace(int offsets, int count) {
        return holds(offsets, count)
                ? Optional.of(symbol -> start + offsets + 4L * symbol + bytes.s32(offsets + 4L * symbol))
                : Optional.empty();
    }

    private boolean holds(int offsets, int count) {
        return offsets >= 0 && offsets + (long) Integer.BYTES * count <= bytes.size();
    }

    /** None where a name has not even a type. */
    private Optional<SymbolNames> names(int from, int count, String[] tokens) {
        byte[][] parts = new byte[TOKENS][];
        for (int token = 0; token < TOKENS; token++) {
            parts[token] = tokens[token].getBytes(StandardCharsets.ISO_8859_1);
        }
        byte[] text = new byte[count * TYPICAL_NAME];
        int[] starts = new int[count + 1];
        int end = 0;
        int at = from;
        for (int i = 0; i < count; i++) {
            int length = nameLength(at);
            at += length > 0x7f ? 2 : 1;
            for (int k = 0; k < length; k++) {
                byte[] part = parts[bytes.u8(at + (long) k)];
                if (text.length - end < part.length) {
                    text = Arrays.copyOf(text, 2 * text.length + part.length);
                }
                System.arraycopy(part, 0, text, end, part.length);
                end += part.length;
            }
            if (end == starts[i]) {
                return Optional.empty();
            }
            starts[i + 1] = end;
            at += length;
        }
        return Optional.of(new SymbolNames(text, starts));
    }
}
