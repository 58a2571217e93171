package org.pvdiet.emulator.guest;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Names of symbols, each behind the letter of its type, as one run of bytes: most are never asked for. */
final class SymbolNames {
    private final byte[] text;
    private final int[] starts;

    /**
     * @param text the names, one after another
     * @param starts where each begins, and where the last ends
     */
    SymbolNames(byte[] text, int[] starts) {
        this.text = text;
        this.starts = starts;
    }

    /** True where there is not even a type. */
    boolean isEmpty(int symbol) {
        return starts[symbol] == starts[symbol + 1];
    }

    char type(int symbol) {
        return (char) (text[starts[symbol]] & 0xff);
    }

    String name(int symbol) {
        int from = starts[symbol] + 1;
        return new String(text, from, starts[symbol + 1] - from, StandardCharsets.ISO_8859_1);
    }

    boolean isNamed(int symbol, byte[] name) {
        return Arrays.equals(text, starts[symbol] + 1, starts[symbol + 1], name, 0, name.length);
    }

    /** Of a symbol's name, as {@link #hash(byte[], int, int)} has it. */
    int hash(int symbol) {
        return hash(text, starts[symbol] + 1, starts[symbol + 1]);
    }

    static int hash(byte[] name, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + name[i];
        }
        // Names that are alike but for their last letters are to lie apart.
        return hash ^ hash >>> 15;
    }
}
