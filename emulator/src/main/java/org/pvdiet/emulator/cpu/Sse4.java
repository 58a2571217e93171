package org.pvdiet.emulator.cpu;

import java.util.function.LongUnaryOperator;
import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Mnemonic;
import org.pvdiet.emulator.cpu.decode.Operand;

/** SSE3's and SSE4.1's moves, insertions and blends, and what else of SSE4.1 works on whole registers. */
final class Sse4 {
    private Sse4() {}

    static void define(InstructionSet set) {
        moves(set, Mnemonic.MOVDDUP, (t, lane) -> t[2]);
        moves(set, Mnemonic.MOVSLDUP, (t, w) -> (t[2 + w] & 0xffffffffL) * 0x1_0000_0001L);
        moves(set, Mnemonic.MOVSHDUP, (t, w) -> (t[2 + w] >>> 32) * 0x1_0000_0001L);

        extend(set, Mnemonic.PMOVSXBW, 8, 16, v -> (byte) v);
        extend(set, Mnemonic.PMOVSXBD, 8, 32, v -> (byte) v);
        extend(set, Mnemonic.PMOVSXBQ, 8, 64, v -> (byte) v);
        extend(set, Mnemonic.PMOVSXWD, 16, 32, v -> (short) v);
        extend(set, Mnemonic.PMOVSXWQ, 16, 64, v -> (short) v);
        extend(set, Mnemonic.PMOVSXDQ, 32, 64, v -> (int) v);
        extend(set, Mnemonic.PMOVZXBW, 8, 16, v -> v);
        extend(set, Mnemonic.PMOVZXBD, 8, 32, v -> v);
        extend(set, Mnemonic.PMOVZXBQ, 8, 64, v -> v);
        extend(set, Mnemonic.PMOVZXWD, 16, 32, v -> v);
        extend(set, Mnemonic.PMOVZXWQ, 16, 64, v -> v);
        extend(set, Mnemonic.PMOVZXDQ, 32, 64, v -> v);

        blend(set, Mnemonic.PBLENDW, 16);
        blend(set, Mnemonic.BLENDPS, 32);
        blend(set, Mnemonic.BLENDPD, 64);
        variableBlend(set, Mnemonic.PBLENDVB, 8);
        variableBlend(set, Mnemonic.BLENDVPS, 32);
        variableBlend(set, Mnemonic.BLENDVPD, 64);

        insert(set, Mnemonic.PINSRB, 8);
        insert(set, Mnemonic.PINSRD, 32);
        insert(set, Mnemonic.PINSRQ, 64);
        extract(set, Mnemonic.PEXTRB, 8);
        extract(set, Mnemonic.PEXTRD, 32);
        extract(set, Mnemonic.PEXTRQ, 64);
        extract(set, Mnemonic.EXTRACTPS, 32);
        set.define(Mnemonic.INSERTPS, Sse4::insertSingle);
        set.define(Mnemonic.PTEST, Sse4::test);
        SimdIntegers.whole(set, Mnemonic.PHMINPOSUW, (t, bytes, immediate) -> minimum(t));
        SimdIntegers.whole(set, Mnemonic.MPSADBW, (t, bytes, immediate) -> differences(t, immediate));
    }

    /** Word 0 or 1 of the result. */
    private interface Word {
        long of(long[] t, int index);
    }

    private static void moves(InstructionSet set, Mnemonic mnemonic, Word word) {
        SimdIntegers.whole(set, mnemonic, (t, bytes, immediate) -> {
            t[0] = word.of(t, 0);
            t[1] = word.of(t, 1);
        });
    }

    private static void extend(InstructionSet set, Mnemonic mnemonic, int from, int to, LongUnaryOperator f) {
        set.define(mnemonic, (i, e) -> {
            SimdAccess.Source source = SimdAccess.source(i, 1);
            SimdAccess.Target target = SimdAccess.target(i, 0, true);
            SimdAccess.emit(i, e, (cpu, address) -> {
                long[] t = cpu.fpu.scratch;
                t[2] = source.word(cpu, address, 0);
                for (int l = 0; l < 128 / to; l++) {
                    SimdIntegers.setLane(t, 0, to, l, f.applyAsLong(SimdIntegers.lane(t, 2, from, l)));
                }
                target.set(cpu, address, t[0], t[1]);
            });
        });
    }

    private static void blend(InstructionSet set, Mnemonic mnemonic, int bits) {
        SimdIntegers.whole(set, mnemonic, (t, bytes, immediate) -> {
            for (int l = 0; l < 128 / bits; l++) {
                if ((immediate >> l & 1) != 0) {
                    SimdIntegers.setLane(t, 0, bits, l, SimdIntegers.lane(t, 2, bits, l));
                }
            }
        });
    }

