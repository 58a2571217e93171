package org.pvdiet.emulator.cpu;

import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;
import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Mnemonic;
import org.pvdiet.emulator.cpu.decode.Operand;

/** MMX, SSE2 and SSSE3 instructions on packed integers, and the bitwise instructions on packed floating-point data. */
final class SimdIntegers {
    /**
     * An operation on whole operands: {@code t[0..1]} is the destination's value and becomes the result, {@code t[2..3]}
     * the source's.
     */
    interface Whole {
        /** @param bytes 8 for MMX, 16 for XMM */
        void apply(long[] t, int bytes, int immediate);
    }

    // The highest bit of each lane.
    static final long BYTE_SIGNS = 0x8080808080808080L;
    private static final long WORD_SIGNS = 0x8000800080008000L;
    private static final long DOUBLEWORD_SIGNS = 0x8000000080000000L;

    private SimdIntegers() {}

    static void define(InstructionSet set) {
        bitwise(set, (a, b) -> a & b, Mnemonic.PAND, Mnemonic.ANDPS, Mnemonic.ANDPD);
        bitwise(set, (a, b) -> ~a & b, Mnemonic.PANDN, Mnemonic.ANDNPS, Mnemonic.ANDNPD);
        bitwise(set, (a, b) -> a | b, Mnemonic.POR, Mnemonic.ORPS, Mnemonic.ORPD);
        bitwise(set, (a, b) -> a ^ b, Mnemonic.PXOR, Mnemonic.XORPS, Mnemonic.XORPD);
        bitwise(set, Long::sum, Mnemonic.PADDQ);
        bitwise(set, (a, b) -> a - b, Mnemonic.PSUBQ);

        bitwise(set, (a, b) -> add(a, b, BYTE_SIGNS), Mnemonic.PADDB);
        bitwise(set, (a, b) -> add(a, b, WORD_SIGNS), Mnemonic.PADDW);
        bitwise(set, (a, b) -> add(a, b, DOUBLEWORD_SIGNS), Mnemonic.PADDD);
        bitwise(set, (a, b) -> subtract(a, b, BYTE_SIGNS), Mnemonic.PSUBB);
        bitwise(set, (a, b) -> subtract(a, b, WORD_SIGNS), Mnemonic.PSUBW);
        bitwise(set, (a, b) -> subtract(a, b, DOUBLEWORD_SIGNS), Mnemonic.PSUBD);
        lanes(set, Mnemonic.PADDSB, 8, (a, b) -> clamp(a + b, 8));
        lanes(set, Mnemonic.PADDSW, 16, (a, b) -> clamp(a + b, 16));
        lanes(set, Mnemonic.PSUBSB, 8, (a, b) -> clamp(a - b, 8));
        lanes(set, Mnemonic.PSUBSW, 16, (a, b) -> clamp(a - b, 16));
        unsigned(set, Mnemonic.PADDUSB, 8, (a, b) -> Math.min(a + b, 0xff));
        unsigned(set, Mnemonic.PADDUSW, 16, (a, b) -> Math.min(a + b, 0xffff));
        unsigned(set, Mnemonic.PSUBUSB, 8, (a, b) -> Math.max(a - b, 0));
        unsigned(set, Mnemonic.PSUBUSW, 16, (a, b) -> Math.max(a - b, 0));
        unsigned(set, Mnemonic.PAVGB, 8, (a, b) -> a + b + 1 >> 1);
        unsigned(set, Mnemonic.PAVGW, 16, (a, b) -> a + b + 1 >> 1);
        unsigned(set, Mnemonic.PMINUB, 8, Math::min);
        unsigned(set, Mnemonic.PMAXUB, 8, Math::max);
        lanes(set, Mnemonic.PMINSW, 16, Math::min);
        lanes(set, Mnemonic.PMAXSW, 16, Math::max);
        bitwise(set, (a, b) -> equal(a, b, 8, BYTE_SIGNS), Mnemonic.PCMPEQB);
        bitwise(set, (a, b) -> equal(a, b, 16, WORD_SIGNS), Mnemonic.PCMPEQW);
        bitwise(set, (a, b) -> equal(a, b, 32, DOUBLEWORD_SIGNS), Mnemonic.PCMPEQD);
        lanes(set, Mnemonic.PCMPGTB, 8, (a, b) -> a > b ? -1 : 0);
        lanes(set, Mnemonic.PCMPGTW, 16, (a, b) -> a > b ? -1 : 0);
        lanes(set, Mnemonic.PCMPGTD, 32, (a, b) -> a > b ? -1 : 0);
        lanes(set, Mnemonic.PMINSB, 8, Math::min);
        lanes(set, Mnemonic.PMAXSB, 8, Math::max);
        lanes(set, Mnemonic.PMINSD, 32, Math::min);
        lanes(set, Mnemonic.PMAXSD, 32, Math::max);
        unsigned(set, Mnemonic.PMINUW, 16, Math::min);
        unsigned(set, Mnemonic.PMAXUW, 16, Math::max);
        unsigned(set, Mnemonic.PMINUD, 32, Math::min);
        unsigned(set, Mnemonic.PMAXUD, 32, Math::max);
        bitwise(set, (a, b) -> a == b ? -1 : 0, Mnemonic.PCMPEQQ);
        bitwise(set, (a, b) -> a > b ? -1 : 0, Mnemonic.PCMPGTQ);
        bitwise(set, (a, b) -> (long) (int) a * (int) b, Mnemonic.PMULDQ);
        lanes(set, Mnemonic.PMULLD, 32, (a, b) -> a * b);
        lanes(set, Mnemonic.PMULLW, 16, (a, b) -> a * b);
        lanes(set, Mnemonic.PMULHW, 16, (a, b) -> a * b >> 16);
        unsigned(set, Mnemonic.PMULHUW, 16, (a, b) -> a * b >> 16);
        lanes(set, Mnemonic.PMULHRSW, 16, (a, b) -> (a * b >> 14) + 1 >> 1);
        lanes(set, Mnemonic.PSIGNB, 8, (a, b) -> a * Long.signum(b));
        lanes(set, Mnemonic.PSIGNW, 16, (a, b) -> a * Long.signum(b));
        lanes(set, Mnemonic.PSIGND, 32, (a, b) -> a * Long.signum(b));
        lanes(set, Mnemonic.PABSB, 8, (a, b) -> Math.abs(b));
        lanes(set, Mnemonic.PABSW, 16, (a, b) -> Math.abs(b));
        lanes(set, Mnemonic.PABSD, 32, (a, b) -> Math.abs(b));
        bitwise(set, (a, b) -> (a & 0xffffffffL) * (b & 0xffffffffL), Mnemonic.PMULUDQ);
        bitwise(set, SimdIntegers::multiplyAdd, Mnemonic.PMADDWD);
        bitwise(set, SimdIntegers::multiplyAddBytes, Mnemonic.PMADDUBSW);
        bitwise(set, SimdIntegers::sumOfDifferences, Mnemonic.PSADBW);

        interleave(set, false, 8, Mnemonic.PUNPCKLBW);
        interleave(set, false, 16, Mnemonic.PUNPCKLWD);
        interleave(set, false, 32, Mnemonic.PUNPCKLDQ, Mnemonic.UNPCKLPS);
        interleave(set, false, 64, Mnemonic.PUNPCKLQDQ, Mnemonic.UNPCKLPD);
        interleave(set, true, 8, Mnemonic.PUNPCKHBW);
        interleave(set, true, 16, Mnemonic.PUNPCKHWD);
        interleave(set, true, 32, Mnemonic.PUNPCKHDQ, Mnemonic.UNPCKHPS);
        interleave(set, true, 64, Mnemonic.PUNPCKHQDQ, Mnemonic.UNPCKHPD);
        pack(set, Mnemonic.PACKSSWB, 16, v -> clamp(v, 8));
        pack(set, Mnemonic.PACKUSWB, 16, v -> Math.max(0, Math.min(0xff, v)));
        pack(set, Mnemonic.PACKSSDW, 32, v -> clamp(v, 16));
        pack(set, Mnemonic.PACKUSDW, 32, v -> Math.max(0, Math.min(0xffff, v)));
        horizontal(set, Mnemonic.PHADDW, 16, Long::sum);
        horizontal(set, Mnemonic.PHADDD, 32, Long::sum);
        horizontal(set, Mnemonic.PHADDSW, 16, (a, b) -> clamp(a + b, 16));
        horizontal(set, Mnemonic.PHSUBW, 16, (a, b) -> a - b);
        horizontal(set, Mnemonic.PHSUBD, 32, (a, b) -> a - b);
        horizontal(set, Mnemonic.PHSUBSW, 16, (a, b) -> clamp(a - b, 16));

        whole(set, Mnemonic.PSHUFB, SimdIntegers::shuffleBytes);
        whole(set, Mnemonic.PALIGNR, SimdIntegers::align);
        whole(set, Mnemonic.PSHUFD, (t, bytes, imm) -> shuffle(t, 32, 4, 0, imm));
        whole(set, Mnemonic.PSHUFW, (t, bytes, imm) -> shuffle(t, 16, 4, 0, imm));
        whole(set, Mnemonic.PSHUFLW, (t, bytes, imm) -> shuffle(t, 16, 8, 0, imm));
        whole(set, Mnemonic.PSHUFHW, (t, bytes, imm) -> shuffle(t, 16, 8, 4, imm));
        whole(set, Mnemonic.SHUFPS, (t, bytes, imm) -> {
            long low = lane(t, 0, 32, imm & 3) | lane(t, 0, 32, imm >> 2 & 3) << 32;
            t[1] = lane(t, 2, 32, imm >> 4 & 3) | lane(t, 2, 32, imm >> 6 & 3) << 32;
            t[0] = low;
        });
        whole(set, Mnemonic.SHUFPD, (t, bytes, imm) -> {
            t[0] = t[imm & 1];
            t[1] = t[2 + (imm >> 1 & 1)];
        });

        shift(set, Mnemonic.PSLLW, 16, (v, n) -> n < 16 ? v << n : 0, false);
        shift(set, Mnemonic.PSLLD, 32, (v, n) -> n < 32 ? v << n : 0, false);
        shift(set, Mnemonic.PSLLQ, 64, (v, n) -> n < 64 ? v << n : 0, false);
        shift(set, Mnemonic.PSRLW, 16, (v, n) -> n < 16 ? v >>> n : 0, false);
        shift(set, Mnemonic.PSRLD, 32, (v, n) -> n < 32 ? v >>> n : 0, false);
        shift(set, Mnemonic.PSRLQ, 64, (v, n) -> n < 64 ? v >>> n : 0, false);
        shift(set, Mnemonic.PSRAW, 16, (v, n) -> v >> Math.min(n, 15), true);
        shift(set, Mnemonic.PSRAD, 32, (v, n) -> v >> Math.min(n, 31), true);
        byteShift(set, Mnemonic.PSLLDQ, true);
        byteShift(set, Mnemonic.PSRLDQ, false);

        set.define(Mnemonic.PINSRW, SimdIntegers::insertWord);
        set.define(Mnemonic.PEXTRW, SimdIntegers::extractWord);
    }

