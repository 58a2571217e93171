package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.cpu.Real.Context;
import org.pvdiet.emulator.cpu.Real.Format;
import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Mnemonic;
import org.pvdiet.emulator.cpu.decode.Operand;

/** SSE and SSE2 instructions that calculate, compare or convert floating-point data, and MXCSR's own. */
final class SimdFloats {
    /** Element formats. */
    private enum Element {
        SINGLE(32, Format.SINGLE),
        DOUBLE(64, Format.DOUBLE);

        final int bits;
        final Format format;

        Element(int bits, Format format) {
            this.bits = bits;
            this.format = format;
        }

        Real real(long lane) {
            return this == SINGLE ? Real.ofSingle((int) lane) : Real.ofDouble(lane);
        }

        long bits(Real real) {
            return this == SINGLE ? real.toSingle() & 0xffffffffL : real.toDouble();
        }
    }

    /** On two elements, the destination's first. */
    private interface Arithmetic {
        Real apply(Real a, Real b, Format format, Context context);
    }

    /** From one element's bits to another's. */
    private interface Conversion {
        long apply(long bits, Context context);
    }

    private static final int ROUNDING_SHIFT = 13;
    private static final int DENORMALS_ARE_ZEROS = 1 << 6;
    private static final int FLUSH_TO_ZERO = 1 << 15;

    private SimdFloats() {}

