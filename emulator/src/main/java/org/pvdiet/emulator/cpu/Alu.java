package org.pvdiet.emulator.cpu;

/**
 * Integer arithmetic and its flags. Operands are registers whose low {@code size} bytes count; results are to be cut to
 * {@code size} by whoever writes them. Each method leaves the flags in the processor, not yet computed where that is cheaper.
 *
 * <p>Flags that the SDM leaves undefined are here what recent Intel processors were seen to do where that is simple.
 */
final class Alu {
    /** Where it is in RFLAGS. */
    private static final int OVERFLOW = Long.numberOfTrailingZeros(Flags.OF);

    private Alu() {}

    static long align(int size, long value) {
        return value << 64 - 8 * size;
    }

    /** 1 where the first is below the second, as numbers without sign, or 0. */
    static int below(long a, long b) {
        return a + Long.MIN_VALUE < b + Long.MIN_VALUE ? 1 : 0;
    }

    static long zeroExtend(int size, long value) {
        int shift = 64 - 8 * size;
        return value << shift >>> shift;
    }

    static long signExtend(int size, long value) {
        int shift = 64 - 8 * size;
        return value << shift >> shift;
    }

    static long add(Cpu cpu, int size, long a, long b) {
        cpu.flags(StatusFlags.of(StatusFlags.ADD, size), align(size, a), align(size, b));
        return a + b;
    }

    static long sub(Cpu cpu, int size, long a, long b) {
        cpu.flags(StatusFlags.of(StatusFlags.SUB, size), align(size, a), align(size, b));
        return a - b;
    }

    static long logic(Cpu cpu, int size, long result) {
        cpu.flags(StatusFlags.of(StatusFlags.RESULT, size), align(size, result), 0);
        return result;
    }

    static long adc(Cpu cpu, int size, long a, long b) {
        long carry = cpu.carry() ? 1 : 0;
        long result = a + b + carry;
        cpu.flags(StatusFlags.of(StatusFlags.RESULT, size), align(size, result), adcFlags(size, a, b, result));
        return result;
    }

    /** CF, OF and AF of an ADC. */
    static long adcFlags(int size, long a, long b, long result) {
        return sumFlags(size, align(size, a), align(size, b), align(size, result));
    }

    // The next two without branches: nothing tells which way they would go.

    /** CF, OF and AF of a sum, all three aligned. */
    static long sumFlags(int size, long a, long b, long result) {
        long carries = a & b | (a | b) & ~result;
        return flags(carries, (a ^ result) & (b ^ result), a ^ b ^ result, size);
    }

    /** The same of a difference. */
    static long differenceFlags(int size, long a, long b, long result) {
        long borrows = ~a & b | (~a | b) & result;
        return flags(borrows, (a ^ b) & (a ^ result), a ^ b ^ result, size);
    }

    /** CF and OF are the highest bits of the first two; AF stands in the third, which is aligned, as it does in RFLAGS. */
    private static long flags(long carries, long overflows, long adjusts, int size) {
        return carries >>> 63 | overflows >>> 63 - OVERFLOW & Flags.OF | adjusts >>> 64 - 8 * size & Flags.AF;
    }

    static long sbb(Cpu cpu, int size, long a, long b) {
        long borrow = cpu.carry() ? 1 : 0;
        long result = a - b - borrow;
        cpu.flags(StatusFlags.of(StatusFlags.RESULT, size), align(size, result), sbbFlags(size, a, b, result));
        return result;
    }

    /** CF, OF and AF of an SBB. */
    static long sbbFlags(int size, long a, long b, long result) {
        return differenceFlags(size, align(size, a), align(size, b), align(size, result));
    }

    private static void others(Cpu cpu, int size, long aligned, boolean carry, boolean overflow, boolean adjust) {
        cpu.flags(StatusFlags.of(StatusFlags.RESULT, size), aligned, flags(carry, overflow, adjust));
    }

    private static long flags(boolean carry, boolean overflow, boolean adjust) {
        return (carry ? Flags.CF : 0) | (overflow ? Flags.OF : 0) | (adjust ? Flags.AF : 0);
    }

    static long inc(Cpu cpu, int size, long a) {
        long result = a + 1;
        cpu.flags(StatusFlags.of(StatusFlags.RESULT, size), align(size, result), incFlags(size, a, cpu.carry()));
        return result;
    }

