package org.pvdiet.emulator.guest;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/**
 * Finds what an image names, without a string for each name: names stay the bytes that they are in the image, because most are
 * never asked for. What is named has a number from 0.
 */
final class NameIndex {
    /** The names by number. */
    interface Names {
        /** Of a name, as {@link NameIndex#hash} has it. */
        int hash(int number);

        boolean isNamed(int number, byte[] name);
    }

    private final Names names;

    /** By hash of the name, the first free slot after: one more than the number; 0 where there is none. */
    private final int[] slots;

    /** @param most how many names will be added at most */
    NameIndex(Names names, int most) {
        this.names = names;
        slots = new int[Integer.highestOneBit(most | 1) * 4];
    }

    /** Of several with a name the first added is found. */
    void add(int number) {
        int slot = names.hash(number) & slots.length - 1;
        while (slots[slot] != 0) {
            slot = slot + 1 & slots.length - 1;
        }
        slots[slot] = number + 1;
    }

    OptionalInt find(String name) {
        byte[] wanted = name.getBytes(StandardCharsets.ISO_8859_1);
        int slot = hash(wanted, 0, wanted.length) & slots.length - 1;
        while (slots[slot] != 0) {
            if (names.isNamed(slots[slot] - 1, wanted)) {
                return OptionalInt.of(slots[slot] - 1);
            }
            slot = slot + 1 & slots.length - 1;
        }
        return OptionalInt.empty();
    }

    static int hash(byte[] text, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + text[i];
        }
        // Names that are alike but for their last letters are to lie apart.
        return hash ^ hash >>> 15;
    }
}
