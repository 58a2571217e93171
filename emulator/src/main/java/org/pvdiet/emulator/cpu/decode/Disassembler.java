package org.pvdiet.emulator.cpu.decode;

/** Prints instructions in AT&amp;T syntax, as GNU {@code objdump -d} does. */
public final class Disassembler {
    private Disassembler() {}

    /** The mnemonic and operands, without address and bytes. */
    public static String text(Instruction instruction) {
        throw new UnsupportedOperationException();
    }
}
