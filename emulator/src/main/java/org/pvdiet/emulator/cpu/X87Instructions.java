package org.pvdiet.emulator.cpu;

import java.math.BigInteger;
import org.pvdiet.emulator.cpu.Real.Context;
import org.pvdiet.emulator.cpu.Real.Format;
import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Mnemonic;
import org.pvdiet.emulator.cpu.decode.Operand;

/** x87 instructions on numbers, but for the transcendental ones. */
final class X87Instructions {
    private static final long CR0_EM = 1 << 2;
    private static final long CR0_MP = 1 << 1;
    private static final long CR0_TS = 1 << 3;

    static final int C0 = 1 << 8;
    static final int C1 = 1 << 9;
    static final int C2 = 1 << 10;
    static final int C3 = 1 << 14;
    private static final int STACK_FAULT = 1 << 6;
    private static final int SUMMARY = 1 << 7;
    private static final int BUSY = 1 << 15;

    interface Body {
        void execute(Cpu cpu, Fpu fpu, long address);
    }

    interface Binary {
        Real apply(Real a, Real b, Format format, Context context);
    }

    private X87Instructions() {}

    static void define(InstructionSet set) {
        arithmetic(set, Real::plus, Mnemonic.FADD, Mnemonic.FADDP, Mnemonic.FIADD);
        arithmetic(set, Real::times, Mnemonic.FMUL, Mnemonic.FMULP, Mnemonic.FIMUL);
        arithmetic(set, (a, b, f, c) -> a.plus(b.negated(), f, c), Mnemonic.FSUB, Mnemonic.FSUBP, Mnemonic.FISUB);
        arithmetic(set, (a, b, f, c) -> b.plus(a.negated(), f, c), Mnemonic.FSUBR, Mnemonic.FSUBRP, Mnemonic.FISUBR);
        arithmetic(set, Real::dividedBy, Mnemonic.FDIV, Mnemonic.FDIVP, Mnemonic.FIDIV);
        arithmetic(set, (a, b, f, c) -> b.dividedBy(a, f, c), Mnemonic.FDIVR, Mnemonic.FDIVRP, Mnemonic.FIDIVR);

        compare(set, Mnemonic.FCOM, 0, true);
        compare(set, Mnemonic.FCOMP, 1, true);
        compare(set, Mnemonic.FCOMPP, 2, true);
        compare(set, Mnemonic.FICOM, 0, true);
        compare(set, Mnemonic.FICOMP, 1, true);
        compare(set, Mnemonic.FUCOM, 0, false);
        compare(set, Mnemonic.FUCOMP, 1, false);
        compare(set, Mnemonic.FUCOMPP, 2, false);
        compareFlags(set, Mnemonic.FCOMI, 0, true);
        compareFlags(set, Mnemonic.FCOMIP, 1, true);
        compareFlags(set, Mnemonic.FUCOMI, 0, false);
        compareFlags(set, Mnemonic.FUCOMIP, 1, false);
        waiting(set, Mnemonic.FTST, (cpu, fpu, a) -> compareTo(fpu, 0, Real.zero(false), false, true));
        waiting(set, Mnemonic.FXAM, X87Instructions::examine);

        set.define(Mnemonic.FLD, X87Instructions::load);
        set.define(Mnemonic.FILD, X87Instructions::loadInteger);
        set.define(Mnemonic.FST, (i, e) -> store(i, e, false));
        set.define(Mnemonic.FSTP, (i, e) -> store(i, e, true));
        set.define(Mnemonic.FIST, (i, e) -> storeInteger(i, e, false, false));
        set.define(Mnemonic.FISTP, (i, e) -> storeInteger(i, e, true, false));
        set.define(Mnemonic.FISTTP, (i, e) -> storeInteger(i, e, true, true));
        waiting(set, Mnemonic.FBLD, X87Instructions::loadDecimal);
        waiting(set, Mnemonic.FBSTP, X87Instructions::storeDecimal);
        set.define(Mnemonic.FXCH, X87Instructions::exchange);
        waiting(set, Mnemonic.FLD1, (cpu, fpu, a) -> pushRaw(fpu, 0x3fff, 1L << 63));
        waiting(set, Mnemonic.FLDZ, (cpu, fpu, a) -> pushRaw(fpu, 0, 0));
        constant(set, Mnemonic.FLDPI, 0x4000, 0xc90fdaa22168c234L, true);
        constant(set, Mnemonic.FLDL2T, 0x4000, 0xd49a784bcd1b8afeL, false);
        constant(set, Mnemonic.FLDL2E, 0x3fff, 0xb8aa3b295c17f0bbL, true);
        constant(set, Mnemonic.FLDLG2, 0x3ffd, 0x9a209a84fbcff798L, true);
        constant(set, Mnemonic.FLDLN2, 0x3ffe, 0xb17217f7d1cf79abL, true);

        waiting(set, Mnemonic.FCHS, (cpu, fpu, a) -> sign(cpu, fpu, 0x8000, 0));
        waiting(set, Mnemonic.FABS, (cpu, fpu, a) -> sign(cpu, fpu, 0, 0x8000));
        waiting(set, Mnemonic.FSQRT, (cpu, fpu, a) -> unary(cpu, fpu, (x, y, f, c) -> x.squareRoot(f, c)));
        waiting(set, Mnemonic.FRNDINT, (cpu, fpu, a) -> unary(cpu, fpu, (x, y, f, c) -> x.roundedToInteger(c)));
        waiting(set, Mnemonic.FSCALE, X87Instructions::scale);
        waiting(set, Mnemonic.FXTRACT, X87Instructions::extract);
        waiting(set, Mnemonic.FPREM, (cpu, fpu, a) -> remainder(cpu, fpu, false));
        waiting(set, Mnemonic.FPREM1, (cpu, fpu, a) -> remainder(cpu, fpu, true));
        waiting(set, Mnemonic.FDECSTP, (cpu, fpu, a) -> rotate(fpu, -1));
        waiting(set, Mnemonic.FINCSTP, (cpu, fpu, a) -> rotate(fpu, 1));
        waiting(set, Mnemonic.FNOP, (cpu, fpu, a) -> {});
        set.define(Mnemonic.FFREE, (i, e) -> free(i, e, false));
        set.define(Mnemonic.FFREEP, (i, e) -> free(i, e, true));
        move(set, Mnemonic.FCMOVB, Flags.CF, true);
        move(set, Mnemonic.FCMOVE, Flags.ZF, true);
        move(set, Mnemonic.FCMOVBE, Flags.CF | Flags.ZF, true);
        move(set, Mnemonic.FCMOVU, Flags.PF, true);
        move(set, Mnemonic.FCMOVNB, Flags.CF, false);
        move(set, Mnemonic.FCMOVNE, Flags.ZF, false);
        move(set, Mnemonic.FCMOVNBE, Flags.CF | Flags.ZF, false);
        move(set, Mnemonic.FCMOVNU, Flags.PF, false);

        set.define(
                Mnemonic.FWAIT,
                (i, e) -> e.operation(
                        (cpu, address) -> {
                            if ((cpu.control.cr0 & (CR0_MP | CR0_TS)) == (CR0_MP | CR0_TS)) {
                                throw Fault.deviceNotAvailable();
                            }
                            checkPending(cpu);
                        },
                        Emitter.Flow.NEXT));
        waiting(set, Mnemonic.FLDCW, (cpu, fpu, a) -> {
            fpu.controlWord = (int) cpu.memory().load16(a) & 0x1f7f | 0x40;
            summarize(fpu);
        });
    }