    /** All lanes at once: the sums without the signs carry nothing out of a lane, and then the signs are added. */
    private static long add(long a, long b, long signs) {
        return (a & ~signs) + (b & ~signs) ^ (a ^ b) & signs;
    }

    private static long subtract(long a, long b, long signs) {
        return (a | signs) - (b & ~signs) ^ (a ^ ~b) & signs;
    }

    /** Ones in lanes that are equal: where the difference is zero, adding all but the sign leaves the sign clear. */
    private static long equal(long a, long b, int bits, long signs) {
        long difference = a ^ b;
        long zero = ~((difference & ~signs) + ~signs | difference) & signs;
        // From the sign down, which takes no borrow from the next lane.
        return (zero << 1) - (zero >>> bits - 1);
    }

    static long clamp(long value, int bits) {
        long most = (1L << bits - 1) - 1;
        return Math.max(-most - 1, Math.min(most, value));
    }

    /** Lane {@code i} of the operand that begins at {@code t[base]}, zero-extended. */
    static long lane(long[] t, int base, int bits, int i) {
        if (bits == 64) {
            return t[base + i];
        }
        int perWord = 64 / bits;
        return t[base + i / perWord] >>> i % perWord * bits & (1L << bits) - 1;
    }

    static void setLane(long[] t, int base, int bits, int i, long value) {
        if (bits == 64) {
            t[base + i] = value;
            return;
        }
        int perWord = 64 / bits;
        int shift = i % perWord * bits;
        long mask = (1L << bits) - 1 << shift;
        t[base + i / perWord] = t[base + i / perWord] & ~mask | value << shift & mask;
    }

