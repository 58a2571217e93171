package org.pvdiet.emulator.cpu;

import java.math.BigInteger;
import org.pvdiet.emulator.cpu.Real.Context;
import org.pvdiet.emulator.cpu.Real.Format;
import org.pvdiet.emulator.cpu.Real.Kind;
import org.pvdiet.emulator.cpu.decode.Mnemonic;

/**
 * The transcendental x87 instructions. Arguments are reduced exactly, with the 66 bits of pi that processors have (SDM volume
 * 1, section 8.3.8); then {@link StrictMath} answers with double precision, so results are the same on every host, and their
 * relative error is below 2^-50 where a processor's is below 2^-63.
 */
final class X87Transcendentals {
    /** Pi's first 66 bits: this times 2^-64. */
    private static final BigInteger PI = new BigInteger("3243F6A8885A308D3", 16);

    private static final int PI_SCALE = -64;

    private static final Real LN2 = Real.ofExtended(0x3ffe, 0xb17217f7d1cf79acL);
    private static final Real LOG2E = Real.ofExtended(0x3fff, 0xb8aa3b295c17f0bcL);

    /** Below 2 to this, a function is its series' first term. */
    private static final int SMALL = -40;

    private interface Unary {
        Real apply(Real x, Context context);
    }

    private interface Binary {
        Real apply(Real x, Real y, Context context);
    }

    private X87Transcendentals() {}

    static void define(InstructionSet set) {
        X87Instructions.waiting(set, Mnemonic.F2XM1, (cpu, fpu, a) -> replace(fpu, X87Transcendentals::powerLessOne));
        X87Instructions.waiting(set, Mnemonic.FSIN, (cpu, fpu, a) -> angle(fpu, true, false, false));
        X87Instructions.waiting(set, Mnemonic.FCOS, (cpu, fpu, a) -> angle(fpu, false, true, false));
        X87Instructions.waiting(set, Mnemonic.FSINCOS, (cpu, fpu, a) -> angle(fpu, true, true, false));
        X87Instructions.waiting(set, Mnemonic.FPTAN, (cpu, fpu, a) -> angle(fpu, false, false, true));
        X87Instructions.waiting(set, Mnemonic.FYL2X, (cpu, fpu, a) -> combine(fpu, X87Transcendentals::logarithm));
        X87Instructions.waiting(
                set, Mnemonic.FYL2XP1, (cpu, fpu, a) -> combine(fpu, X87Transcendentals::logarithmOfOneMore));
        X87Instructions.waiting(set, Mnemonic.FPATAN, (cpu, fpu, a) -> combine(fpu, X87Transcendentals::arcTangent));
    }

    // Results that no format holds exactly.

    private static Real inexact(double value, Context context) {
        context.flags |= Real.INEXACT;
        return Real.ofDouble(Double.doubleToRawLongBits(value));
    }

    private static Real times(Real a, Real b, Context context) {
        return a.times(b, Format.EXTENDED, context);
    }

    /** A finite number as a double times 2 to its exponent. */
    private static double fraction(Real x) {
        double magnitude = (x.significand() >>> 1) * 0x1p-62;
        return x.negative() ? -magnitude : magnitude;
    }

    private static double toDouble(Real x) {
        return x.isZero() ? 0 : StrictMath.scalb(fraction(x), Math.max(-1100, Math.min(1100, x.exponent())));
    }

    private static void replace(Fpu fpu, Unary f) {
        if (X87Instructions.isEmpty(fpu, 0)) {
            if (!X87Instructions.stackFault(fpu, false)) {
                X87Instructions.set(fpu, 0, Real.INDEFINITE);
            }
            return;
        }
        Context context = X87Instructions.begin(fpu);
        Real x = X87Instructions.get(fpu, 0);
        Real result = x.isNan() ? X87Instructions.propagate(x, x, context) : f.apply(x, context);
        finish(fpu, context, X87Instructions.isDenormal(fpu, 0), 0, result);
    }

    /** ST(1) = f(ST(0), ST(1)), and pops. */
    private static void combine(Fpu fpu, Binary f) {
        if (X87Instructions.isEmpty(fpu, 0) || X87Instructions.isEmpty(fpu, 1)) {
            if (!X87Instructions.stackFault(fpu, false)) {
                X87Instructions.set(fpu, 1, Real.INDEFINITE);
                X87Instructions.pop(fpu);
            }
            return;
        }
        Context context = X87Instructions.begin(fpu);
        Real x = X87Instructions.get(fpu, 0);
        Real y = X87Instructions.get(fpu, 1);
        boolean denormal = X87Instructions.isDenormal(fpu, 0) || X87Instructions.isDenormal(fpu, 1);
        boolean nan = x.isNan() || y.isNan();
        Real result = nan ? X87Instructions.propagate(x, y, context) : f.apply(x, y, context);
        if (finish(fpu, context, denormal && !nan, 1, result)) {
            X87Instructions.pop(fpu);
        }
    }