    // Checks and exceptions.

    static void checkAvailable(Cpu cpu) {
        if ((cpu.control.cr0 & (CR0_EM | CR0_TS)) != 0) {
            throw Fault.deviceNotAvailable();
        }
    }

    /** #MF where an earlier instruction left an unmasked exception. */
    static void checkPending(Cpu cpu) {
        if ((cpu.fpu.statusWord & SUMMARY) != 0) {
            throw Fault.of(Vector.X87_ERROR, 0);
        }
    }

    static void emit(Emitter e, Body body) {
        e.operation(
                (cpu, address) -> {
                    checkAvailable(cpu);
                    checkPending(cpu);
                    body.execute(cpu, cpu.fpu, address);
                },
                Emitter.Flow.NEXT);
    }

    static void waiting(InstructionSet set, Mnemonic mnemonic, Body body) {
        set.define(mnemonic, (i, e) -> emit(e, body));
    }

    /** Sets the exception summary and busy flags from the exceptions that are flagged and not masked. */
    static void summarize(Fpu fpu) {
        boolean unmasked = (fpu.statusWord & ~fpu.controlWord & 0x3f) != 0;
        fpu.statusWord = fpu.statusWord & ~(SUMMARY | BUSY) | (unmasked ? SUMMARY | BUSY : 0);
    }

