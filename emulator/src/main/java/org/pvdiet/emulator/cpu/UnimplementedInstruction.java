package org.pvdiet.emulator.cpu;

import com.google.common.io.BaseEncoding;
import org.pvdiet.emulator.cpu.decode.Instruction;

/** The guest executed an instruction that has no meaning here yet. The processor stands before it. */
public final class UnimplementedInstruction extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Instruction instruction;

    UnimplementedInstruction(Instruction instruction) {
        super(
                String.format(
                        "instruction not implemented at %#x: %s (%s)",
                        instruction.address(),
                        BaseEncoding.base16().lowerCase().encode(instruction.bytes()),
                        instruction),
                null,
                false,
                false);
        this.instruction = instruction;
    }

    public Instruction instruction() {
        return instruction;
    }
}
