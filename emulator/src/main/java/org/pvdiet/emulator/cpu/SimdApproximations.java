package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Mnemonic;

/**
 * RCP and RSQRT, whose results the SDM bounds and does not fix: a relative error of at most 1.5 * 2^-12 (SDM volume 2, RCPPS).
 * Here they are the exact result cut to 12 bits after the point, an error below 2^-12, on every host. They raise no
 * exceptions and know no denormals.
 */
final class SimdApproximations {
    private static final int KEPT = -1 << 11;

    private interface Approximation {
        float of(float x);
    }

    private SimdApproximations() {}

    static void define(InstructionSet set) {
        for (Mnemonic m : new Mnemonic[] {Mnemonic.RCPPS, Mnemonic.RCPSS}) {
            set.define(m, (i, e) -> approximate(i, e, x -> (float) (1.0 / x)));
        }
        for (Mnemonic m : new Mnemonic[] {Mnemonic.RSQRTPS, Mnemonic.RSQRTSS}) {
            set.define(m, (i, e) -> approximate(i, e, x -> (float) (1.0 / StrictMath.sqrt(x))));
        }
    }

    private static void approximate(Instruction i, Emitter e, Approximation f) {
        SimdAccess.Source source = SimdAccess.source(i, 1);
        SimdAccess.Target target = SimdAccess.target(i, 0, true);
        boolean packed = i.operand(0).size() == 16;
        SimdAccess.emit(i, e, (cpu, address) -> {
            long low = two(source.word(cpu, address, 0), f);
            target.set(cpu, address, low, packed ? two(source.word(cpu, address, 1), f) : 0);
        });
    }

    private static long two(long word, Approximation f) {
        return one((int) word, f) & 0xffffffffL | (long) one((int) (word >>> 32), f) << 32;
    }

    private static int one(int bits, Approximation f) {
        float x = Float.intBitsToFloat(bits);
        if (Float.isNaN(x)) {
            return bits | 1 << 22;
        }
        float result = f.of(Math.abs(x) < Float.MIN_NORMAL ? Math.copySign(0, x) : x);
        if (Float.isNaN(result)) {
            return 0xffc00000;
        }
        if (Math.abs(result) < Float.MIN_NORMAL) {
            return bits & 1 << 31;
        }
        return Float.floatToRawIntBits(result) & KEPT;
    }
}