    /** Flags exceptions. True where an unmasked one forbids the result (SDM volume 1, section 8.5). */
    private static boolean raise(Fpu fpu, int flags) {
        boolean forbids = (flags & Real.OF_OPERANDS & ~fpu.controlWord) != 0;
        fpu.statusWord = fpu.statusWord & ~C1 | (forbids ? flags & Real.OF_OPERANDS : flags);
        summarize(fpu);
        return forbids;
    }

    /** The same, with C1 telling whether the result was rounded up. */
    static boolean raise(Fpu fpu, Context context) {
        boolean forbids = raise(fpu, context.flags);
        if (!forbids && context.up) {
            fpu.statusWord |= C1;
        }
        return forbids;
    }

    /** @param overflow true where a full register was to be pushed to, false where an empty one was to be read */
    static boolean stackFault(Fpu fpu, boolean overflow) {
        fpu.statusWord |= STACK_FAULT;
        boolean forbids = raise(fpu, Real.INVALID);
        fpu.statusWord |= overflow ? C1 : 0;
        return forbids;
    }

    // The register stack.

    private static int physical(Fpu fpu, int i) {
        return fpu.top + i & 7;
    }

    static boolean isEmpty(Fpu fpu, int i) {
        return (fpu.used >> physical(fpu, i) & 1) == 0;
    }

    static Real get(Fpu fpu, int i) {
        int n = physical(fpu, i);
        return Real.ofExtended(fpu.signExponent[n], fpu.significand[n]);
    }

    /** Pseudo-denormals too, which are normal in value (SDM volume 1, section 8.2.2). */
    static boolean isDenormal(Fpu fpu, int i) {
        int n = physical(fpu, i);
        return (fpu.signExponent[n] & 0x7fff) == 0 && fpu.significand[n] != 0;
    }

    static void set(Fpu fpu, int i, Real value) {
        setRaw(fpu, i, value.extendedSignExponent(), value.extendedSignificand());
    }

    private static void setRaw(Fpu fpu, int i, int signExponent, long significand) {
        int n = physical(fpu, i);
        fpu.signExponent[n] = signExponent;
        fpu.significand[n] = significand;
        fpu.used |= 1 << n;
    }

    static void pop(Fpu fpu) {
        fpu.used &= ~(1 << fpu.top);
        fpu.top = fpu.top + 1 & 7;
    }

    private static void rotate(Fpu fpu, int by) {
        fpu.top = fpu.top + by & 7;
        fpu.statusWord &= ~C1;
    }

    private static void pushRaw(Fpu fpu, int signExponent, long significand) {
        if (!isEmpty(fpu, 7)) {
            if (stackFault(fpu, true)) {
                return;
            }
            signExponent = Real.INDEFINITE.extendedSignExponent();
            significand = Real.INDEFINITE.extendedSignificand();
        } else {
            fpu.statusWord &= ~C1;
        }
        fpu.top = fpu.top - 1 & 7;
        setRaw(fpu, 0, signExponent, significand);
    }

    static void push(Fpu fpu, Real value) {
        pushRaw(fpu, value.extendedSignExponent(), value.extendedSignificand());
    }

    static Context begin(Fpu fpu) {
        return fpu.context.begin(fpu.controlWord >> 10 & 3, fpu.controlWord & 0x3f);
    }

    private static Format precision(Fpu fpu) {
        return switch (fpu.controlWord >> 8 & 3) {
            case 0 -> Format.EXTENDED_TO_SINGLE;
            case 2 -> Format.EXTENDED_TO_DOUBLE;
            default -> Format.EXTENDED;
        };
    }

    private static int number(Instruction i, int operand) {
        return ((Operand.Register) i.operand(operand)).number();
    }

    // Arithmetic.

    private static void arithmetic(InstructionSet set, Binary f, Mnemonic plain, Mnemonic popping, Mnemonic integer) {
        set.define(plain, (i, e) -> {
            if (i.operands().size() == 1) {
                int size = i.operand(0).size();
                emit(e, (cpu, fpu, a) -> {
                    Real operand = loadReal(cpu, a, size);
                    apply(fpu, 0, operand, operand.isDenormal(format(size)), f);
                });
            } else {
                registers(i, e, f, false);
            }
        });
        set.define(popping, (i, e) -> registers(i, e, f, true));
        set.define(integer, (i, e) -> {
            int size = i.operand(0).size();
            emit(e, (cpu, fpu, a) -> apply(fpu, 0, Real.ofLong(loadSigned(cpu, a, size)), false, f));
        });
    }

