package org.pvdiet.analyzer.diet;

import java.util.ArrayList;
import java.util.List;
import org.pvdiet.analyzer.bits.BitTable;

/** Bits in a line: {@code P RW 12-17 frame 52 NX}. */
final class BitWords {
    private BitWords() {}

    /** Runs of bits of one name, or without one, are one word. */
    static String of(List<BitTable.Bit> bits) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < bits.size(); i++) {
            BitTable.Bit first = bits.get(i);
            int last = i;
            while (last + 1 < bits.size()
                    && bits.get(last + 1).bit() == bits.get(last).bit() + 1
                    && bits.get(last + 1).name().equals(first.name())) {
                last++;
            }
            boolean numbered = first.name().isEmpty() || first.name().equals("frame");
            String numbers = last == i
                    ? "" + first.bit()
                    : first.bit() + "-" + bits.get(last).bit();
            words.add(numbered ? (numbers + " " + first.name()).strip() : first.name());
            i = last;
        }
        return String.join(", ", words);
    }
}
