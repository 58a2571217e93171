package org.pvdiet.emulator.cpu;

/**
 * The status flags, not yet computed: a kind and two operands, mostly left-aligned to 64 bits so that carry, zero, sign and
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

    // What translated code leaves behind, where computing the flags would be most of its work and few are ever read.
    // The operands are as they were, not aligned. Shifts are by b, which is not 0.

    static final int SHL = 4;
    static final int SHR = 5;
    static final int SAR = 6;

    /** IMUL. */
    static final int MULTIPLY = 7;

    /** MUL. */
    static final int PRODUCT = 8;

    /** With {@link #CARRY} in the state where there was a carry. */
    static final int ADC = 9;

    /** The same. */
    static final int SBB = 10;

    /** Of {@code a}; the carry stays. */
    static final int INC = 11;

    /** The same. */
    static final int DEC = 12;

    /** {@code a + b} was computed. */
    static final int SUM = 13;

    /** {@code a - b} was computed. */
    static final int DIFFERENCE = 14;

    /** {@code a} was computed by a logical operation: carry, adjust and overflow are 0. */
    static final int LOGICAL = 15;

    /** Log2 of the bit of a state that is the carry before the operation. */
    static final int CARRY = 4;

    // Where these are in RFLAGS.
    private static final int ZERO = Long.numberOfTrailingZeros(Flags.ZF);
    private static final int SIGN = Long.numberOfTrailingZeros(Flags.SF);

    private static final int KIND = 15;
    private static final int SHIFT = 8;

    /** A bit for each number of four bits: set where it has an odd number of ones. */
    private static final int ODD_NIBBLES = 0x6996;

    private StatusFlags() {}

    /** A kind together with the operand size in bytes, which parity and adjust need. */
    static int of(int kind, int size) {
        return kind | 64 - 8 * size << SHIFT;
    }

    static int kind(int state) {
        return state & KIND;
    }

    static boolean carry(int state, long a, long b) {
        return switch (state & KIND) {
            case ADD -> a + b + Long.MIN_VALUE < a + Long.MIN_VALUE;
            case SUB -> a + Long.MIN_VALUE < b + Long.MIN_VALUE;
            case BITS, RESULT -> (b & Flags.CF) != 0;
            case INC, DEC -> (state >>> CARRY & 1) != 0;
            case SUM -> carry(ADD, aligned(state, a), aligned(state, b));
            case DIFFERENCE -> carry(SUB, aligned(state, a), aligned(state, b));
            default -> (beside(state, a, b) & Flags.CF) != 0;
        };
    }

    /** An operand that was stored as it was. */
    private static long aligned(int state, long operand) {
        return operand << (state >>> SHIFT);
    }

    static int size(int state) {
        return 8 - (state >>> SHIFT + 3);
    }

    static boolean zero(int state, long a, long b) {
        return switch (state & KIND) {
            case SUB -> a == b;
            case BITS -> (b & Flags.ZF) != 0;
            default -> result(state, a, b) == 0;
        };
    }

    static boolean sign(int state, long a, long b) {
        return switch (state & KIND) {
            case BITS -> (b & Flags.SF) != 0;
            default -> result(state, a, b) < 0;
        };
    }

    static boolean overflow(int state, long a, long b) {
        return switch (state & KIND) {
            case ADD -> ((a ^ a + b) & (b ^ a + b)) < 0;
            case SUB -> ((a ^ b) & (a ^ a - b)) < 0;
            default -> (beside(state, a, b) & Flags.OF) != 0;
        };
    }

    static boolean parity(int state, long a, long b) {
        if ((state & KIND) == BITS) {
            return (b & Flags.PF) != 0;
        }
        return isEven(state, result(state, a, b));
    }

    private static boolean isEven(int state, long result) {
        int low = (int) (result >>> (state >>> SHIFT)) & 0xff;
        return (ODD_NIBBLES >>> ((low ^ low >> 4) & 15) & 1) == 0;
    }

    // The same flags as one of the kinds whose b holds carry and overflow, so that these can be changed.

    static int held(int state) {
        return (state & KIND) == BITS ? state : state >>> SHIFT << SHIFT | RESULT;
    }

    /** What zero, sign and parity are those of; nothing where {@code b} holds them. */
    static long result(int state, long a, long b) {
        int size = size(state);
        int carry = state >>> CARRY & 1;
        return switch (state & KIND) {
            case ADD -> a + b;
            case SUB -> a - b;
            case SHL -> Alu.align(size, a << b);
            case SHR -> Alu.align(size, Alu.zeroExtend(size, a) >>> b);
            case SAR -> Alu.align(size, Alu.signExtend(size, a) >> b);
            case MULTIPLY, PRODUCT -> Alu.align(size, a * b);
            case ADC -> Alu.align(size, a + b + carry);
            case SBB -> Alu.align(size, a - b - carry);
            case INC -> Alu.align(size, a + 1);
            case DEC -> Alu.align(size, a - 1);
            case SUM -> Alu.align(size, a + b);
            case DIFFERENCE -> Alu.align(size, a - b);
            case LOGICAL -> Alu.align(size, a);
            default -> a;
        };
    }

    /** The flags that {@link #result} does not tell. */
    static long beside(int state, long a, long b) {
        int size = size(state);
        int carry = state >>> CARRY & 1;
        return switch (state & KIND) {
            case ADD -> Alu.sumFlags(size, a, b, a + b);
            case SUB -> Alu.differenceFlags(size, a, b, a - b);
            case SHL -> Alu.shlFlags(size, a, (int) b);
            case SHR -> Alu.shrFlags(size, a, (int) b);
            case SAR -> Alu.sarFlags(size, a, (int) b);
            case MULTIPLY -> Alu.multiplyFlags(size, a, b);
            case PRODUCT -> Alu.productFlags(size, a, b);
            case ADC -> Alu.adcFlags(size, a, b, a + b + carry);
            case SBB -> Alu.sbbFlags(size, a, b, a - b - carry);
            case INC -> Alu.incFlags(size, a, carry != 0);
            case DEC -> Alu.decFlags(size, a, carry != 0);
            case SUM -> Alu.adcFlags(size, a, b, a + b);
            case DIFFERENCE -> Alu.sbbFlags(size, a, b, a - b);
            case LOGICAL -> 0;
            default -> b;
        };
    }

    /** All six as they stand in RFLAGS. */
    static long bits(int state, long a, long b) {
        if ((state & KIND) == BITS) {
            return b;
        }
        long result = result(state, a, b);
        long nonzero = result | -result;
        return beside(state, a, b)
                | (isEven(state, result) ? Flags.PF : 0)
                | ~nonzero >>> 63 - ZERO & Flags.ZF
                | result >>> 63 - SIGN & Flags.SF;
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