    static void define(InstructionSet set) {
        arithmetic(set, Real::plus, Mnemonic.ADDPS, Mnemonic.ADDPD, Mnemonic.ADDSS, Mnemonic.ADDSD);
        Arithmetic minus = (a, b, format, context) -> a.plus(b.negated(), format, context);
        arithmetic(set, minus, Mnemonic.SUBPS, Mnemonic.SUBPD, Mnemonic.SUBSS, Mnemonic.SUBSD);
        arithmetic(set, Real::times, Mnemonic.MULPS, Mnemonic.MULPD, Mnemonic.MULSS, Mnemonic.MULSD);
        arithmetic(set, Real::dividedBy, Mnemonic.DIVPS, Mnemonic.DIVPD, Mnemonic.DIVSS, Mnemonic.DIVSD);
        roots(set);
        extremes(set, -1, Mnemonic.MINPS, Mnemonic.MINPD, Mnemonic.MINSS, Mnemonic.MINSD);
        extremes(set, 1, Mnemonic.MAXPS, Mnemonic.MAXPD, Mnemonic.MAXSS, Mnemonic.MAXSD);
        comparisons(set, Element.SINGLE, Mnemonic.CMPPS, Mnemonic.CMPSS);
        comparisons(set, Element.DOUBLE, Mnemonic.CMPPD, Mnemonic.CMPSD);
        flags(set, Element.SINGLE, Mnemonic.UCOMISS, false);
        flags(set, Element.DOUBLE, Mnemonic.UCOMISD, false);
        flags(set, Element.SINGLE, Mnemonic.COMISS, true);
        flags(set, Element.DOUBLE, Mnemonic.COMISD, true);

        scalar(set, Mnemonic.CVTSS2SD, (bits, c) -> widen(bits, c));
        scalar(set, Mnemonic.CVTSD2SS, (bits, c) -> narrow(bits, c));
        packed(set, Mnemonic.CVTPS2PD, 32, 64, (bits, c) -> widen(bits, c));
        packed(set, Mnemonic.CVTPD2PS, 64, 32, (bits, c) -> narrow(bits, c));
        packed(set, Mnemonic.CVTDQ2PS, 32, 32, (bits, c) -> ofInteger((int) bits, Element.SINGLE, c));
        packed(set, Mnemonic.CVTDQ2PD, 32, 64, (bits, c) -> ofInteger((int) bits, Element.DOUBLE, c));
        packed(set, Mnemonic.CVTPS2DQ, 32, 32, (bits, c) -> toInteger(bits, Element.SINGLE, 32, c));
        packed(set, Mnemonic.CVTTPS2DQ, 32, 32, (bits, c) -> truncate(bits, Element.SINGLE, 32, c));
        packed(set, Mnemonic.CVTPD2DQ, 64, 32, (bits, c) -> toInteger(bits, Element.DOUBLE, 32, c));
        packed(set, Mnemonic.CVTTPD2DQ, 64, 32, (bits, c) -> truncate(bits, Element.DOUBLE, 32, c));
        mmx(set, Mnemonic.CVTPI2PS, 32, 32, (bits, c) -> ofInteger((int) bits, Element.SINGLE, c));
        mmx(set, Mnemonic.CVTPI2PD, 32, 64, (bits, c) -> ofInteger((int) bits, Element.DOUBLE, c));
        mmx(set, Mnemonic.CVTPS2PI, 32, 32, (bits, c) -> toInteger(bits, Element.SINGLE, 32, c));
        mmx(set, Mnemonic.CVTTPS2PI, 32, 32, (bits, c) -> truncate(bits, Element.SINGLE, 32, c));
        mmx(set, Mnemonic.CVTPD2PI, 64, 32, (bits, c) -> toInteger(bits, Element.DOUBLE, 32, c));
        mmx(set, Mnemonic.CVTTPD2PI, 64, 32, (bits, c) -> truncate(bits, Element.DOUBLE, 32, c));
        fromGeneral(set, Mnemonic.CVTSI2SS, Element.SINGLE);
        fromGeneral(set, Mnemonic.CVTSI2SD, Element.DOUBLE);
        toGeneral(set, Mnemonic.CVTSS2SI, Element.SINGLE, false);
        toGeneral(set, Mnemonic.CVTSD2SI, Element.DOUBLE, false);
        toGeneral(set, Mnemonic.CVTTSS2SI, Element.SINGLE, true);
        toGeneral(set, Mnemonic.CVTTSD2SI, Element.DOUBLE, true);

        for (Element element : Element.values()) {
            boolean single = element == Element.SINGLE;
            ElementWise plus = calculate(Real::plus, element);
            ElementWise less = calculate(minus, element);
            horizontal(set, single ? Mnemonic.HADDPS : Mnemonic.HADDPD, element, plus);
            horizontal(set, single ? Mnemonic.HSUBPS : Mnemonic.HSUBPD, element, less);
            set.define(
                    single ? Mnemonic.ADDSUBPS : Mnemonic.ADDSUBPD,
                    (i, e) -> vectors(i, e, true, (aLow, aHigh, bLow, bHigh, c, result) -> {
                        for (int l = 0; l < 128 / element.bits; l++) {
                            ElementWise f = l % 2 == 0 ? less : plus;
                            put(
                                    result,
                                    element,
                                    l,
                                    f.apply(lane(aLow, aHigh, element.bits, l), lane(bLow, bHigh, element.bits, l), c));
                        }
                    }));
            dotProduct(set, single ? Mnemonic.DPPS : Mnemonic.DPPD, element);
            for (Mnemonic m : single
                    ? new Mnemonic[] {Mnemonic.ROUNDPS, Mnemonic.ROUNDSS}
                    : new Mnemonic[] {Mnemonic.ROUNDPD, Mnemonic.ROUNDSD}) {
                set.define(m, (i, e) -> {
                    int immediate = SimdAccess.immediate(i, 2);
                    elements(i, e, element, (a, b, c) -> round(b, element, immediate, c));
                });
            }
        }

        set.define(Mnemonic.LDMXCSR, SimdFloats::loadMxcsr);
        set.define(
                Mnemonic.STMXCSR,
                (i, e) -> SimdAccess.emit(i, e, (cpu, address) -> cpu.memory().store32(address, cpu.fpu.mxcsr)));
    }

    private static void loadMxcsr(Instruction i, Emitter e) {
        SimdAccess.emit(i, e, (cpu, address) -> {
            int value = (int) cpu.memory().load32(address);
            if ((value & ~Fpu.MXCSR_MASK) != 0) {
                throw Fault.generalProtection();
            }
            cpu.fpu.mxcsr = value;
        });
    }

    private static Context begin(Cpu cpu) {
        Context context = cpu.fpu.context.begin(cpu.fpu.mxcsr >> ROUNDING_SHIFT & 3, cpu.fpu.mxcsr >> 7 & 0x3f);
        // Flushing happens only where underflow is masked (SDM volume 1, section 10.2.3.3).
        context.flushToZero = (cpu.fpu.mxcsr & FLUSH_TO_ZERO) != 0 && (context.masks & Real.UNDERFLOW) != 0;
        context.denormalsAreZeros = (cpu.fpu.mxcsr & DENORMALS_ARE_ZEROS) != 0;
        return context;
    }

