package org.pvdiet.emulator.cpu;

import java.util.EnumMap;
import java.util.Map;
import org.pvdiet.emulator.cpu.decode.Mnemonic;

/** Which meaning belongs to which mnemonic. A mnemonic without one is not implemented, and stops the run where it is met. */
public final class InstructionSet {
    private final Map<Mnemonic, Meaning> meanings = new EnumMap<>(Mnemonic.class);

    public InstructionSet define(Mnemonic mnemonic, Meaning meaning) {
        if (meanings.put(mnemonic, meaning) != null) {
            throw new IllegalStateException(mnemonic + " is defined twice");
        }
        return this;
    }

    /** Null where the mnemonic is not implemented. */
    public Meaning meaning(Mnemonic mnemonic) {
        return meanings.get(mnemonic);
    }
}
