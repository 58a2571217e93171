package org.pvdiet.emulator.cpu;

import java.math.BigInteger;

/**
 * A floating-point datum taken apart, of any of the binary formats that x87 and SSE know, and the arithmetic of IEEE 754 on
 * it: exact operations, rounded once to a {@link Format}. Exceptions are flags in the bit order that MXCSR and the x87
 * status word share (SDM volume 1, sections 4.9 and 10.2.3).
 *
 * @param kind what it is
 * @param negative the sign, of zeroes and NaNs too
 * @param exponent of the significand's highest bit, 0 unless finite
 * @param significand with its highest bit set where finite; for a NaN, the bits after the point from bit 62 down
 */
record Real(Kind kind, boolean negative, int exponent, long significand) {
    enum Kind {
        ZERO,
        FINITE,
        INFINITY,
        NAN
    }

    /** Exception flags. */
    static final int INVALID = 1;

    static final int DENORMAL = 2;
    static final int DIVIDE_BY_ZERO = 4;
    static final int OVERFLOW = 8;
    static final int UNDERFLOW = 16;
    static final int INEXACT = 32;

    /** Those that are met before there is a result. */
    static final int OF_OPERANDS = INVALID | DENORMAL | DIVIDE_BY_ZERO;

    /** Rounding control, in the encoding of MXCSR.RC and of the x87 control word. */
    static final int NEAREST = 0;

    static final int DOWN = 1;
    static final int UP = 2;
    static final int TO_ZERO = 3;

    private static final long TOP = 1L << 63;
    private static final long QUIET = 1L << 62;

    /** A format: bits of precision with the leading one, and the exponents of normal numbers. */
    enum Format {
        SINGLE(24, -126, 127),
        DOUBLE(53, -1022, 1023),
        EXTENDED(64, -16382, 16383),
        /** Extended range with the precision that the x87 control word's PC asks for. */
        EXTENDED_TO_SINGLE(24, -16382, 16383),
        EXTENDED_TO_DOUBLE(53, -16382, 16383),
        /** For what is within an operation, and not its result: neither tiny nor huge, whatever the exponent. */
        UNBOUNDED(64, Integer.MIN_VALUE, Integer.MAX_VALUE);

        final int precision;
        final int least;
        final int most;

        Format(int precision, int least, int most) {
            this.precision = precision;
            this.least = least;
            this.most = most;
        }
    }

    /** What an operation is done under, and the exceptions that it met. */
    static final class Context {
        int rounding;

        /** Exceptions that have a masked response. */
        int masks;

        int flags;

        /** The magnitude was rounded up, which x87's C1 tells. */
        boolean up;

        /** MXCSR.FZ. */
        boolean flushToZero;

        /** MXCSR.DAZ. */
        boolean denormalsAreZeros;

        Context begin(int roundingMode, int maskedExceptions) {
            rounding = roundingMode;
            masks = maskedExceptions;
            flags = 0;
            up = false;
            flushToZero = false;
            denormalsAreZeros = false;
            return this;
        }

        /** An invalid operation and a division by zero are noticed before a denormal operand. */
        void denormalGivesWay() {
            if ((flags & (INVALID | DIVIDE_BY_ZERO)) != 0) {
                flags &= ~DENORMAL;
            }
        }
    }

    /** The QNaN floating-point indefinite (SDM volume 1, table 4-3). */
    static final Real INDEFINITE = new Real(Kind.NAN, true, 0, QUIET);

    /**
     * What x87 does not support: unnormals, pseudo-NaNs and pseudo-infinities. A signaling NaN that no format has, and that
     * becomes the indefinite.
     */
    static final Real UNSUPPORTED = new Real(Kind.NAN, true, 0, 0);

    /** What x87 adds to an exponent to give a result whose underflow is not masked (SDM volume 1, section 8.5.5). */
    private static final int BIAS_ADJUST = 24576;

    static Real zero(boolean negative) {
        return new Real(Kind.ZERO, negative, 0, 0);
    }

    static Real infinity(boolean negative) {
        return new Real(Kind.INFINITY, negative, 0, 0);
    }