    /** The element as an operand: denormals noticed, or taken for zero where MXCSR.DAZ says so. */
    private static Real operand(Element element, long bits, Context context) {
        Real real = quietOperand(element, bits, context);
        if (real.isDenormal(element.format)) {
            context.flags |= Real.DENORMAL;
        }
        return real;
    }

    /** The same without noticing. */
    private static Real quietOperand(Element element, long bits, Context context) {
        Real real = element.real(bits);
        return context.denormalsAreZeros && real.isDenormal(element.format) ? Real.zero(real.negative()) : real;
    }

    private static long lane(long low, long high, int bits, int i) {
        long word = i * bits < 64 ? low : high;
        return bits == 64 ? word : word >>> i * bits % 64 & 0xffffffffL;
    }

    /** Element-wise on all elements, or on the lowest alone where the operands are scalars. */
    private interface ElementWise {
        long apply(long a, long b, Context context);
    }

    private static void elements(Instruction i, Emitter e, Element element, ElementWise f) {
        boolean packed = i.operand(0).size() == 16;
        int lanes = packed ? 128 / element.bits : 1;
        vectors(i, e, packed, (aLow, aHigh, bLow, bHigh, context, result) -> {
            for (int l = 0; l < lanes; l++) {
                put(
                        result,
                        element,
                        l,
                        f.apply(lane(aLow, aHigh, element.bits, l), lane(bLow, bHigh, element.bits, l), context));
            }
        });
    }

    /** On whole operands. */
    private interface Vectors {
        /** @param result two words, zero at first */
        void apply(long aLow, long aHigh, long bLow, long bHigh, Context context, long[] result);
    }

    private static void vectors(Instruction i, Emitter e, boolean packed, Vectors f) {
        SimdAccess.Source first = SimdAccess.source(i, 0);
        SimdAccess.Source second = SimdAccess.source(i, 1);
        SimdAccess.Target target = SimdAccess.target(i, 0, true);
        SimdAccess.emit(i, e, (cpu, address) -> {
            long aLow = first.word(cpu, address, 0);
            long aHigh = packed ? first.word(cpu, address, 1) : 0;
            long bLow = second.word(cpu, address, 0);
            long bHigh = packed ? second.word(cpu, address, 1) : 0;
            Context context = begin(cpu);
            long[] result = cpu.fpu.scratch;
            result[0] = 0;
            result[1] = 0;
            f.apply(aLow, aHigh, bLow, bHigh, context, result);
            SimdAccess.raise(cpu, context.flags);
            target.set(cpu, address, result[0], result[1]);
        });
    }

    private static void put(long[] result, Element element, int lane, long bits) {
        result[lane * element.bits / 64] |= bits << lane * element.bits % 64;
    }

    /** Neighbours: the destination's pairs give the low half of the result, the source's the high half. */
    private static void horizontal(InstructionSet set, Mnemonic mnemonic, Element element, ElementWise f) {
        int half = 64 / element.bits;
        set.define(
                mnemonic,
                (i, e) -> vectors(i, e, true, (aLow, aHigh, bLow, bHigh, c, result) -> {
                    for (int l = 0; l < 2 * half; l++) {
                        long low = l < half ? aLow : bLow;
                        long high = l < half ? aHigh : bHigh;
                        int pair = 2 * (l % half);
                        long x = lane(low, high, element.bits, pair);
                        long y = lane(low, high, element.bits, pair + 1);
                        put(result, element, l, f.apply(x, y, c));
                    }
                }));
    }