    private static long signed(long value, int bits) {
        return value << 64 - bits >> 64 - bits;
    }

    static void whole(InstructionSet set, Mnemonic mnemonic, Whole whole) {
        set.define(mnemonic, (i, e) -> whole(i, e, whole));
    }

    private static void whole(Instruction i, Emitter e, Whole whole) {
        SimdAccess.Source destination = SimdAccess.source(i, 0);
        SimdAccess.Source source = SimdAccess.source(i, 1);
        SimdAccess.Target target = SimdAccess.target(i, 0, true);
        int bytes = SimdAccess.isMmx(i.operand(0)) ? 8 : 16;
        int immediate = i.operands().size() > 2 ? SimdAccess.immediate(i, 2) : 0;
        SimdAccess.emit(i, e, (cpu, address) -> {
            long[] t = cpu.fpu.scratch;
            t[0] = destination.word(cpu, address, 0);
            t[2] = source.word(cpu, address, 0);
            if (bytes == 16) {
                t[1] = destination.word(cpu, address, 1);
                t[3] = source.word(cpu, address, 1);
            }
            whole.apply(t, bytes, immediate);
            target.set(cpu, address, t[0], t[1]);
        });
    }

    /** Each 64-bit word by itself. */
    private static void bitwise(InstructionSet set, LongBinaryOperator f, Mnemonic... mnemonics) {
        for (Mnemonic mnemonic : mnemonics) {
            whole(set, mnemonic, (t, bytes, imm) -> {
                t[0] = f.applyAsLong(t[0], t[2]);
                if (bytes == 16) {
                    t[1] = f.applyAsLong(t[1], t[3]);
                }
            });
        }
    }