    boolean isNan() {
        return kind == Kind.NAN;
    }

    boolean isZero() {
        return kind == Kind.ZERO;
    }

    boolean isInfinite() {
        return kind == Kind.INFINITY;
    }

    boolean isSignaling() {
        return kind == Kind.NAN && (significand & QUIET) == 0;
    }

    Real quiet() {
        return isSignaling() ? new Real(kind, negative, 0, significand | QUIET) : this;
    }

    Real negated() {
        return new Real(kind, !negative, exponent, significand);
    }

    Real withSign(boolean sign) {
        return sign == negative ? this : negated();
    }

    // Formats.

    static Real ofSingle(int bits) {
        return of(bits < 0, bits >>> 23 & 0xff, (long) bits << 40 & ~TOP, 0xff, 127);
    }

    static Real ofDouble(long bits) {
        return of(bits < 0, (int) (bits >>> 52) & 0x7ff, bits << 11 & ~TOP, 0x7ff, 1023);
    }

    private static Real of(boolean negative, int biased, long fraction, int special, int bias) {
        if (biased == special) {
            return fraction == 0 ? infinity(negative) : new Real(Kind.NAN, negative, 0, fraction);
        }
        if (biased == 0) {
            return denormal(negative, 1 - bias, fraction);
        }
        return new Real(Kind.FINITE, negative, biased - bias, fraction | TOP);
    }

    private static Real denormal(boolean negative, int exponent, long fraction) {
        if (fraction == 0) {
            return zero(negative);
        }
        int shift = Long.numberOfLeadingZeros(fraction);
        return new Real(Kind.FINITE, negative, exponent - shift, fraction << shift);
    }

    /** From the x87's own format. */
    static Real ofExtended(int signExponent, long significand) {
        boolean negative = (signExponent & 0x8000) != 0;
        int biased = signExponent & 0x7fff;
        if (biased == 0) {
            return denormal(negative, -16382, significand);
        }
        if (significand >= 0) {
            return UNSUPPORTED;
        }
        if (biased == 0x7fff) {
            return significand == TOP ? infinity(negative) : new Real(Kind.NAN, negative, 0, significand & ~TOP);
        }
        return new Real(Kind.FINITE, negative, biased - 16383, significand);
    }

    static Real ofLong(long value) {
        if (value == 0) {
            return zero(false);
        }
        long magnitude = Math.abs(value);
        int shift = Long.numberOfLeadingZeros(magnitude);
        return new Real(Kind.FINITE, value < 0, 63 - shift, magnitude << shift);
    }

    /** The bits of a datum that has been rounded to single precision. */
    int toSingle() {
        return (int) bits(24, 127, 0xff) | (negative ? 1 << 31 : 0);
    }

    /** The bits of a datum that has been rounded to double precision. */
    long toDouble() {
        return bits(53, 1023, 0x7ff) | (negative ? TOP : 0);
    }

    private long bits(int precision, int bias, int special) {
        int drop = 64 - precision;
        int width = precision - 1;
        return switch (kind) {
            case ZERO -> 0;
            case INFINITY -> (long) special << width;
            case NAN -> (long) special << width | significand >>> drop;
            case FINITE ->
                exponent < 1 - bias
                        ? significand >>> drop + 1 - bias - exponent
                        : (long) (exponent + bias) << width | (significand & ~TOP) >>> drop;
        };
    }

    int extendedSignExponent() {
        int sign = negative ? 0x8000 : 0;
        return switch (kind) {
            case ZERO -> sign;
            case INFINITY, NAN -> sign | 0x7fff;
            case FINITE -> sign | Math.max(0, exponent + 16383);
        };
    }

    long extendedSignificand() {
        return switch (kind) {
            case ZERO -> 0;
            case INFINITY -> TOP;
            case NAN -> significand | TOP;
            case FINITE -> exponent < -16382 ? significand >>> -16382 - exponent : significand;
        };
    }

    /** True for a number too small to be normal in the format. */
    boolean isDenormal(Format format) {
        return kind == Kind.FINITE && exponent < format.least;
    }

    // Rounding.

