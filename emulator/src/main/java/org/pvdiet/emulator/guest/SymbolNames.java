package org.pvdiet.emulator.guest;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Names of symbols, each behind the letter of its type, as one run of bytes: most are never asked for. */
final class SymbolNames implements NameIndex.Names {
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

    /** The same names in another order. */
    SymbolNames inOrder(int[] order) {
        byte[] orderedText = new byte[text.length];
        int[] orderedStarts = new int[starts.length];
        for (int i = 0; i < order.length; i++) {
            int length = starts[order[i] + 1] - starts[order[i]];
            System.arraycopy(text, starts[order[i]], orderedText, orderedStarts[i], length);
            orderedStarts[i + 1] = orderedStarts[i] + length;
        }
        return new SymbolNames(orderedText, orderedStarts);
    }

    char type(int symbol) {
        return (char) (text[starts[symbol]] & 0xff);
    }

    String name(int symbol) {
        int from = starts[symbol] + 1;
        return new String(text, from, starts[symbol + 1] - from, StandardCharsets.ISO_8859_1);
    }

    @Override
    public boolean isNamed(int symbol, byte[] name) {
        return Arrays.equals(text, starts[symbol] + 1, starts[symbol + 1], name, 0, name.length);
    }

    @Override
    public int hash(int symbol) {
        return NameIndex.hash(text, starts[symbol] + 1, starts[symbol + 1]);
    }
}