    private static void registers(Instruction i, Emitter e, Binary f, boolean pop) {
        int target = number(i, 0);
        int other = number(i, 1);
        emit(e, (cpu, fpu, a) -> {
            if (isEmpty(fpu, other)) {
                if (stackFault(fpu, false)) {
                    return;
                }
                set(fpu, target, Real.INDEFINITE);
            } else if (!apply(fpu, target, get(fpu, other), isDenormal(fpu, other), f)) {
                return;
            }
            if (pop) {
                pop(fpu);
            }
        });
    }

    /** ST(target) = f(ST(target), other); false where an unmasked exception forbade it. */
    private static boolean apply(Fpu fpu, int target, Real other, boolean otherDenormal, Binary f) {
        if (isEmpty(fpu, target)) {
            if (stackFault(fpu, false)) {
                return false;
            }
            set(fpu, target, Real.INDEFINITE);
            return true;
        }
        Context context = begin(fpu);
        Real value = get(fpu, target);
        Real result;
        if (value.isNan() || other.isNan()) {
            result = propagate(value, other, context);
        } else {
            if (isDenormal(fpu, target) || otherDenormal) {
                context.flags |= Real.DENORMAL;
            }
            result = f.apply(value, other, precision(fpu), context);
            context.denormalGivesWay();
        }
        if (raise(fpu, context)) {
            return false;
        }
        set(fpu, target, result);
        return true;
    }

    /** Of two NaNs the one with the larger significand, made quiet (SDM volume 1, table 4-7). */
    static Real propagate(Real a, Real b, Context context) {
        if (a.isSignaling() || b.isSignaling()) {
            context.flags |= Real.INVALID;
        }
        if (a == Real.UNSUPPORTED || b == Real.UNSUPPORTED) {
            return Real.INDEFINITE;
        }
        if (a.isNan() && b.isNan()) {
            if (a.isSignaling() != b.isSignaling()) {
                return (a.isSignaling() ? b : a).quiet();
            }
            int order = Long.compareUnsigned(a.significand(), b.significand());
            return (order > 0 || order == 0 && !a.negative() ? a : b).quiet();
        }
        return (a.isNan() ? a : b).quiet();
    }

    private static void unary(Cpu cpu, Fpu fpu, Binary f) {
        apply(fpu, 0, Real.zero(false), false, f);
    }

    private static void sign(Cpu cpu, Fpu fpu, int flip, int clear) {
        if (isEmpty(fpu, 0)) {
            if (!stackFault(fpu, false)) {
                set(fpu, 0, Real.INDEFINITE);
            }
            return;
        }
        fpu.statusWord &= ~C1;
        int n = fpu.top;
        fpu.signExponent[n] = (fpu.signExponent[n] ^ flip) & ~clear;
    }

    private static void scale(Cpu cpu, Fpu fpu, long address) {
        if (isEmpty(fpu, 1)) {
            if (!stackFault(fpu, false)) {
                set(fpu, 0, Real.INDEFINITE);
            }
            return;
        }
        apply(fpu, 0, get(fpu, 1), isDenormal(fpu, 1), (x, by, format, context) -> {
            if (by.isInfinite()) {
                if (by.negative() ? x.isInfinite() : x.isZero()) {
                    context.flags |= Real.INVALID;
                    return Real.INDEFINITE;
                }
                return by.negative() ? Real.zero(x.negative()) : Real.infinity(x.negative());
            }
            if (x.isZero() || x.isInfinite()) {
                return x;
            }
            int before = context.flags;
            int rounding = context.rounding;
            context.rounding = Real.TO_ZERO;
            long n = Math.max(-0x10000, Math.min(0x10000, by.toInteger(64, context)));
            if (by.exponent() > 62) {
                n = by.negative() ? -0x10000 : 0x10000;
            }
            context.flags = before;
            context.rounding = rounding;
            return new Real(Real.Kind.FINITE, x.negative(), (int) (x.exponent() + n), x.significand())
                    .rounded(Format.EXTENDED, context);
        });
    }