    /** OF and AF of an INC, and CF as it was. */
    static long incFlags(int size, long a, boolean carry) {
        return flags(carry, align(size, a + 1) == Long.MIN_VALUE, (a + 1 & 15) == 0);
    }

    static long dec(Cpu cpu, int size, long a) {
        long result = a - 1;
        cpu.flags(StatusFlags.of(StatusFlags.RESULT, size), align(size, result), decFlags(size, a, cpu.carry()));
        return result;
    }

    /** OF and AF of a DEC, and CF as it was. */
    static long decFlags(int size, long a, boolean carry) {
        return flags(carry, align(size, a) == Long.MIN_VALUE, (a & 15) == 0);
    }

    static long bswap(int size, long a) {
        // Of a 16-bit register the SDM leaves BSWAP undefined; processors give zero.
        return switch (size) {
            case 8 -> Long.reverseBytes(a);
            case 4 -> Integer.reverseBytes((int) a);
            default -> 0;
        };
    }

    // Shifts and rotates: counts are masked to 5 bits, 6 with 64-bit operands; a masked count of 0 leaves the flags.

    static int count(int size, long count) {
        return (int) count & (size == 8 ? 63 : 31);
    }

    static long shl(Cpu cpu, int size, long a, long by) {
        int count = count(size, by);
        if (count == 0) {
            return a;
        }
        long result = a << count;
        cpu.flags(StatusFlags.of(StatusFlags.RESULT, size), align(size, result), shlFlags(size, a, count));
        return result;
    }

    /** CF and OF of a SHL by a count that is not 0. */
    static long shlFlags(int size, long a, int count) {
        int bits = 8 * size;
        boolean carry = count <= bits && (a >>> bits - count & 1) != 0;
        return flags(carry, align(size, a << count) < 0 != carry, false);
    }

    static long shr(Cpu cpu, int size, long a, long by) {
        int count = count(size, by);
        if (count == 0) {
            return a;
        }
        long result = zeroExtend(size, a) >>> count;
        cpu.flags(StatusFlags.of(StatusFlags.RESULT, size), align(size, result), shrFlags(size, a, count));
        return result;
    }

    /** CF and OF of a SHR by a count that is not 0. */
    static long shrFlags(int size, long a, int count) {
        return flags((zeroExtend(size, a) >>> count - 1 & 1) != 0, align(size, a) < 0, false);
    }

    static long sar(Cpu cpu, int size, long a, long by) {
        int count = count(size, by);
        if (count == 0) {
            return a;
        }
        long result = signExtend(size, a) >> count;
        cpu.flags(StatusFlags.of(StatusFlags.RESULT, size), align(size, result), sarFlags(size, a, count));
        return result;
    }

    /** CF of a SAR by a count that is not 0. */
    static long sarFlags(int size, long a, int count) {
        return flags((signExtend(size, a) >> count - 1 & 1) != 0, false, false);
    }

    /** Sets CF and OF; the other flags stay, not computed where they are not. */
    private static void rotated(Cpu cpu, boolean carry, boolean overflow) {
        int state = cpu.flagState;
        long a = cpu.flagA;
        long b = cpu.flagB;
        cpu.flags(
                StatusFlags.held(state),
                StatusFlags.result(state, a, b),
                StatusFlags.beside(state, a, b) & ~(Flags.CF | Flags.OF) | flags(carry, overflow, false));
    }

    static long rol(Cpu cpu, int size, long a, long by) {
        int count = count(size, by);
        if (count == 0) {
            return a;
        }
        long result = rotateLeft(size, a, count);
        boolean carry = (result & 1) != 0;
        rotated(cpu, carry, align(size, result) < 0 != carry);
        return result;
    }

    static long rotateLeft(int size, long a, int count) {
        int bits = 8 * size;
        int turn = count & bits - 1;
        long x = zeroExtend(size, a);
        return turn == 0 ? x : x << turn | x >>> bits - turn;
    }

    /** The flags before with CF and OF of a ROL by a count that is not 0. */
    static long rolFlags(long before, int size, long result) {
        boolean carry = (result & 1) != 0;
        return before & ~(Flags.CF | Flags.OF) | flags(carry, align(size, result) < 0 != carry, false);
    }

    static long ror(Cpu cpu, int size, long a, long by) {
        int count = count(size, by);
        if (count == 0) {
            return a;
        }
        long result = rotateRight(size, a, count);
        long z = align(size, result);
        rotated(cpu, z < 0, (z ^ z << 1) < 0);
        return result;
    }