    /** Each lane by itself, sign-extended. */
    private static void lanes(InstructionSet set, Mnemonic mnemonic, int bits, LongBinaryOperator f) {
        bitwise(set, (a, b) -> eachLane(a, b, bits, true, f), mnemonic);
    }

    /** Each lane by itself, zero-extended. */
    private static void unsigned(InstructionSet set, Mnemonic mnemonic, int bits, LongBinaryOperator f) {
        bitwise(set, (a, b) -> eachLane(a, b, bits, false, f), mnemonic);
    }

    private static long eachLane(long a, long b, int bits, boolean signed, LongBinaryOperator f) {
        long mask = (1L << bits) - 1;
        long result = 0;
        for (int at = 0; at < 64; at += bits) {
            long x = a >>> at & mask;
            long y = b >>> at & mask;
            long value = signed ? f.applyAsLong(signed(x, bits), signed(y, bits)) : f.applyAsLong(x, y);
            result |= (value & mask) << at;
        }
        return result;
    }

    private static long multiplyAdd(long a, long b) {
        long result = 0;
        for (int at = 0; at < 64; at += 32) {
            long sum = (long) (short) (a >>> at) * (short) (b >>> at)
                    + (long) (short) (a >>> at + 16) * (short) (b >>> at + 16);
            result |= (sum & 0xffffffffL) << at;
        }
        return result;
    }

    private static long multiplyAddBytes(long a, long b) {
        long result = 0;
        for (int at = 0; at < 64; at += 16) {
            long sum = (a >>> at & 0xff) * (byte) (b >>> at) + (a >>> at + 8 & 0xff) * (byte) (b >>> at + 8);
            result |= (clamp(sum, 16) & 0xffff) << at;
        }
        return result;
    }

    private static long sumOfDifferences(long a, long b) {
        long sum = 0;
        for (int at = 0; at < 64; at += 8) {
            sum += Math.abs((a >>> at & 0xff) - (b >>> at & 0xff));
        }
        return sum;
    }

    /** The operands once more, in words 4 to 7, so that the result may replace them. */
    private static void copy(long[] t) {
        System.arraycopy(t, 0, t, 4, 4);
    }

    private static void interleave(InstructionSet set, boolean high, int bits, Mnemonic... mnemonics) {
        for (Mnemonic mnemonic : mnemonics) {
            whole(set, mnemonic, (t, bytes, imm) -> {
                copy(t);
                int lanes = bytes * 8 / bits;
                int first = high ? lanes / 2 : 0;
                for (int l = 0; l < lanes / 2; l++) {
                    setLane(t, 0, bits, 2 * l, lane(t, 4, bits, first + l));
                    setLane(t, 0, bits, 2 * l + 1, lane(t, 6, bits, first + l));
                }
            });
        }
    }

    private static void pack(InstructionSet set, Mnemonic mnemonic, int bits, LongUnaryOperator saturate) {
        whole(set, mnemonic, (t, bytes, imm) -> {
            copy(t);
            int lanes = bytes * 8 / bits;
            for (int l = 0; l < lanes; l++) {
                setLane(t, 0, bits / 2, l, saturate.applyAsLong(signed(lane(t, 4, bits, l), bits)));
                setLane(t, 0, bits / 2, lanes + l, saturate.applyAsLong(signed(lane(t, 6, bits, l), bits)));
            }
        });
    }

