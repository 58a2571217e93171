package org.pvdiet.emulator.memory;

/** A set of numbers that takes little room and may say of one in some hundred that it holds it although it does not. */
final class RoughSet {
    private static final int LOG_BITS = 18;

    /** 2 to the 64th by the golden ratio, which spreads numbers that follow each other. */
    private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

    private final long[] bits = new long[1 << LOG_BITS - 6];

    private static int hash(long number) {
        return (int) (number * SPREAD >>> 64 - LOG_BITS);
    }

    void add(long number) {
        int bit = hash(number);
        bits[bit >> 6] |= 1L << bit;
    }

    /** False only where it was not added. */
    boolean mayContain(long number) {
        int bit = hash(number);
        return (bits[bit >> 6] & 1L << bit) != 0;
    }
}