    static long rotateRight(int size, long a, int count) {
        int bits = 8 * size;
        int turn = count & bits - 1;
        long x = zeroExtend(size, a);
        return turn == 0 ? x : x >>> turn | x << bits - turn;
    }

    /** The flags before with CF and OF of a ROR by a count that is not 0. */
    static long rorFlags(long before, int size, long result) {
        long z = align(size, result);
        return before & ~(Flags.CF | Flags.OF) | flags(z < 0, (z ^ z << 1) < 0, false);
    }

    static long rcl(Cpu cpu, int size, long a, long by) {
        int bits = 8 * size;
        int count = count(size, by) % (bits + 1);
        if (count == 0) {
            return a;
        }
        long x = zeroExtend(size, a);
        long carryIn = cpu.carry() ? 1 : 0;
        long result = x << count | carryIn << count - 1 | (count > 1 ? x >>> bits + 1 - count : 0);
        boolean carry = (x >>> bits - count & 1) != 0;
        rotated(cpu, carry, align(size, result) < 0 != carry);
        return result;
    }

    static long rcr(Cpu cpu, int size, long a, long by) {
        int bits = 8 * size;
        int count = count(size, by) % (bits + 1);
        if (count == 0) {
            return a;
        }
        long x = zeroExtend(size, a);
        long carryIn = cpu.carry() ? 1 : 0;
        long result =
                (count == 64 ? 0 : x >>> count) | carryIn << bits - count | (count > 1 ? x << bits + 1 - count : 0);
        long z = align(size, result);
        rotated(cpu, (x >>> count - 1 & 1) != 0, (z ^ z << 1) < 0);
        return result;
    }

    /** Shifts {@code a} left, bits of {@code b} coming in from the right. */
    static long shld(Cpu cpu, int size, long a, long b, long by) {
        int count = count(size, by);
        if (count == 0) {
            return a;
        }
        int bits = 8 * size;
        long x = zeroExtend(size, a);
        long y = zeroExtend(size, b);
        // With 16-bit operands and counts above 16 (undefined) bits of a come in again.
        long result = count <= bits
                ? (count == 64 ? 0 : x << count) | y >>> bits - count
                : y << count - bits | x >>> 2 * bits - count;
        boolean carry = count <= bits ? (x >>> bits - count & 1) != 0 : (y >>> 2 * bits - count & 1) != 0;
        long z = align(size, result);
        others(cpu, size, z, carry, (z ^ align(size, a)) < 0, false);
        return result;
    }

    /** Shifts {@code a} right, bits of {@code b} coming in from the left. */
    static long shrd(Cpu cpu, int size, long a, long b, long by) {
        int count = count(size, by);
        if (count == 0) {
            return a;
        }
        int bits = 8 * size;
        long x = zeroExtend(size, a);
        long y = zeroExtend(size, b);
        long result = count <= bits ? x >>> count | y << bits - count : y >>> count - bits | x << 2 * bits - count;
        boolean carry = (count <= bits ? x >>> count - 1 & 1 : y >>> count - bits - 1 & 1) != 0;
        long z = align(size, result);
        others(cpu, size, z, carry, (z ^ align(size, a)) < 0, false);
        return result;
    }

    // Multiplication and division.

    static long multiplyHighUnsigned(long a, long b) {
        return Math.multiplyHigh(a, b) + (a >> 63 & b) + (b >> 63 & a);
    }

    /** MUL: the accumulator times {@code a} into the accumulator and RDX, or AX. */
    static void mul(Cpu cpu, int size, long a) {
        long x = cpu.r[Cpu.RAX];
        long low = productLow(size, x, a);
        product(cpu, size, low, productHigh(size, x, a));
        cpu.flags(StatusFlags.of(StatusFlags.RESULT, size), align(size, low), productFlags(size, x, a));
    }

    /** The low half of a product of unsigned numbers, and all of it where they have less than 64 bits. */
    static long productLow(int size, long a, long b) {
        return zeroExtend(size, a) * zeroExtend(size, b);
    }

    static long productHigh(int size, long a, long b) {
        return size == 8 ? multiplyHighUnsigned(a, b) : productLow(size, a, b) >>> 8 * size;
    }

