package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Mnemonic;
import org.pvdiet.emulator.cpu.decode.Operand;
import org.pvdiet.emulator.cpu.decode.RegisterFile;

/** MMX and SSE instructions that move data and change none of it. */
final class SimdMoves {
    /** What a register gets of a source, knowing what it holds. */
    private interface Merge {
        long word(long[] xmm, int target, long low, long high, int index);
    }

    private SimdMoves() {}

    static void define(InstructionSet set) {
        for (Mnemonic m : new Mnemonic[] {Mnemonic.MOVAPS, Mnemonic.MOVAPD, Mnemonic.MOVDQA, Mnemonic.MOVNTDQA}) {
            set.define(m, (i, e) -> move(i, e, true));
        }
        for (Mnemonic m : new Mnemonic[] {Mnemonic.MOVNTPS, Mnemonic.MOVNTPD, Mnemonic.MOVNTDQ, Mnemonic.MOVNTQ}) {
            set.define(m, (i, e) -> move(i, e, true));
        }
        for (Mnemonic m : new Mnemonic[] {Mnemonic.MOVUPS, Mnemonic.MOVUPD, Mnemonic.MOVDQU, Mnemonic.LDDQU}) {
            set.define(m, (i, e) -> move(i, e, false));
        }
        // To a register from a general register, an MMX register or memory the rest becomes zero.
        set.define(Mnemonic.MOVD, SimdMoves::zeroing);
        set.define(Mnemonic.MOVQ, SimdMoves::zeroing);
        set.define(Mnemonic.MOVQ2DQ, SimdMoves::zeroing);
        set.define(Mnemonic.MOVDQ2Q, (i, e) -> move(i, e, true));
        set.define(Mnemonic.MOVSS, SimdMoves::scalar);
        set.define(Mnemonic.MOVSD, SimdMoves::scalar);
        set.define(Mnemonic.MOVLPS, (i, e) -> move(i, e, true));
        set.define(Mnemonic.MOVLPD, (i, e) -> move(i, e, true));
        set.define(Mnemonic.MOVHPS, SimdMoves::high);
        set.define(Mnemonic.MOVHPD, SimdMoves::high);
        merge(set, Mnemonic.MOVHLPS, (x, t, low, high, index) -> index == 0 ? high : x[t + 1]);
        merge(set, Mnemonic.MOVLHPS, (x, t, low, high, index) -> index == 0 ? x[t] : low);
        set.define(Mnemonic.MOVMSKPS, (i, e) -> mask(i, e, 32));
        set.define(Mnemonic.MOVMSKPD, (i, e) -> mask(i, e, 64));
        set.define(Mnemonic.PMOVMSKB, (i, e) -> mask(i, e, 8));
        set.define(Mnemonic.MASKMOVDQU, SimdMoves::maskMove);
        set.define(Mnemonic.MASKMOVQ, SimdMoves::maskMove);
    }

    private static void move(Instruction i, Emitter e, boolean aligned) {
        SimdAccess.Source source = aligned ? SimdAccess.source(i, 1) : SimdAccess.unaligned(i, 1);
        SimdAccess.Target target = SimdAccess.target(i, 0, aligned);
        boolean two = i.operand(1).size() == 16;
        SimdAccess.emit(i, e, (cpu, address) -> {
            long low = source.word(cpu, address, 0);
            target.set(cpu, address, low, two ? source.word(cpu, address, 1) : 0);
        });
    }

    private static void zeroing(Instruction i, Emitter e) {
        SimdAccess.Source source = SimdAccess.source(i, 1);
        int size = Math.min(8, i.operand(1).size());
        boolean toXmm = i.operand(0) instanceof Operand.Register r
                && !SimdAccess.isMmx(r)
                && r.size() >= 8
                && r.file() == RegisterFile.XMM;
        if (toXmm) {
            int n = 2 * ((Operand.Register) i.operand(0)).number();
            SimdAccess.emit(i, e, (cpu, address) -> {
                cpu.fpu.xmm[n] = Operands.truncate(source.word(cpu, address, 0), size);
                cpu.fpu.xmm[n + 1] = 0;
            });
            return;
        }
        SimdAccess.Target target = SimdAccess.target(i, 0, false);
        SimdAccess.emit(
                i,
                e,
                (cpu, address) -> target.set(cpu, address, Operands.truncate(source.word(cpu, address, 0), size), 0));
    }

