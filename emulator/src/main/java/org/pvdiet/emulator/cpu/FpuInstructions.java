package org.pvdiet.emulator.cpu;

/** All of the x87, MMX, SSE and SSE2 instructions there are. */
final class FpuInstructions {
    private FpuInstructions() {}

    static void define(InstructionSet set) {
        FpuStateInstructions.define(set);
        X87Instructions.define(set);
        SimdMoves.define(set);
        SimdIntegers.define(set);
        SimdFloats.define(set);
    }
}