    /** CF and OF of a MUL. */
    static long productFlags(int size, long a, long b) {
        boolean wide = zeroExtend(size, productHigh(size, a, b)) != 0;
        return flags(wide, wide, false);
    }

    /** IMUL with one operand. */
    static void imul(Cpu cpu, int size, long a) {
        long x = cpu.r[Cpu.RAX];
        long low = productLowSigned(size, x, a);
        product(cpu, size, low, productHighSigned(size, x, a));
        cpu.flags(StatusFlags.of(StatusFlags.RESULT, size), align(size, low), multiplyFlags(size, x, a));
    }

    static long productLowSigned(int size, long a, long b) {
        return signExtend(size, a) * signExtend(size, b);
    }

    static long productHighSigned(int size, long a, long b) {
        return size == 8 ? Math.multiplyHigh(a, b) : productLowSigned(size, a, b) >> 8 * size;
    }

    private static void product(Cpu cpu, int size, long low, long high) {
        if (size == 1) {
            cpu.write(2, Cpu.RAX, low);
        } else {
            cpu.write(size, Cpu.RAX, low);
            cpu.write(size, Cpu.RDX, high);
        }
    }

    /** IMUL with two or three operands. */
    static long multiply(Cpu cpu, int size, long a, long b) {
        long low = signExtend(size, a) * signExtend(size, b);
        cpu.flags(StatusFlags.of(StatusFlags.RESULT, size), align(size, low), multiplyFlags(size, a, b));
        return low;
    }

    /** CF and OF of an IMUL. */
    static long multiplyFlags(int size, long a, long b) {
        long x = signExtend(size, a);
        long y = signExtend(size, b);
        long low = x * y;
        boolean wide = size == 8 ? Math.multiplyHigh(x, y) != low >> 63 : signExtend(size, low) != low;
        return flags(wide, wide, false);
    }

    /** DIV or IDIV; false, and nothing changed, where it raises #DE. */
    static boolean divides(Cpu cpu, boolean signed, int size, long a) {
        try {
            if (signed) {
                idiv(cpu, size, a);
            } else {
                div(cpu, size, a);
            }
            return true;
        } catch (Fault e) {
            return false;
        }
    }

    /** DIV of RDX and the accumulator, or of AX, by {@code a}; leaves the flags. */
    static void div(Cpu cpu, int size, long a) {
        long divisor = zeroExtend(size, a);
        if (divisor == 0) {
            throw Fault.divideError();
        }
        if (size == 8) {
            divideWide(cpu, divisor);
            return;
        }
        long dividend = dividend(cpu, size);
        long quotient = Long.divideUnsigned(dividend, divisor);
        if (zeroExtend(size, quotient) != quotient) {
            throw Fault.divideError();
        }
        quotient(cpu, size, quotient, dividend - quotient * divisor);
    }

    /** IDIV. */
    static void idiv(Cpu cpu, int size, long a) {
        long divisor = signExtend(size, a);
        if (divisor == 0) {
            throw Fault.divideError();
        }
        if (size == 8) {
            divideWideSigned(cpu, divisor);
            return;
        }
        long dividend = signExtend(2 * size, dividend(cpu, size));
        if (dividend == Long.MIN_VALUE && divisor == -1) {
            throw Fault.divideError();
        }
        long quotient = dividend / divisor;
        if (signExtend(size, quotient) != quotient) {
            throw Fault.divideError();
        }
        quotient(cpu, size, quotient, dividend - quotient * divisor);
    }

    private static long dividend(Cpu cpu, int size) {
        if (size == 1) {
            return cpu.r[Cpu.RAX] & 0xffff;
        }
        return zeroExtend(size, cpu.r[Cpu.RDX]) << 8 * size | zeroExtend(size, cpu.r[Cpu.RAX]);
    }

    private static void quotient(Cpu cpu, int size, long quotient, long remainder) {
        if (size == 1) {
            cpu.write(2, Cpu.RAX, (remainder & 0xff) << 8 | quotient & 0xff);
        } else {
            cpu.write(size, Cpu.RAX, quotient);
            cpu.write(size, Cpu.RDX, remainder);
        }
    }

    private static void divideWide(Cpu cpu, long divisor) {
        long high = cpu.r[Cpu.RDX];
        long low = cpu.r[Cpu.RAX];
        if (Long.compareUnsigned(high, divisor) >= 0) {
            throw Fault.divideError();
        }
        long quotient = quotient128(high, low, divisor);
        quotient(cpu, 8, quotient, low - quotient * divisor);
    }