    private static void extract(Cpu cpu, Fpu fpu, long address) {
        Real x = get(fpu, 0);
        if (isEmpty(fpu, 0)) {
            if (!stackFault(fpu, false)) {
                pushTwoIndefinites(fpu);
            }
            return;
        }
        Context context = begin(fpu);
        Real exponent;
        Real significand = x;
        if (x.isNan()) {
            significand = propagate(x, x, context);
            exponent = significand;
        } else if (x.isInfinite()) {
            exponent = Real.infinity(false);
        } else if (x.isZero()) {
            context.flags |= Real.DIVIDE_BY_ZERO;
            exponent = Real.infinity(true);
        } else {
            context.flags |= isDenormal(fpu, 0) ? Real.DENORMAL : 0;
            exponent = Real.ofLong(x.exponent());
            significand = new Real(Real.Kind.FINITE, x.negative(), 0, x.significand());
        }
        if (!isEmpty(fpu, 7)) {
            if (!stackFault(fpu, true)) {
                pushTwoIndefinites(fpu);
            }
        } else if (!raise(fpu, context)) {
            set(fpu, 0, exponent);
            push(fpu, significand);
        }
    }

    /** ST(0) and one more, whatever that register holds. */
    static void pushTwoIndefinites(Fpu fpu) {
        set(fpu, 0, Real.INDEFINITE);
        fpu.top = fpu.top - 1 & 7;
        set(fpu, 0, Real.INDEFINITE);
    }

    /** Bits that a step of a remainder takes off ST(0) at least, where it is not the last. */
    private static final int REMAINDER_STEP = 32;

    private static final int PARTIAL = 1 << 3;

    /** C2 tells that the remainder is not complete; where it is, C0 C3 C1 have the quotient's low bits. */
    private static void remainder(Cpu cpu, Fpu fpu, boolean nearest) {
        fpu.statusWord &= ~C2;
        if (isEmpty(fpu, 1)) {
            if (!stackFault(fpu, false)) {
                set(fpu, 0, Real.INDEFINITE);
            }
            return;
        }
        int[] quotient = {-1};
        boolean done = apply(fpu, 0, get(fpu, 1), isDenormal(fpu, 1), (x, by, format, context) -> {
            if (x.isInfinite() || by.isZero()) {
                context.flags |= Real.INVALID;
                return Real.INDEFINITE;
            }
            if (x.isZero() || by.isInfinite()) {
                quotient[0] = 0;
                return x;
            }
            return exactRemainder(x, by, nearest, quotient, context);
        });
        if (done && quotient[0] >= 0) {
            int q = quotient[0];
            fpu.statusWord = fpu.statusWord & ~(C0 | C1 | C2 | C3)
                    | ((q & PARTIAL) != 0 ? C2 : 0)
                    | ((q & 4) != 0 ? C0 : 0)
                    | ((q & 2) != 0 ? C3 : 0)
                    | ((q & 1) != 0 ? C1 : 0);
        }
    }

    private static Real exactRemainder(Real x, Real by, boolean nearest, int[] quotient, Context context) {
        int scale = Math.min(x.exponent(), by.exponent()) - 63;
        BigInteger dividend = integer(x, scale);
        BigInteger divisor = integer(by, scale);
        int distance = x.exponent() - by.exponent();
        if (distance >= 64) {
            // The SDM leaves the step open, from 32 to 63 bits; Intel's processors take this.
            divisor = divisor.shiftLeft(distance - (REMAINDER_STEP + distance % 32));
            quotient[0] = PARTIAL;
            return Real.ofInteger(x.negative(), dividend.mod(divisor), scale, false, Format.EXTENDED, context);
        }
        BigInteger[] parts = dividend.divideAndRemainder(divisor);
        boolean flip = false;
        if (nearest) {
            int half = parts[1].shiftLeft(1).compareTo(divisor);
            if (half > 0 || half == 0 && parts[0].testBit(0)) {
                parts[0] = parts[0].add(BigInteger.ONE);
                parts[1] = divisor.subtract(parts[1]);
                flip = true;
            }
        }
        quotient[0] = parts[0].intValue() & 7;
        return Real.ofInteger(x.negative() != flip, parts[1], scale, false, Format.EXTENDED, context);
    }

    private static BigInteger integer(Real x, int scale) {
        return new BigInteger(Long.toUnsignedString(x.significand())).shiftLeft(x.exponent() - 63 - scale);
    }

    // Comparisons.