    /** Immediate: the high four bits choose products, the low four where their sum goes. */
    private static void dotProduct(InstructionSet set, Mnemonic mnemonic, Element element) {
        ElementWise times = calculate(Real::times, element);
        ElementWise plus = calculate(Real::plus, element);
        int lanes = 128 / element.bits;
        set.define(mnemonic, (i, e) -> {
            int immediate = SimdAccess.immediate(i, 2);
            vectors(i, e, true, (aLow, aHigh, bLow, bHigh, c, result) -> {
                long[] product = new long[lanes];
                for (int l = 0; l < lanes; l++) {
                    if ((immediate >> 4 + l & 1) != 0) {
                        product[l] =
                                times.apply(lane(aLow, aHigh, element.bits, l), lane(bLow, bHigh, element.bits, l), c);
                    }
                }
                if ((c.flags & ~c.masks) != 0) {
                    return;
                }
                long sum = plus.apply(product[0], product[1], c);
                if (lanes == 4) {
                    long other = plus.apply(product[2], product[3], c);
                    sum = (c.flags & ~c.masks) != 0 ? sum : plus.apply(sum, other, c);
                }
                for (int l = 0; l < lanes; l++) {
                    put(result, element, l, (immediate >> l & 1) != 0 ? sum : 0);
                }
            });
        });
    }

    /** Immediate: bits 0 and 1 rounding, unless bit 2 takes MXCSR's; bit 3 keeps quiet about inexact results. */
    private static long round(long bits, Element element, int immediate, Context context) {
        int before = context.rounding;
        int flags = context.flags;
        context.rounding = (immediate & 4) != 0 ? before : immediate & 3;
        Real operand = quietOperand(element, bits, context);
        Real whole = operand.isNan() ? operand.rounded(element.format, context) : operand.roundedToInteger(context);
        context.rounding = before;
        if ((immediate & 8) != 0) {
            context.flags = flags | context.flags & ~Real.INEXACT;
        }
        return element.bits(whole);
    }

    private static void arithmetic(
            InstructionSet set, Arithmetic f, Mnemonic ps, Mnemonic pd, Mnemonic ss, Mnemonic sd) {
        for (Mnemonic m : new Mnemonic[] {ps, ss}) {
            set.define(m, (i, e) -> elements(i, e, Element.SINGLE, calculate(f, Element.SINGLE)));
        }
        for (Mnemonic m : new Mnemonic[] {pd, sd}) {
            set.define(m, (i, e) -> elements(i, e, Element.DOUBLE, calculate(f, Element.DOUBLE)));
        }
    }

    private static ElementWise calculate(Arithmetic f, Element element) {
        return (a, b, context) -> {
            Real x = element.real(a);
            Real y = element.real(b);
            if (x.isNan() || y.isNan()) {
                return element.bits(propagate(x, y, context));
            }
            int others = context.flags;
            context.flags = 0;
            Real result = f.apply(operand(element, a, context), operand(element, b, context), element.format, context);
            context.denormalGivesWay();
            context.flags |= others;
            return element.bits(result);
        };
    }

    /** The first operand's NaN before the second's, made quiet (SDM volume 1, table 4-7). */
    private static Real propagate(Real x, Real y, Context context) {
        if (x.isSignaling() || y.isSignaling()) {
            context.flags |= Real.INVALID;
        }
        return (x.isNan() ? x : y).quiet();
    }

    private static void roots(InstructionSet set) {
        Arithmetic root = (a, b, format, context) -> b.squareRoot(format, context);
        for (Mnemonic m : new Mnemonic[] {Mnemonic.SQRTPS, Mnemonic.SQRTSS}) {
            set.define(m, (i, e) -> elements(i, e, Element.SINGLE, ofSource(root, Element.SINGLE)));
        }
        for (Mnemonic m : new Mnemonic[] {Mnemonic.SQRTPD, Mnemonic.SQRTSD}) {
            set.define(m, (i, e) -> elements(i, e, Element.DOUBLE, ofSource(root, Element.DOUBLE)));
        }
    }

    private static ElementWise ofSource(Arithmetic f, Element element) {
        ElementWise both = calculate(f, element);
        return (a, b, context) -> both.apply(b, b, context);
    }

    /** MIN and MAX give the second operand where either is a NaN or both are zeroes. */
    private static void extremes(InstructionSet set, int sign, Mnemonic ps, Mnemonic pd, Mnemonic ss, Mnemonic sd) {
        for (Mnemonic m : new Mnemonic[] {ps, ss}) {
            set.define(m, (i, e) -> elements(i, e, Element.SINGLE, extreme(sign, Element.SINGLE)));
        }
        for (Mnemonic m : new Mnemonic[] {pd, sd}) {
            set.define(m, (i, e) -> elements(i, e, Element.DOUBLE, extreme(sign, Element.DOUBLE)));
        }
    }