    private static void divideWideSigned(Cpu cpu, long divisor) {
        long high = cpu.r[Cpu.RDX];
        long low = cpu.r[Cpu.RAX];
        boolean negative = high < 0;
        if (negative) {
            high = ~high + (low == 0 ? 1 : 0);
            low = -low;
        }
        long magnitude = Math.abs(divisor);
        if (Long.compareUnsigned(high, magnitude) >= 0) {
            throw Fault.divideError();
        }
        long quotient = quotient128(high, low, magnitude);
        long remainder = low - quotient * magnitude;
        boolean minus = negative != divisor < 0;
        if (quotient < 0 && !(minus && quotient == Long.MIN_VALUE)) {
            throw Fault.divideError();
        }
        quotient(cpu, 8, minus ? -quotient : quotient, negative ? -remainder : remainder);
    }

    /** {@code (high:low) / divisor}, unsigned, where {@code high < divisor}. */
    private static long quotient128(long high, long low, long divisor) {
        if (high == 0) {
            return Long.divideUnsigned(low, divisor);
        }
        long remainder = high;
        long quotient = 0;
        for (int i = 63; i >= 0; i--) {
            boolean over = remainder < 0;
            remainder = remainder << 1 | low >>> i & 1;
            quotient <<= 1;
            if (over || Long.compareUnsigned(remainder, divisor) >= 0) {
                remainder -= divisor;
                quotient |= 1;
            }
        }
        return quotient;
    }

    // Bits.

    /** Puts a bit of {@code a} into CF and leaves the other flags. */
    static void bitTest(Cpu cpu, int size, long a, long index) {
        cpu.flags(StatusFlags.BITS, 0, bitFlags(cpu.statusFlags(), size, a, index));
    }

    /** The flags before with a bit of {@code a} as CF. */
    static long bitFlags(long before, int size, long a, long index) {
        boolean set = (a >>> (index & 8 * size - 1) & 1) != 0;
        return before & ~Flags.CF | (set ? Flags.CF : 0);
    }

    static long bitMask(int size, long index) {
        return 1L << (index & 8 * size - 1);
    }

    private static void scanned(Cpu cpu, int size, long source) {
        // Only ZF is defined; Intel processors clear CF and OF.
        cpu.flags(StatusFlags.of(StatusFlags.RESULT, size), align(size, source), 0);
    }

    static long bsf(Cpu cpu, int size, long a) {
        long x = zeroExtend(size, a);
        scanned(cpu, size, x);
        return lowestBit(x);
    }

    static long bsr(Cpu cpu, int size, long a) {
        long x = zeroExtend(size, a);
        scanned(cpu, size, x);
        return highestBit(x);
    }

    static long lowestBit(long a) {
        return Long.numberOfTrailingZeros(a);
    }

    static long highestBit(long a) {
        return 63 - Long.numberOfLeadingZeros(a);
    }

    private static long counted(Cpu cpu, int size, long source, long result) {
        cpu.flags(StatusFlags.of(StatusFlags.RESULT, size), align(size, result), source == 0 ? Flags.CF : 0);
        return result;
    }

    static long tzcnt(Cpu cpu, int size, long a) {
        long x = zeroExtend(size, a);
        return counted(cpu, size, x, x == 0 ? 8L * size : Long.numberOfTrailingZeros(x));
    }

    static long lzcnt(Cpu cpu, int size, long a) {
        long x = zeroExtend(size, a);
        return counted(cpu, size, x, Long.numberOfLeadingZeros(x) - (64 - 8 * size));
    }

    static long popcnt(Cpu cpu, int size, long a) {
        long x = zeroExtend(size, a);
        cpu.flags(StatusFlags.BITS, 0, x == 0 ? Flags.ZF : 0);
        return Long.bitCount(x);
    }

    /** CRC32 with the Castagnoli polynomial, bit-reflected (SDM volume 2, CRC32). */
    static long crc32(int size, long crc, long data) {
        long sum = crc & 0xffffffffL;
        for (int i = 0; i < size; i++) {
            sum ^= data >>> 8 * i & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                sum = sum >>> 1 ^ ((sum & 1) != 0 ? 0x82f63b78L : 0);
            }
        }
        return sum;
    }
}