    private static void compare(InstructionSet set, Mnemonic mnemonic, int pops, boolean ordered) {
        set.define(mnemonic, (i, e) -> {
            boolean memory = !i.operands().isEmpty() && i.operand(0) instanceof Operand.Memory;
            boolean integer = mnemonic == Mnemonic.FICOM || mnemonic == Mnemonic.FICOMP;
            int size = memory ? i.operand(0).size() : 0;
            int other = memory || i.operands().isEmpty() ? 1 : number(i, 0);
            emit(e, (cpu, fpu, a) -> {
                boolean done;
                if (memory) {
                    Real operand = integer ? Real.ofLong(loadSigned(cpu, a, size)) : loadReal(cpu, a, size);
                    done = compareTo(fpu, 0, operand, !integer && operand.isDenormal(format(size)), ordered);
                } else {
                    done = compareTo(fpu, other, null, isDenormal(fpu, other), ordered);
                }
                for (int n = 0; done && n < pops; n++) {
                    pop(fpu);
                }
            });
        });
    }

    /** The order of ST(0) and an operand in C3, C2, C0; {@code value} null for ST(other). */
    private static boolean compareTo(Fpu fpu, int other, Real value, boolean denormal, boolean ordered) {
        int order = order(fpu, other, value, denormal, ordered);
        int codes = switch (order) {
            case -1 -> C0;
            case 0 -> C3;
            case 1 -> 0;
            default -> C0 | C2 | C3;
        };
        fpu.statusWord = fpu.statusWord & ~(C0 | C1 | C2 | C3) | codes;
        return !isForbidden(fpu);
    }

    private static final int UNORDERED = 2;

    /** True after a comparison that met an exception that is not masked: it has given its result and does not pop. */
    private static boolean isForbidden(Fpu fpu) {
        return (fpu.statusWord & SUMMARY) != 0;
    }

    private static int order(Fpu fpu, int other, Real value, boolean denormal, boolean ordered) {
        if (isEmpty(fpu, 0) || value == null && isEmpty(fpu, other)) {
            stackFault(fpu, false);
            return UNORDERED;
        }
        Real a = get(fpu, 0);
        Real b = value == null ? get(fpu, other) : value;
        int flags = 0;
        int order;
        if (a.isNan() || b.isNan()) {
            flags = ordered || a.isSignaling() || b.isSignaling() ? Real.INVALID : 0;
            order = UNORDERED;
        } else {
            if (isDenormal(fpu, 0) || denormal) {
                flags = Real.DENORMAL;
            }
            order = a.compareTo(b);
        }
        raise(fpu, flags);
        return order;
    }

    private static void compareFlags(InstructionSet set, Mnemonic mnemonic, int pops, boolean ordered) {
        set.define(mnemonic, (i, e) -> {
            int other = number(i, 1);
            emit(e, (cpu, fpu, a) -> {
                int c1 = fpu.statusWord & C1;
                boolean empty = isEmpty(fpu, 0) || isEmpty(fpu, other);
                int order = order(fpu, other, null, isDenormal(fpu, other), ordered);
                fpu.statusWord |= empty ? 0 : c1;
                long flags = switch (order) {
                    case -1 -> Flags.CF;
                    case 0 -> Flags.ZF;
                    case 1 -> 0;
                    default -> Flags.ZF | Flags.PF | Flags.CF;
                };
                cpu.setRflags(cpu.rflags() & ~Flags.STATUS | flags);
                if (pops > 0 && !isForbidden(fpu)) {
                    pop(fpu);
                }
            });
        });
    }

    private static void examine(Cpu cpu, Fpu fpu, long address) {
        Real x = get(fpu, 0);
        int biased = fpu.signExponent[fpu.top] & 0x7fff;
        boolean unsupported = biased != 0 && fpu.significand[fpu.top] >= 0;
        int codes;
        if (isEmpty(fpu, 0)) {
            codes = C3 | C0;
        } else if (unsupported) {
            codes = 0;
        } else {
            codes = switch (x.kind()) {
                case NAN -> C0;
                case INFINITY -> C2 | C0;
                case ZERO -> C3;
                case FINITE -> biased == 0 ? C3 | C2 : C2;
            };
        }
        int sign = (fpu.signExponent[fpu.top] & 0x8000) != 0 ? C1 : 0;
        fpu.statusWord = fpu.statusWord & ~(C0 | C1 | C2 | C3) | codes | sign;
    }

    // Loads and stores.

    private static long loadSigned(Cpu cpu, long address, int size) {
        long value = cpu.memory().load(address, size);
        return size == 8 ? value : value << 64 - 8 * size >> 64 - 8 * size;
    }

    private static Format format(int size) {
        return size == 4 ? Format.SINGLE : Format.DOUBLE;
    }

    private static Real loadReal(Cpu cpu, long address, int size) {
        return size == 4
                ? Real.ofSingle((int) cpu.memory().load32(address))
                : Real.ofDouble(cpu.memory().load64(address));
    }