    private static ElementWise extreme(int sign, Element element) {
        return (a, b, context) -> {
            if (element.real(a).isNan() || element.real(b).isNan()) {
                context.flags |= Real.INVALID;
                return element.real(b).isNan() ? b : element.bits(quietOperand(element, b, context));
            }
            Real x = operand(element, a, context);
            Real y = operand(element, b, context);
            return element.bits(x.compareTo(y) == sign ? x : y);
        };
    }

    private static void comparisons(InstructionSet set, Element element, Mnemonic packed, Mnemonic scalar) {
        for (Mnemonic m : new Mnemonic[] {packed, scalar}) {
            set.define(m, (i, e) -> {
                int predicate = SimdAccess.immediate(i, 2) & 7;
                long all = element == Element.SINGLE ? 0xffffffffL : -1L;
                elements(i, e, element, (a, b, context) -> compare(element, a, b, predicate, context) ? all : 0);
            });
        }
    }

    /** Predicates: EQ LT LE UNORD and their negations; LT and LE signal quiet NaNs too (SDM volume 2, CMPPD). */
    private static boolean compare(Element element, long a, long b, int predicate, Context context) {
        Real x = element.real(a);
        Real y = element.real(b);
        boolean result;
        if (x.isNan() || y.isNan()) {
            boolean signals = (predicate & 3) == 1 || (predicate & 3) == 2;
            if (signals || x.isSignaling() || y.isSignaling()) {
                context.flags |= Real.INVALID;
            }
            result = (predicate & 3) == 3;
        } else {
            int order = operand(element, a, context).compareTo(operand(element, b, context));
            result = switch (predicate & 3) {
                case 0 -> order == 0;
                case 1 -> order < 0;
                case 2 -> order <= 0;
                default -> false;
            };
        }
        return result != (predicate >= 4);
    }

    private static void flags(InstructionSet set, Element element, Mnemonic mnemonic, boolean ordered) {
        set.define(mnemonic, (i, e) -> {
            SimdAccess.Source first = SimdAccess.source(i, 0);
            SimdAccess.Source second = SimdAccess.source(i, 1);
            int bits = element.bits;
            SimdAccess.emit(i, e, (cpu, address) -> {
                long a = lane(first.word(cpu, address, 0), 0, bits, 0);
                long b = lane(second.word(cpu, address, 0), 0, bits, 0);
                Context context = begin(cpu);
                Real x = element.real(a);
                Real y = element.real(b);
                long result;
                if (x.isNan() || y.isNan()) {
                    if (ordered || x.isSignaling() || y.isSignaling()) {
                        context.flags |= Real.INVALID;
                    }
                    result = Flags.ZF | Flags.PF | Flags.CF;
                } else {
                    int order = operand(element, a, context).compareTo(operand(element, b, context));
                    result = order < 0 ? Flags.CF : order == 0 ? Flags.ZF : 0;
                }
                SimdAccess.raise(cpu, context.flags);
                cpu.setRflags(cpu.rflags() & ~Flags.STATUS | result);
            });
        });
    }

    // Conversions.

    private static long widen(long bits, Context context) {
        return operand(Element.SINGLE, bits, context)
                .rounded(Format.DOUBLE, context)
                .toDouble();
    }

    private static long narrow(long bits, Context context) {
        return Element.SINGLE.bits(operand(Element.DOUBLE, bits, context).rounded(Format.SINGLE, context));
    }

    private static long ofInteger(long value, Element element, Context context) {
        return element.bits(Real.ofLong(value).rounded(element.format, context));
    }

    private static long toInteger(long bits, Element element, int width, Context context) {
        long value = quietOperand(element, bits, context).toInteger(width, context);
        return width == 64 ? value : value & 0xffffffffL;
    }

    private static long truncate(long bits, Element element, int width, Context context) {
        context.rounding = Real.TO_ZERO;
        return toInteger(bits, element, width, context);
    }

