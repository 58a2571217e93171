package org.pvdiet.emulator.cpu;

/**
 * The status flags, not yet computed: a kind and two operands, left-aligned to 64 bits so that carry, zero, sign and
 * overflow of every operand size are those of 64-bit arithmetic. Pure functions of that state, for the interpreter and for
 * compiled code alike.
 */
final class StatusFlags {
    /** {@code b} holds the flags themselves. */
    static final int BITS = 0;

    /** {@code a + b} was computed. */
    static final int ADD = 1;

    /** {@code a - b} was computed. */
    static final int SUB = 2;

    /** Zero, sign and parity are those of {@code a}; {@code b} holds the others. */
    static final int RESULT = 3;

    private static final int KIND = 3;
    private static final int SHIFT = 8;

    private StatusFlags() {}

    /** A kind together with the operand size in bytes, which parity and adjust need. */
    static int of(int kind, int size) {
        return kind | 64 - 8 * size << SHIFT;
    }

    static boolean carry(int state, long a, long b) {
        return switch (state & KIND) {
            case ADD -> a + b + Long.MIN_VALUE < a + Long.MIN_VALUE;
            case SUB -> a + Long.MIN_VALUE < b + Long.MIN_VALUE;
            default -> (b & Flags.CF) != 0;
        };
    }

    static boolean zero(int state, long a, long b) {
        return switch (state & KIND) {
            case ADD -> a + b == 0;
            case SUB -> a == b;
            case RESULT -> a == 0;
            default -> (b & Flags.ZF) != 0;
        };
    }

    static boolean sign(int state, long a, long b) {
        return switch (state & KIND) {
            case ADD -> a + b < 0;
            case SUB -> a - b < 0;
            case RESULT -> a < 0;
            default -> (b & Flags.SF) != 0;
        };
    }

    static boolean overflow(int state, long a, long b) {
        return switch (state & KIND) {
            case ADD -> ((a ^ a + b) & (b ^ a + b)) < 0;
            case SUB -> ((a ^ b) & (a ^ a - b)) < 0;
            default -> (b & Flags.OF) != 0;
        };
    }

    static boolean parity(int state, long a, long b) {
        if ((state & KIND) == BITS) {
            return (b & Flags.PF) != 0;
        }
        return (Long.bitCount(result(state, a, b) >>> (state >>> SHIFT) & 0xff) & 1) == 0;
    }

    // The same flags as one of the kinds whose b holds carry and overflow, so that these can be changed.

    static int held(int state) {
        return (state & KIND) == BITS ? state : state | RESULT;
    }

    /** What zero, sign and parity are those of; nothing where {@code b} holds them. */
    static long result(int state, long a, long b) {
        return switch (state & KIND) {
            case ADD -> a + b;
            case SUB -> a - b;
            default -> a;
        };
    }

    /** The flags that {@link #result} does not tell. */
    static long beside(int state, long a, long b) {
        return switch (state & KIND) {
            case ADD, SUB ->
                (carry(state, a, b) ? Flags.CF : 0)
                        | (adjust(state, a, b) ? Flags.AF : 0)
                        | (overflow(state, a, b) ? Flags.OF : 0);
            default -> b;
        };
    }

    static boolean adjust(int state, long a, long b) {
        int shift = state >>> SHIFT;
        return switch (state & KIND) {
            case ADD -> ((a ^ b ^ a + b) >>> shift & 0x10) != 0;
            case SUB -> ((a ^ b ^ a - b) >>> shift & 0x10) != 0;
            default -> (b & Flags.AF) != 0;
        };
    }

    /** All six as they stand in RFLAGS. */
    static long bits(int state, long a, long b) {
        if ((state & KIND) == BITS) {
            return b;
        }
        return (carry(state, a, b) ? Flags.CF : 0)
                | (parity(state, a, b) ? Flags.PF : 0)
                | (adjust(state, a, b) ? Flags.AF : 0)
                | (zero(state, a, b) ? Flags.ZF : 0)
                | (sign(state, a, b) ? Flags.SF : 0)
                | (overflow(state, a, b) ? Flags.OF : 0);
    }

    /**
     * Whether a condition holds.
     *
     * @param condition as encoded in Jcc, 0 (O) to 15 (NLE)
     */
    static boolean holds(int condition, int state, long a, long b) {
        boolean holds = switch (condition >> 1) {
            case 0 -> overflow(state, a, b);
            case 1 -> carry(state, a, b);
            case 2 -> zero(state, a, b);
            case 3 -> carry(state, a, b) || zero(state, a, b);
            case 4 -> sign(state, a, b);
            case 5 -> parity(state, a, b);
            case 6 -> less(state, a, b);
            default -> zero(state, a, b) || less(state, a, b);
        };
        return holds ^ (condition & 1) != 0;
    }

    private static boolean less(int state, long a, long b) {
        return (state & KIND) == SUB ? a < b : sign(state, a, b) != overflow(state, a, b);
    }
}
