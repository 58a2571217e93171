package org.pvdiet.emulator.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class KallsymsTest {
    private static final long TEXT = 0xffff_ffff_8100_0000L;

    private static Kallsyms table(List<String> names, long... addresses) {
        StringBuilder text = new StringBuilder();
        int[] starts = new int[names.size() + 1];
        for (int i = 0; i < names.size(); i++) {
            text.append('T').append(names.get(i));
            starts[i + 1] = text.length();
        }
        return Kallsyms.of(
                new SymbolNames(text.toString().getBytes(StandardCharsets.ISO_8859_1), starts), addresses, TEXT);
    }

    @Test
    void aTableThatIsNotSortedGivesEachSymbolItsOwnAddress() {
        Kallsyms symbols = table(List.of("second", "third", "_text", "percpu"), TEXT + 0x10, TEXT + 0x20, TEXT, 0x1000);
        assertEquals(
                List.of("percpu", "_text", "second", "third"),
                symbols.symbols().stream().map(Kallsyms.Symbol::name).toList());
        assertEquals(OptionalLong.of(TEXT + 0x10), symbols.address("second"));
        assertEquals(Optional.of("third"), symbols.nameAt(TEXT + 0x20));
        assertEquals(Optional.of("second+0x4"), symbols.nearest(TEXT + 0x14).map(Kallsyms.Place::toString));
    }

    @Test
    void ofSymbolsWithOneNameTheLowestIsFoundAndOfNamesForOneAddressTheFirst() {
        Kallsyms symbols = table(List.of("_text", "init", "start", "init"), TEXT, TEXT + 8, TEXT + 8, TEXT + 16);
        assertEquals(OptionalLong.of(TEXT + 8), symbols.address("init"));
        assertEquals(Optional.of("init"), symbols.nameAt(TEXT + 8));
        assertEquals(OptionalLong.empty(), symbols.address("ini"));
        assertEquals(OptionalLong.empty(), symbols.address(""));
    }

    @Test
    void perCpuOffsetsBelowTheTextAreNoPlaces() {
        Kallsyms symbols = table(List.of("percpu", "_text"), 0x1000, TEXT);
        assertEquals(Optional.empty(), symbols.nearest(0x1000));
        assertEquals(OptionalLong.of(0x1000), symbols.address("percpu"));
    }
}
