package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.cpu.decode.Instruction;

final class SystemInstructions {
    private SystemInstructions() {}

    static void define(InstructionSet set) {}

    static void move(Instruction instruction, Emitter emitter) {
        emitter.emit(new MicroOp.Unimplemented(instruction));
    }
}