    private static void horizontal(InstructionSet set, Mnemonic mnemonic, int bits, LongBinaryOperator f) {
        whole(set, mnemonic, (t, bytes, imm) -> {
            copy(t);
            int half = bytes * 8 / bits / 2;
            for (int l = 0; l < 2 * half; l++) {
                int base = l < half ? 0 : 2;
                int pair = 2 * (l % half);
                setLane(
                        t,
                        0,
                        bits,
                        l,
                        f.applyAsLong(
                                signed(lane(t, 4 + base, bits, pair), bits),
                                signed(lane(t, 4 + base, bits, pair + 1), bits)));
            }
        });
    }

    private static void shuffleBytes(long[] t, int bytes, int immediate) {
        copy(t);
        for (int l = 0; l < bytes; l++) {
            long select = lane(t, 6, 8, l);
            setLane(t, 0, 8, l, (select & 0x80) != 0 ? 0 : lane(t, 4, 8, (int) select & bytes - 1));
        }
    }

    private static void align(long[] t, int bytes, int immediate) {
        copy(t);
        for (int l = 0; l < bytes; l++) {
            int at = l + immediate;
            long value = at < bytes ? lane(t, 6, 8, at) : at < 2 * bytes ? lane(t, 4, 8, at - bytes) : 0;
            setLane(t, 0, 8, l, value);
        }
    }

    /** Four lanes from {@code first} are chosen among themselves, two bits of the immediate each; others are copied. */
    private static void shuffle(long[] t, int bits, int lanes, int first, int immediate) {
        for (int l = 0; l < lanes; l++) {
            boolean chosen = l >= first && l < first + 4;
            int from = chosen ? first + (immediate >> 2 * (l - first) & 3) : l;
            setLane(t, 0, bits, l, lane(t, 2, bits, from));
        }
    }

    private static void shift(
            InstructionSet set, Mnemonic mnemonic, int bits, LongBinaryOperator f, boolean arithmetic) {
        set.define(mnemonic, (i, e) -> {
            if (i.operand(1) instanceof Operand.Immediate) {
                int count = SimdAccess.immediate(i, 1);
                SimdAccess.Source value = SimdAccess.source(i, 0);
                SimdAccess.Target target = SimdAccess.target(i, 0, true);
                SimdAccess.emit(
                        i,
                        e,
                        (cpu, address) -> target.set(
                                cpu,
                                address,
                                shiftLanes(value.word(cpu, address, 0), bits, count, f, arithmetic),
                                shiftLanes(value.word(cpu, address, 1), bits, count, f, arithmetic)));
            } else {
                whole(i, e, (t, bytes, imm) -> {
                    long count = t[2] < 0 || t[2] > 255 ? 255 : t[2];
                    t[0] = shiftLanes(t[0], bits, count, f, arithmetic);
                    t[1] = shiftLanes(t[1], bits, count, f, arithmetic);
                });
            }
        });
    }

    private static long shiftLanes(long word, int bits, long count, LongBinaryOperator f, boolean arithmetic) {
        if (bits == 64) {
            return f.applyAsLong(word, count);
        }
        return eachLane(word, 0, bits, arithmetic, (v, zero) -> f.applyAsLong(v, count));
    }

    private static void byteShift(InstructionSet set, Mnemonic mnemonic, boolean left) {
        set.define(mnemonic, (i, e) -> {
            int count = Math.min(16, SimdAccess.immediate(i, 1));
            SimdAccess.Source value = SimdAccess.source(i, 0);
            SimdAccess.Target target = SimdAccess.target(i, 0, true);
            SimdAccess.emit(i, e, (cpu, address) -> {
                long[] t = {0, 0, value.word(cpu, address, 0), value.word(cpu, address, 1)};
                for (int l = 0; l < 16; l++) {
                    int from = left ? l - count : l + count;
                    setLane(t, 0, 8, l, from >= 0 && from < 16 ? lane(t, 2, 8, from) : 0);
                }
                target.set(cpu, address, t[0], t[1]);
            });
        });
    }

    private static void insertWord(Instruction i, Emitter e) {
        whole(i, e, (t, bytes, imm) -> setLane(t, 0, 16, imm & bytes / 2 - 1, t[2]));
    }

    private static void extractWord(Instruction i, Emitter e) {
        SimdAccess.Source source = SimdAccess.source(i, 1);
        SimdAccess.Target target = SimdAccess.target(i, 0, false);
        int lane = SimdAccess.immediate(i, 2) & (SimdAccess.isMmx(i.operand(1)) ? 3 : 7);
        SimdAccess.emit(
                i,
                e,
                (cpu, address) ->
                        target.set(cpu, address, source.word(cpu, address, lane / 4) >>> lane % 4 * 16 & 0xffff, 0));
    }
}