    private static boolean finish(Fpu fpu, Context context, boolean denormal, int target, Real result) {
        context.flags |= denormal ? Real.DENORMAL : 0;
        context.denormalGivesWay();
        if (X87Instructions.raise(fpu, context)) {
            return false;
        }
        X87Instructions.set(fpu, target, result);
        return true;
    }

    // Exponentials and logarithms.

    /** 2^x - 1; the SDM defines it from -1 to 1. */
    private static Real powerLessOne(Real x, Context context) {
        if (x.isZero()) {
            return x;
        }
        if (x.isInfinite()) {
            return x.negative() ? one(true) : x;
        }
        if (x.exponent() == 0 && x.significand() == Long.MIN_VALUE) {
            return x.negative() ? Real.ofDouble(Double.doubleToRawLongBits(-0.5)) : one(false);
        }
        if (x.exponent() >= 0) {
            return x;
        }
        if (x.exponent() < SMALL) {
            // The next term is x * ln 2 / 2 of this one.
            Real first = times(x, LN2, context);
            context.flags |= Real.INEXACT;
            return x.exponent() < -64
                    ? first
                    : times(first, ofDouble(1 + toDouble(x) * StrictMath.log(2) / 2), context);
        }
        return inexact(StrictMath.expm1(toDouble(x) * StrictMath.log(2)), context);
    }

    private static Real one(boolean negative) {
        return new Real(Kind.FINITE, negative, 0, Long.MIN_VALUE);
    }

    private static Real ofDouble(double value) {
        return Real.ofDouble(Double.doubleToRawLongBits(value));
    }

    /** y * log2(x). */
    private static Real logarithm(Real x, Real y, Context context) {
        if (x.isZero()) {
            if (y.isZero()) {
                return invalid(context);
            }
            if (!y.isInfinite()) {
                context.flags |= Real.DIVIDE_BY_ZERO;
            }
            return Real.infinity(!y.negative());
        }
        if (x.negative()) {
            return invalid(context);
        }
        Real logarithm;
        if (x.isInfinite()) {
            logarithm = x;
        } else if (x.significand() == Long.MIN_VALUE) {
            logarithm = Real.ofLong(x.exponent());
        } else {
            // From 0.5 to 1 take the distance from 1 above, so that it is exact on both sides of 1.
            boolean above = fraction(x) > 1.4142;
            int exponent = above ? x.exponent() + 1 : x.exponent();
            Real less = new Real(Kind.FINITE, false, above ? -1 : 0, x.significand())
                    .plus(one(true), Format.EXTENDED, new Context());
            double log = logarithmOfOneMore(less);
            logarithm = exponent == 0 ? scaled(log, less) : ofDouble(exponent + log * toDouble(less));
            context.flags |= Real.INEXACT;
        }
        return product(logarithm, y, context);
    }

    /** log2(1 + x) / x, which is close to log2(e) where x is small. */
    private static double logarithmOfOneMore(Real x) {
        if (x.exponent() < SMALL) {
            return (1 - toDouble(x) / 2) / StrictMath.log(2);
        }
        double value = toDouble(x);
        return StrictMath.log1p(value) / value / StrictMath.log(2);
    }

    private static Real scaled(double factor, Real x) {
        return times(ofDouble(factor), x, new Context());
    }

    private static Real product(Real logarithm, Real y, Context context) {
        if (logarithm.isZero() && y.isInfinite() || logarithm.isInfinite() && y.isZero()) {
            return invalid(context);
        }
        return times(logarithm, y, context);
    }

    /** y * log2(x + 1); the SDM defines it for x within 1 - sqrt(2) / 2 of zero. */
    private static Real logarithmOfOneMore(Real x, Real y, Context context) {
        if (x.isZero() || x.isInfinite()) {
            if (x.isInfinite() && x.negative()) {
                return invalid(context);
            }
            return product(x, y, context);
        }
        if (x.negative() && x.exponent() >= 0) {
            return invalid(context);
        }
        if (y.isZero() || y.isInfinite()) {
            return product(x, y, context);
        }
        context.flags |= Real.INEXACT;
        if (x.exponent() < -64) {
            return times(x.times(LOG2E, Format.UNBOUNDED, new Context()), y, context);
        }
        return times(scaled(logarithmOfOneMore(x), x), y, context);
    }

    private static Real invalid(Context context) {
        context.flags |= Real.INVALID;
        return Real.INDEFINITE;
    }

    // Angles.

    private static Real pi(double times, boolean negative, Context context) {
        context.flags |= Real.INEXACT;
        Real pi = Real.ofExtended(0x4000, 0xc90fdaa22168c235L).withSign(negative);
        return pi.times(ofDouble(times), Format.EXTENDED, context);
    }