    /** This datum rounded to a format; a signaling NaN becomes quiet and is invalid. */
    Real rounded(Format format, Context context) {
        if (kind == Kind.NAN) {
            if (isSignaling()) {
                context.flags |= INVALID;
            }
            Real quiet = quiet();
            long kept = quiet.significand & -(1L << 64 - format.precision);
            return new Real(Kind.NAN, negative, 0, kept);
        }
        return kind == Kind.FINITE ? round(negative, exponent, significand, 0, false, format, context) : this;
    }

    /** Rounds a 128-bit significand whose highest bit is set, {@code sticky} saying that bits below it were lost. */
    private static Real round(
            boolean negative, int exponent, long high, long low, boolean sticky, Format format, Context context) {
        int drop = 64 - format.precision;
        if (exponent < format.least) {
            // Tiny after rounding as if the exponent had no bounds (SDM volume 1, section 4.9.1.5).
            Real unbounded = cut(negative, exponent, high, low, sticky, drop, context);
            if (unbounded.exponent < format.least) {
                return tiny(unbounded, negative, exponent, high, low, sticky, format, context);
            }
            drop += format.least - exponent;
        }
        context.up = false;
        Real result = cut(negative, exponent, high, low, sticky, drop, context);
        context.flags |= isInexact(high, low, sticky, drop) ? INEXACT : 0;
        if (result.exponent <= format.most) {
            return result;
        }
        context.flags |= OVERFLOW;
        if ((context.masks & OVERFLOW) == 0) {
            if (result.exponent - BIAS_ADJUST > format.most) {
                context.flags |= INEXACT;
                context.up = true;
                return infinity(negative);
            }
            return new Real(Kind.FINITE, negative, result.exponent - BIAS_ADJUST, result.significand);
        }
        context.flags |= INEXACT;
        context.up = context.rounding == NEAREST || context.rounding == (negative ? DOWN : UP);
        return context.up
                ? infinity(negative)
                : new Real(Kind.FINITE, negative, format.most, -(1L << 64 - format.precision));
    }

    private static Real tiny(
            Real unbounded,
            boolean negative,
            int exponent,
            long high,
            long low,
            boolean sticky,
            Format format,
            Context context) {
        if (context.flushToZero) {
            context.flags |= UNDERFLOW | INEXACT;
            return zero(negative);
        }
        if ((context.masks & UNDERFLOW) == 0) {
            // Not masked, it is an exception where the result is exact too.
            context.flags |= UNDERFLOW | (isInexact(high, low, sticky, 64 - format.precision) ? INEXACT : 0);
            if (unbounded.exponent + BIAS_ADJUST < format.least) {
                context.flags |= INEXACT;
                context.up = false;
                return zero(negative);
            }
            return new Real(Kind.FINITE, negative, unbounded.exponent + BIAS_ADJUST, unbounded.significand);
        }
        int drop = 64 - format.precision + format.least - exponent;
        context.up = false;
        context.flags |= isInexact(high, low, sticky, drop) ? INEXACT | UNDERFLOW : 0;
        return cut(negative, exponent, high, low, sticky, drop, context);
    }

    private static boolean isInexact(long high, long low, boolean sticky, int drop) {
        return sticky || low != 0 || drop > 64 || (high & lowMask(drop)) != 0;
    }

    private static long lowMask(int bits) {
        return bits >= 64 ? -1L : (1L << bits) - 1;
    }

    /** Drops all of {@code low} and the {@code drop} low bits of {@code high}, rounding. */
    private static Real cut(
            boolean negative, int exponent, long high, long low, boolean sticky, int drop, Context context) {
        long kept = drop >= 64 ? 0 : high >>> drop;
        boolean half;
        boolean below;
        if (drop == 0) {
            half = low < 0;
            below = sticky || (low & ~TOP) != 0;
        } else {
            half = drop <= 64 && (high >>> drop - 1 & 1) != 0;
            below = sticky || low != 0 || drop > 64 || (high & lowMask(drop - 1)) != 0;
        }
        boolean up = switch (context.rounding) {
            case NEAREST -> half && (below || (kept & 1) != 0);
            case DOWN -> negative && (half || below);
            case UP -> !negative && (half || below);
            default -> false;
        };
        if (up) {
            context.up = true;
            if (++kept == 0) {
                return new Real(Kind.FINITE, negative, exponent + 1, TOP);
            }
        }
        if (kept == 0) {
            return zero(negative);
        }
        int shift = Long.numberOfLeadingZeros(kept);
        return new Real(Kind.FINITE, negative, exponent + drop - shift, kept << shift);
    }

