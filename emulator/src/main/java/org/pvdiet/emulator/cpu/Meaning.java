package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.cpu.decode.Instruction;

/** What an instruction does, said once: as micro-operations that an interpreter executes and a translator can compile. */
public interface Meaning {
    void lower(Instruction instruction, Emitter emitter);
}
