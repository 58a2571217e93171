package org.pvdiet.emulator.device;

/** A set of the 256 interrupt vectors, as the APIC's IRR and ISR hold them. */
final class VectorSet {
    private final int[] words = new int[8];

    void add(int vector) {
        words[vector >> 5] |= 1 << (vector & 31);
    }

    /** Nothing happens for -1. */
    void remove(int vector) {
        if (vector >= 0) {
            words[vector >> 5] &= ~(1 << (vector & 31));
        }
    }

    /** The highest vector in the set, -1 if it is empty. */
    int highest() {
        for (int i = words.length - 1; i >= 0; i--) {
            if (words[i] != 0) {
                return i * 32 + 31 - Integer.numberOfLeadingZeros(words[i]);
            }
        }
        return -1;
    }

    /** Vectors {@code 32 * index} and up. */
    int word(int index) {
        return words[index];
    }
}