    // Arithmetic.

    Real plus(Real other, Format format, Context context) {
        if (isInfinite() || other.isInfinite()) {
            if (isInfinite() && other.isInfinite() && negative != other.negative) {
                context.flags |= INVALID;
                return INDEFINITE;
            }
            return isInfinite() ? this : other;
        }
        if (isZero() && other.isZero()) {
            return zero(negative == other.negative ? negative : context.rounding == DOWN);
        }
        if (isZero() || other.isZero()) {
            return (isZero() ? other : this).rounded(format, context);
        }
        boolean swap = other.exponent > exponent
                || other.exponent == exponent && Long.compareUnsigned(other.significand, significand) > 0;
        Real large = swap ? other : this;
        Real small = swap ? this : other;
        int distance = large.exponent - small.exponent;
        // 128-bit significands, high and low; what leaves the low word is sticky.
        long smallHigh = distance < 64 ? small.significand >>> distance : 0;
        long smallLow = distance == 0
                ? 0
                : distance < 64
                        ? small.significand << 64 - distance
                        : distance == 64 ? small.significand : distance < 128 ? small.significand >>> distance - 64 : 0;
        boolean sticky = distance > 64 && (distance >= 128 || (small.significand & lowMask(distance - 64)) != 0);
        long high;
        long low;
        int exponentOut = large.exponent;
        if (negative == other.negative) {
            low = smallLow;
            high = large.significand + smallHigh;
            if (Long.compareUnsigned(high, smallHigh) < 0) {
                sticky |= (low & 1) != 0;
                low = low >>> 1 | high << 63;
                high = high >>> 1 | TOP;
                exponentOut++;
            }
        } else {
            // The lost bits make the subtrahend larger: borrow one and stay sticky.
            low = -smallLow - (sticky ? 1 : 0);
            boolean borrow = smallLow != 0 || sticky;
            high = large.significand - smallHigh - (borrow ? 1 : 0);
            if (high == 0 && low == 0 && !sticky) {
                return zero(context.rounding == DOWN);
            }
            int shift = high != 0 ? Long.numberOfLeadingZeros(high) : 64 + Long.numberOfLeadingZeros(low);
            if (shift >= 64) {
                high = low << shift - 64;
                low = 0;
            } else if (shift > 0) {
                high = high << shift | low >>> 64 - shift;
                low <<= shift;
            }
            exponentOut -= shift;
        }
        return round(large.negative, exponentOut, high, low, sticky, format, context);
    }

    Real times(Real other, Format format, Context context) {
        boolean sign = negative != other.negative;
        if (isInfinite() || other.isInfinite()) {
            if (isZero() || other.isZero()) {
                context.flags |= INVALID;
                return INDEFINITE;
            }
            return infinity(sign);
        }
        if (isZero() || other.isZero()) {
            return zero(sign);
        }
        long high = unsignedMultiplyHigh(significand, other.significand);
        long low = significand * other.significand;
        int exponentOut = exponent + other.exponent + 1;
        if (high > 0) {
            high = high << 1 | low >>> 63;
            low <<= 1;
            exponentOut--;
        }
        return round(sign, exponentOut, high, low, false, format, context);
    }

    static long unsignedMultiplyHigh(long a, long b) {
        return Math.multiplyHigh(a, b) + (a >> 63 & b) + (b >> 63 & a);
    }