    private static void scalar(InstructionSet set, Mnemonic mnemonic, Conversion f) {
        set.define(mnemonic, (i, e) -> {
            SimdAccess.Source source = SimdAccess.source(i, 1);
            SimdAccess.Target target = SimdAccess.target(i, 0, true);
            SimdAccess.emit(i, e, (cpu, address) -> {
                Context context = begin(cpu);
                long value = f.apply(source.word(cpu, address, 0), context);
                SimdAccess.raise(cpu, context.flags);
                target.set(cpu, address, value, 0);
            });
        });
    }

    private static void packed(InstructionSet set, Mnemonic mnemonic, int from, int to, Conversion f) {
        int lanes = 128 / Math.max(from, to);
        set.define(mnemonic, (i, e) -> {
            SimdAccess.Source source = SimdAccess.source(i, 1);
            boolean two = i.operand(1).size() == 16;
            int n = 2 * ((Operand.Register) i.operand(0)).number();
            SimdAccess.emit(i, e, (cpu, address) -> {
                long low = source.word(cpu, address, 0);
                long high = two ? source.word(cpu, address, 1) : 0;
                Context context = begin(cpu);
                long[] words = new long[2];
                for (int l = 0; l < lanes; l++) {
                    long value = f.apply(lane(low, high, from, l), context);
                    words[l * to / 64] |= value << l * to % 64;
                }
                SimdAccess.raise(cpu, context.flags);
                cpu.fpu.xmm[n] = words[0];
                cpu.fpu.xmm[n + 1] = words[1];
            });
        });
    }

    /** To or from an MMX register, which is an operand of one word. */
    private static void mmx(InstructionSet set, Mnemonic mnemonic, int from, int to, Conversion f) {
        set.define(mnemonic, (i, e) -> {
            SimdAccess.Source source = SimdAccess.source(i, 1);
            SimdAccess.Target target = SimdAccess.target(i, 0, true);
            boolean two = i.operand(1).size() == 16;
            boolean usesMmx = i.operands().stream().anyMatch(SimdAccess::isMmx);
            SimdAccess.emit(i, e, (cpu, address) -> {
                long low = source.word(cpu, address, 0);
                long high = two ? source.word(cpu, address, 1) : 0;
                if (usesMmx) {
                    // Intel's processors have done so when they raise #XM.
                    cpu.fpu.enterMmx();
                }
                Context context = begin(cpu);
                long first = f.apply(lane(low, high, from, 0), context);
                long second = f.apply(lane(low, high, from, 1), context);
                SimdAccess.raise(cpu, context.flags);
                if (to == 64) {
                    target.set(cpu, address, first, second);
                } else {
                    target.set(cpu, address, first | second << 32, 0);
                }
            });
        });
    }

    private static void fromGeneral(InstructionSet set, Mnemonic mnemonic, Element element) {
        set.define(mnemonic, (i, e) -> {
            SimdAccess.Source source = SimdAccess.source(i, 1);
            SimdAccess.Target target = SimdAccess.target(i, 0, true);
            boolean wide = i.operand(1).size() == 8;
            SimdAccess.emit(i, e, (cpu, address) -> {
                long value = source.word(cpu, address, 0);
                Context context = begin(cpu);
                long bits = ofInteger(wide ? value : (int) value, element, context);
                SimdAccess.raise(cpu, context.flags);
                target.set(cpu, address, bits, 0);
            });
        });
    }

    private static void toGeneral(InstructionSet set, Mnemonic mnemonic, Element element, boolean truncate) {
        set.define(mnemonic, (i, e) -> {
            SimdAccess.Source source = SimdAccess.source(i, 1);
            SimdAccess.Target target = SimdAccess.target(i, 0, true);
            int width = i.operand(0).size() * 8;
            SimdAccess.emit(i, e, (cpu, address) -> {
                Context context = begin(cpu);
                long bits = lane(source.word(cpu, address, 0), 0, element.bits, 0);
                long value =
                        truncate ? truncate(bits, element, width, context) : toInteger(bits, element, width, context);
                SimdAccess.raise(cpu, context.flags);
                target.set(cpu, address, value, 0);
            });
        });
    }
}