    private static void load(Instruction i, Emitter e) {
        if (i.operand(0) instanceof Operand.Register r) {
            int from = r.number();
            emit(e, (cpu, fpu, a) -> {
                if (isEmpty(fpu, from)) {
                    if (!stackFault(fpu, false)) {
                        fpu.top = fpu.top - 1 & 7;
                        set(fpu, 0, Real.INDEFINITE);
                    }
                    return;
                }
                int n = physical(fpu, from);
                pushRaw(fpu, fpu.signExponent[n], fpu.significand[n]);
            });
            return;
        }
        int size = i.operand(0).size();
        if (size == 10) {
            emit(e, (cpu, fpu, a) -> {
                long significand = cpu.memory().load64(a);
                pushRaw(fpu, (int) cpu.memory().load16(a + 8), significand);
            });
            return;
        }
        emit(e, (cpu, fpu, a) -> {
            Real value = loadReal(cpu, a, size);
            Context context = begin(fpu);
            if (value.isSignaling()) {
                context.flags = Real.INVALID;
            } else if (value.isDenormal(format(size))) {
                context.flags = Real.DENORMAL;
            }
            if (isEmpty(fpu, 7) && raise(fpu, context)) {
                return;
            }
            push(fpu, value.quiet());
        });
    }

    private static void loadInteger(Instruction i, Emitter e) {
        int size = i.operand(0).size();
        emit(e, (cpu, fpu, a) -> push(fpu, Real.ofLong(loadSigned(cpu, a, size))));
    }

    /** A constant by its first 64 bits; {@code more}: what follows is more than half a unit (SDM volume 2, FLD1 ...). */
    private static void constant(
            InstructionSet set, Mnemonic mnemonic, int signExponent, long significand, boolean more) {
        waiting(set, mnemonic, (cpu, fpu, a) -> {
            int rounding = begin(fpu).rounding;
            boolean up = rounding == Real.UP || rounding == Real.NEAREST && more;
            pushRaw(fpu, signExponent, up ? significand + 1 : significand);
        });
    }

    private static void store(Instruction i, Emitter e, boolean pop) {
        if (i.operand(0) instanceof Operand.Register r) {
            int to = r.number();
            emit(e, (cpu, fpu, a) -> {
                if (isEmpty(fpu, 0)) {
                    if (stackFault(fpu, false)) {
                        return;
                    }
                    set(fpu, to, Real.INDEFINITE);
                } else {
                    fpu.statusWord &= ~C1;
                    setRaw(fpu, to, fpu.signExponent[fpu.top], fpu.significand[fpu.top]);
                }
                if (pop) {
                    pop(fpu);
                }
            });
            return;
        }
        int size = i.operand(0).size();
        emit(e, (cpu, fpu, a) -> {
            if (storeReal(cpu, fpu, a, size) && pop) {
                pop(fpu);
            }
        });
    }

    private static boolean storeReal(Cpu cpu, Fpu fpu, long address, int size) {
        boolean empty = isEmpty(fpu, 0);
        if (!empty || (fpu.controlWord & Real.INVALID) != 0) {
            cpu.memory().checkWrite(address, size);
        }
        if (empty && stackFault(fpu, false)) {
            return false;
        }
        if (size == 10) {
            int n = fpu.top;
            cpu.memory().store64(address, empty ? Real.INDEFINITE.extendedSignificand() : fpu.significand[n]);
            cpu.memory().store16(address + 8, empty ? Real.INDEFINITE.extendedSignExponent() : fpu.signExponent[n]);
            if (!empty) {
                fpu.statusWord &= ~C1;
            }
            return true;
        }
        Context context = begin(fpu);
        Real value = empty ? Real.INDEFINITE : get(fpu, 0).rounded(format(size), context);
        // To memory there is no result under any unmasked exception but inexact (SDM volume 1, section 8.5).
        boolean none = (context.flags & ~context.masks & ~Real.INEXACT) != 0;
        if (none) {
            context.flags &= ~Real.INEXACT;
            context.up = false;
        }
        if (!empty) {
            raise(fpu, context);
        }
        if (none) {
            return false;
        }
        cpu.memory().store(address, size, size == 4 ? value.toSingle() : value.toDouble());
        return true;
    }