    Real dividedBy(Real other, Format format, Context context) {
        boolean sign = negative != other.negative;
        if (isInfinite() && other.isInfinite() || isZero() && other.isZero()) {
            context.flags |= INVALID;
            return INDEFINITE;
        }
        if (isInfinite() || other.isZero()) {
            if (!isInfinite()) {
                context.flags |= DIVIDE_BY_ZERO;
            }
            return infinity(sign);
        }
        if (isZero() || other.isInfinite()) {
            return zero(sign);
        }
        BigInteger[] parts = unsigned(significand).shiftLeft(66).divideAndRemainder(unsigned(other.significand));
        return ofInteger(sign, parts[0], exponent - other.exponent - 66, parts[1].signum() != 0, format, context);
    }

    Real squareRoot(Format format, Context context) {
        if (isZero()) {
            return this;
        }
        if (negative) {
            context.flags |= INVALID;
            return INDEFINITE;
        }
        if (isInfinite()) {
            return this;
        }
        int shift = 70 + ((exponent & 1) == 0 ? 1 : 0);
        BigInteger[] parts = unsigned(significand).shiftLeft(shift).sqrtAndRemainder();
        return ofInteger(false, parts[0], exponent - 63 - shift >> 1, parts[1].signum() != 0, format, context);
    }

    private static BigInteger unsigned(long value) {
        return new BigInteger(Long.toUnsignedString(value));
    }

    /** {@code magnitude * 2^scale}, and a little more where {@code sticky}, rounded. */
    static Real ofInteger(
            boolean negative, BigInteger magnitude, int scale, boolean sticky, Format format, Context context) {
        if (magnitude.signum() == 0) {
            return zero(negative);
        }
        int excess = magnitude.bitLength() - 128;
        BigInteger wide = excess > 0 ? magnitude.shiftRight(excess) : magnitude.shiftLeft(-excess);
        boolean lost = sticky || excess > 0 && magnitude.getLowestSetBit() < excess;
        return round(
                negative,
                scale + magnitude.bitLength() - 1,
                wide.shiftRight(64).longValue(),
                wide.longValue(),
                lost,
                format,
                context);
    }

    /** The integer that this rounds to, in the mode of {@code context}, as a datum. */
    Real roundedToInteger(Context context) {
        if (kind != Kind.FINITE || exponent >= 63) {
            return rounded(Format.EXTENDED, context);
        }
        int drop = 63 - exponent;
        boolean inexact = drop > 64 || (significand & lowMask(drop)) != 0;
        if (inexact) {
            context.flags |= INEXACT;
        }
        context.up = false;
        return cut(negative, exponent, significand, 0, false, drop, context);
    }

    /**
     * The integer that this rounds to, in two's complement of {@code bits} bits; the integer indefinite, and invalid, where
     * there is none.
     */
    long toInteger(int bits, Context context) {
        long indefinite = -1L << bits - 1;
        if (kind == Kind.NAN || kind == Kind.INFINITY) {
            context.flags |= INVALID;
            return indefinite;
        }
        if (kind == Kind.ZERO) {
            return 0;
        }
        int before = context.flags;
        Real whole = roundedToInteger(context);
        if (whole.kind == Kind.ZERO) {
            return 0;
        }
        boolean least = whole.negative && whole.exponent == bits - 1 && whole.significand == TOP;
        if (whole.exponent >= bits - 1 && !least) {
            context.flags = before | INVALID;
            context.up = false;
            return indefinite;
        }
        long magnitude = whole.significand >>> 63 - whole.exponent;
        return whole.negative ? -magnitude : magnitude;
    }

    /** -1, 0 or 1; neither may be a NaN. */
    int compareTo(Real other) {
        if (isZero() && other.isZero()) {
            return 0;
        }
        if (isZero()) {
            return other.negative ? 1 : -1;
        }
        if (other.isZero() || negative != other.negative) {
            return negative ? -1 : 1;
        }
        int magnitude;
        if (isInfinite() || other.isInfinite()) {
            magnitude = Boolean.compare(isInfinite(), other.isInfinite());
        } else if (exponent != other.exponent) {
            magnitude = Integer.compare(exponent, other.exponent);
        } else {
            magnitude = Long.compareUnsigned(significand, other.significand);
        }
        return negative ? -magnitude : magnitude;
    }
}
