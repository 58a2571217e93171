package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Operand;
import org.pvdiet.emulator.cpu.decode.Segment;

/** Which instructions access memory through SS, so that a non-canonical address is #SS and not #GP. */
final class StackAccess {
    private StackAccess() {}

    /** Where an instruction accesses both, an explicit operand counts. */
    static boolean of(Instruction instruction) {
        for (Operand operand : instruction.operands()) {
            if (operand instanceof Operand.Memory memory) {
                return memory.segment() == Segment.SS;
            }
        }
        return switch (instruction.mnemonic()) {
            case PUSH, POP, PUSHA, POPA, PUSHF, POPF, CALL, RET, ENTER, LEAVE, CALL_FAR, RET_FAR, IRET -> true;
            default -> false;
        };
    }
}