    /** From memory the rest of the register becomes zero, from a register it stays. */
    private static void scalar(Instruction i, Emitter e) {
        SimdAccess.Source source = SimdAccess.source(i, 1);
        if (i.operand(1) instanceof Operand.Memory) {
            int n = 2 * ((Operand.Register) i.operand(0)).number();
            SimdAccess.emit(i, e, (cpu, address) -> {
                cpu.fpu.xmm[n] = source.word(cpu, address, 0);
                cpu.fpu.xmm[n + 1] = 0;
            });
            return;
        }
        SimdAccess.Target target = SimdAccess.target(i, 0, false);
        SimdAccess.emit(i, e, (cpu, address) -> target.set(cpu, address, source.word(cpu, address, 0), 0));
    }

    private static void high(Instruction i, Emitter e) {
        if (i.operand(0) instanceof Operand.Register r) {
            int n = 2 * r.number() + 1;
            SimdAccess.emit(
                    i, e, (cpu, address) -> cpu.fpu.xmm[n] = cpu.memory().load64(address));
        } else {
            int n = 2 * ((Operand.Register) i.operand(1)).number() + 1;
            SimdAccess.emit(i, e, (cpu, address) -> cpu.memory().store64(address, cpu.fpu.xmm[n]));
        }
    }

    private static void merge(InstructionSet set, Mnemonic mnemonic, Merge merge) {
        set.define(mnemonic, (i, e) -> {
            SimdAccess.Source source = SimdAccess.source(i, 1);
            int n = 2 * ((Operand.Register) i.operand(0)).number();
            SimdAccess.emit(i, e, (cpu, address) -> {
                long low = source.word(cpu, address, 0);
                long high = source.word(cpu, address, 1);
                long[] x = cpu.fpu.xmm;
                long newLow = merge.word(x, n, low, high, 0);
                x[n + 1] = merge.word(x, n, low, high, 1);
                x[n] = newLow;
            });
        });
    }

    /** The sign bits of all lanes, gathered into a general register. */
    private static void mask(Instruction i, Emitter e, int lane) {
        SimdAccess.Source source = SimdAccess.source(i, 1);
        SimdAccess.Target target = SimdAccess.target(i, 0, false);
        int words = SimdAccess.isMmx(i.operand(1)) ? 1 : 2;
        SimdAccess.emit(i, e, (cpu, address) -> {
            long mask = 0;
            int lanes = 64 / lane;
            for (int w = 0; w < words; w++) {
                long word = source.word(cpu, address, w);
                if (lane == 8) {
                    // The multiplication gathers bit 8n at bit 56 + n: no two of its terms meet.
                    mask |= ((word & SimdIntegers.BYTE_SIGNS) >>> 7) * 0x0102040810204080L >>> 56 << w * lanes;
                    continue;
                }
                for (int l = 0; l < lanes; l++) {
                    mask |= (word >>> lane * l + lane - 1 & 1) << w * lanes + l;
                }
            }
            target.set(cpu, address, mask, 0);
        });
    }

    /** Bytes whose mask has its sign set, to DS:rDI. The decoder does not list that memory operand. */
    private static void maskMove(Instruction i, Emitter e) {
        SimdAccess.Source data = SimdAccess.source(i, 0);
        SimdAccess.Source mask = SimdAccess.source(i, 1);
        int words = SimdAccess.isMmx(i.operand(1)) ? 1 : 2;
        boolean wide = i.addressSize() == 8;
        SimdAccess.emit(i, e, (cpu, ignored) -> {
            long address = wide ? cpu.r[Cpu.RDI] : cpu.r[Cpu.RDI] & 0xffffffffL;
            for (int w = 0; w < words; w++) {
                long select = mask.word(cpu, 0, w);
                long value = data.word(cpu, 0, w);
                for (int b = 0; b < 8; b++) {
                    if ((select >>> 8 * b + 7 & 1) != 0) {
                        cpu.memory().checkWrite(address + 8L * w + b, 1);
                    }
                }
                for (int b = 0; b < 8; b++) {
                    if ((select >>> 8 * b + 7 & 1) != 0) {
                        cpu.memory().store8(address + 8L * w + b, value >>> 8 * b);
                    }
                }
            }
        });
    }
}