    private static void storeInteger(Instruction i, Emitter e, boolean pop, boolean truncate) {
        int size = i.operand(0).size();
        emit(e, (cpu, fpu, a) -> {
            boolean empty = isEmpty(fpu, 0);
            Context context = begin(fpu);
            if (truncate) {
                context.rounding = Real.TO_ZERO;
            }
            long value = (empty ? Real.INDEFINITE : get(fpu, 0)).toInteger(8 * size, context);
            if ((context.flags & ~context.masks & Real.INVALID) == 0) {
                cpu.memory().checkWrite(a, size);
            }
            if (empty ? stackFault(fpu, false) : raise(fpu, context)) {
                return;
            }
            cpu.memory().store(a, size, value);
            if (pop) {
                pop(fpu);
            }
        });
    }

    /** Eighteen digits, two to a byte, the lowest first, and a byte with the sign. */
    private static void loadDecimal(Cpu cpu, Fpu fpu, long address) {
        long digits = cpu.memory().load64(address);
        long top = cpu.memory().load16(address + 8);
        long value = 0;
        for (int i = 17; i >= 0; i--) {
            value = value * 10 + (i >= 16 ? top >>> 4 * (i - 16) & 0xf : digits >>> 4 * i & 0xf);
        }
        push(fpu, Real.ofLong(value).withSign((top & 0x8000) != 0));
    }

    private static final long MOST_DECIMAL = 999_999_999_999_999_999L;

    private static void storeDecimal(Cpu cpu, Fpu fpu, long address) {
        boolean empty = isEmpty(fpu, 0);
        Context context = begin(fpu);
        Real number = empty ? Real.INDEFINITE : get(fpu, 0);
        long value = number.toInteger(64, context);
        boolean invalid =
                (context.flags & Real.INVALID) != 0 || Math.abs(value) > MOST_DECIMAL || value == Long.MIN_VALUE;
        if (invalid) {
            context.flags = Real.INVALID;
            context.up = false;
        }
        if ((context.flags & ~context.masks & Real.INVALID) == 0) {
            cpu.memory().checkWrite(address, 10);
        }
        if (empty ? stackFault(fpu, false) : raise(fpu, context)) {
            return;
        }
        // The packed BCD indefinite (SDM volume 1, table 4-4).
        long low = 0xc000_0000_0000_0000L;
        int high = 0xffff;
        if (!invalid) {
            low = 0;
            high = number.negative() ? 0x8000 : 0;
            long rest = Math.abs(value);
            for (int i = 0; i < 18; i++) {
                long digit = rest % 10;
                rest /= 10;
                if (i < 16) {
                    low |= digit << 4 * i;
                } else {
                    high |= (int) digit << 4 * (i - 16);
                }
            }
        }
        cpu.memory().store64(address, low);
        cpu.memory().store16(address + 8, high);
        pop(fpu);
    }

    private static void exchange(Instruction i, Emitter e) {
        int other = i.operands().isEmpty() ? 1 : number(i, 0);
        emit(e, (cpu, fpu, a) -> {
            if (isEmpty(fpu, 0) || isEmpty(fpu, other)) {
                if (stackFault(fpu, false)) {
                    return;
                }
                for (int n : new int[] {0, other}) {
                    if (isEmpty(fpu, n)) {
                        set(fpu, n, Real.INDEFINITE);
                    }
                }
            } else {
                fpu.statusWord &= ~C1;
            }
            int x = fpu.top;
            int y = physical(fpu, other);
            int signExponent = fpu.signExponent[x];
            long significand = fpu.significand[x];
            setRaw(fpu, 0, fpu.signExponent[y], fpu.significand[y]);
            setRaw(fpu, other, signExponent, significand);
        });
    }

    private static void free(Instruction i, Emitter e, boolean pop) {
        int n = number(i, 0);
        emit(e, (cpu, fpu, a) -> {
            fpu.used &= ~(1 << physical(fpu, n));
            fpu.statusWord &= ~C1;
            if (pop) {
                pop(fpu);
            }
        });
    }

    private static void move(InstructionSet set, Mnemonic mnemonic, long flags, boolean wanted) {
        set.define(mnemonic, (i, e) -> {
            int from = number(i, 1);
            emit(e, (cpu, fpu, a) -> {
                if (isEmpty(fpu, from) || isEmpty(fpu, 0)) {
                    if (!stackFault(fpu, false)) {
                        set(fpu, 0, Real.INDEFINITE);
                    }
                    return;
                }
                if ((cpu.rflags() & flags) != 0 == wanted) {
                    int n = physical(fpu, from);
                    setRaw(fpu, 0, fpu.signExponent[n], fpu.significand[n]);
                }
            });
        });
    }
}