    /** The signs in XMM0 choose. */
    private static void variableBlend(InstructionSet set, Mnemonic mnemonic, int bits) {
        set.define(mnemonic, (i, e) -> {
            SimdAccess.Source source = SimdAccess.source(i, 1);
            int n = 2 * ((Operand.Register) i.operand(0)).number();
            SimdAccess.emit(i, e, (cpu, address) -> {
                long low = source.word(cpu, address, 0);
                long high = source.word(cpu, address, 1);
                long[] xmm = cpu.fpu.xmm;
                long lowMask = signs(xmm[0], bits);
                long highMask = signs(xmm[1], bits);
                xmm[n] = xmm[n] & ~lowMask | low & lowMask;
                xmm[n + 1] = xmm[n + 1] & ~highMask | high & highMask;
            });
        });
    }

    /** Lanes of ones where the sign is set. */
    private static long signs(long word, int bits) {
        long mask = 0;
        long lane = bits == 64 ? -1 : (1L << bits) - 1;
        for (int at = 0; at < 64; at += bits) {
            mask |= (word >>> at + bits - 1 & 1) != 0 ? lane << at : 0;
        }
        return mask;
    }

    private static void insert(InstructionSet set, Mnemonic mnemonic, int bits) {
        SimdIntegers.whole(
                set,
                mnemonic,
                (t, bytes, immediate) -> SimdIntegers.setLane(t, 0, bits, immediate & 128 / bits - 1, t[2]));
    }

    private static void extract(InstructionSet set, Mnemonic mnemonic, int bits) {
        set.define(mnemonic, (i, e) -> {
            SimdAccess.Source source = SimdAccess.source(i, 1);
            SimdAccess.Target target = SimdAccess.target(i, 0, false);
            int at = (SimdAccess.immediate(i, 2) & 128 / bits - 1) * bits;
            SimdAccess.emit(
                    i,
                    e,
                    (cpu, address) -> target.set(
                            cpu,
                            address,
                            Operands.truncate(source.word(cpu, address, at / 64) >>> at % 64, bits / 8),
                            0));
        });
    }

    /** Immediate: source lane (of a register), destination lane, lanes to be zero. */
    private static void insertSingle(Instruction i, Emitter e) {
        boolean memory = i.operand(1) instanceof Operand.Memory;
        int immediate = SimdAccess.immediate(i, 2);
        int from = memory ? 0 : immediate >> 6;
        SimdAccess.Source source = SimdAccess.source(i, 1);
        int n = 2 * ((Operand.Register) i.operand(0)).number();
        SimdAccess.emit(i, e, (cpu, address) -> {
            long value = source.word(cpu, address, from / 2) >>> from % 2 * 32;
            SimdIntegers.setLane(cpu.fpu.xmm, n, 32, immediate >> 4 & 3, value);
            for (int l = 0; l < 4; l++) {
                if ((immediate >> l & 1) != 0) {
                    SimdIntegers.setLane(cpu.fpu.xmm, n, 32, l, 0);
                }
            }
        });
    }

    private static void test(Instruction i, Emitter e) {
        SimdAccess.Source first = SimdAccess.source(i, 0);
        SimdAccess.Source second = SimdAccess.source(i, 1);
        SimdAccess.emit(i, e, (cpu, address) -> {
            long low = second.word(cpu, address, 0);
            long high = second.word(cpu, address, 1);
            long a = first.word(cpu, address, 0);
            long b = first.word(cpu, address, 1);
            long zero = (low & a | high & b) == 0 ? Flags.ZF : 0;
            long carry = (low & ~a | high & ~b) == 0 ? Flags.CF : 0;
            cpu.setRflags(cpu.rflags() & ~Flags.STATUS | zero | carry);
        });
    }

    /** The smallest word and where it is first. */
    private static void minimum(long[] t) {
        int at = 0;
        for (int l = 1; l < 8; l++) {
            if (SimdIntegers.lane(t, 2, 16, l) < SimdIntegers.lane(t, 2, 16, at)) {
                at = l;
            }
        }
        t[0] = SimdIntegers.lane(t, 2, 16, at) | (long) at << 16;
        t[1] = 0;
    }

    /** Eight sums of differences of four bytes: eleven bytes of the destination against four of the source. */
    private static void differences(long[] t, int immediate) {
        int first = (immediate >> 2 & 1) * 4;
        int second = (immediate & 3) * 4;
        long low = 0;
        long high = 0;
        for (int l = 0; l < 8; l++) {
            long sum = 0;
            for (int b = 0; b < 4; b++) {
                sum += Math.abs(SimdIntegers.lane(t, 0, 8, first + l + b) - SimdIntegers.lane(t, 2, 8, second + b));
            }
            if (l < 4) {
                low |= sum << 16 * l;
            } else {
                high |= sum << 16 * (l - 4);
            }
        }
        t[0] = low;
        t[1] = high;
    }
}
