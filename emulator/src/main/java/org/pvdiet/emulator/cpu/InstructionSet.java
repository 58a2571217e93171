package org.pvdiet.emulator.cpu;

import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Mnemonic;
import org.pvdiet.emulator.cpu.decode.Operand;
import org.pvdiet.emulator.cpu.decode.RegisterFile;

/** Which meaning belongs to which mnemonic. A mnemonic without one is not implemented, and stops the run where it is met. */
public final class InstructionSet {
    private final Map<Mnemonic, Meaning> meanings = new EnumMap<>(Mnemonic.class);

    private final Map<Mnemonic, Map<RegisterFile, Meaning>> special = new EnumMap<>(Mnemonic.class);

    public InstructionSet define(Mnemonic mnemonic, Meaning meaning) {
        if (meanings.put(mnemonic, meaning) != null) {
            throw new IllegalStateException(mnemonic + " is defined twice");
        }
        return this;
    }

    /** These raise #UD, whatever else has been said of them: the processor does not have them. */
    public InstructionSet forbid(Collection<Mnemonic> mnemonics) {
        for (Mnemonic mnemonic : mnemonics) {
            meanings.put(mnemonic, (i, e) -> e.emit(new MicroOp.Raise(Fault.invalidOpcode())));
        }
        return this;
    }

    /**
     * The same for the instructions with this name that have an operand in a register file, such as MOV to a segment register,
     * if the others have another meaning.
     */
    public InstructionSet define(Mnemonic mnemonic, RegisterFile file, Meaning meaning) {
        if (special.computeIfAbsent(mnemonic, m -> new EnumMap<>(RegisterFile.class))
                        .put(file, meaning)
                != null) {
            throw new IllegalStateException(mnemonic + " with " + file + " is defined twice");
        }
        return this;
    }

    boolean knows(Mnemonic mnemonic) {
        return meanings.containsKey(mnemonic) || special.containsKey(mnemonic);
    }

    /** Null where the instruction is not implemented. */
    public Meaning meaning(Instruction instruction) {
        Map<RegisterFile, Meaning> others = special.get(instruction.mnemonic());
        if (others != null) {
            for (int i = 0; i < instruction.operandCount(); i++) {
                Meaning other = instruction.operand(i) instanceof Operand.Register register
                        ? others.get(register.file())
                        : null;
                if (other != null) {
                    return other;
                }
            }
        }
        return meanings.get(instruction.mnemonic());
    }
}