    /** The angle of (x, y), from -pi to pi (SDM volume 2, table 3-31). */
    private static Real arcTangent(Real x, Real y, Context context) {
        boolean sign = y.negative();
        if (y.isZero() || x.isInfinite() && !y.isInfinite()) {
            return x.negative() ? pi(1, sign, context) : Real.zero(sign);
        }
        if (y.isInfinite()) {
            return x.isInfinite() ? pi(x.negative() ? 0.75 : 0.25, sign, context) : pi(0.5, sign, context);
        }
        if (x.isZero() || y.exponent() - x.exponent() > 66) {
            return pi(0.5, sign, context);
        }
        int distance = y.exponent() - x.exponent();
        if (distance < -66) {
            return x.negative() ? pi(1, sign, context) : y.dividedBy(x, Format.EXTENDED, context);
        }
        return inexact(StrictMath.atan2(StrictMath.scalb(fraction(y), distance), fraction(x)), context);
    }

    private static final int OUT_OF_RANGE = 63;

    private static void angle(Fpu fpu, boolean sine, boolean cosine, boolean tangent) {
        boolean two = sine && cosine || tangent;
        fpu.statusWord &= ~X87Instructions.C2;
        boolean empty = X87Instructions.isEmpty(fpu, 0);
        if (empty || two && !X87Instructions.isEmpty(fpu, 7)) {
            if (!X87Instructions.stackFault(fpu, !empty)) {
                if (two) {
                    X87Instructions.pushTwoIndefinites(fpu);
                } else {
                    X87Instructions.set(fpu, 0, Real.INDEFINITE);
                }
            }
            return;
        }
        Real x = X87Instructions.get(fpu, 0);
        if (x.kind() == Kind.FINITE && x.exponent() >= OUT_OF_RANGE) {
            fpu.statusWord = fpu.statusWord & ~X87Instructions.C1 | X87Instructions.C2;
            return;
        }
        Context context = X87Instructions.begin(fpu);
        boolean denormal = X87Instructions.isDenormal(fpu, 0);
        Real first;
        Real second = one(false);
        if (x.isNan() || x.isInfinite()) {
            first = x.isNan() ? X87Instructions.propagate(x, x, context) : invalid(context);
            second = first;
        } else if (x.isZero()) {
            first = sine || tangent ? x : one(false);
        } else {
            Angle reduced = Angle.of(x);
            first = tangent ? reduced.tangent(context) : sine ? reduced.sine(context) : reduced.cosine(context);
            if (sine && cosine) {
                second = reduced.cosine(context);
            }
        }
        if (finish(fpu, context, denormal, 0, first) && two) {
            int status = fpu.statusWord;
            X87Instructions.push(fpu, second);
            fpu.statusWord = status;
        }
    }

    /**
     * An angle as a multiple of a quarter turn and a rest of at most half of one.
     *
     * @param exact the rest, where it is too small for a double to keep its precision
     */
    private record Angle(int quarter, double rest, Real exact) {
        static Angle of(Real x) {
            if (x.exponent() < SMALL) {
                return new Angle(0, toDouble(x), x);
            }
            // Quarter turns are integers at this scale; so is x, since its lowest bit is 2^-103 at least.
            int scale = SMALL - 63;
            BigInteger quarterTurn = PI.shiftLeft(PI_SCALE - 1 - scale);
            BigInteger value =
                    new BigInteger(Long.toUnsignedString(x.significand())).shiftLeft(x.exponent() - 63 - scale);
            BigInteger[] parts = value.divideAndRemainder(quarterTurn);
            int quarter = parts[0].intValue() & 3;
            BigInteger rest = parts[1];
            if (rest.shiftLeft(1).compareTo(quarterTurn) > 0) {
                rest = rest.subtract(quarterTurn);
                quarter++;
            }
            if (x.negative()) {
                rest = rest.negate();
                quarter = -quarter;
            }
            double angle = rest.signum() == 0 ? 0 : StrictMath.scalb(rest.doubleValue(), scale);
            Real exact = Real.ofInteger(rest.signum() < 0, rest.abs(), scale, false, Format.EXTENDED, new Context());
            return new Angle(quarter & 3, angle, exact);
        }

        private boolean isSmall() {
            return exact.isZero() || exact.exponent() < SMALL;
        }

        Real sine(Context context) {
            return turned(quarter, context);
        }

        Real cosine(Context context) {
            return turned(quarter + 1 & 3, context);
        }

        private Real turned(int by, Context context) {
            context.flags |= Real.INEXACT;
            Real value =
                    (by & 1) != 0 ? ofDouble(StrictMath.cos(rest)) : isSmall() ? exact : ofDouble(StrictMath.sin(rest));
            return by >= 2 ? value.negated() : value;
        }

        Real tangent(Context context) {
            context.flags |= Real.INEXACT;
            if (isSmall()) {
                return (quarter & 1) == 0 ? exact : one(true).dividedBy(exact, Format.EXTENDED, context);
            }
            return ofDouble((quarter & 1) == 0 ? StrictMath.tan(rest) : -1 / StrictMath.tan(rest));
        }
    }
}
