package org.pvdiet.emulator.cpu.decode;

/** Reads one instruction. */
public final class Decoder {
    private Decoder() {}

    /**
     * Decodes the instruction at an address.
     *
     * <p>Never throws but what the source throws. What the architecture answers with an exception is an instruction too:
     * {@link Mnemonic#INVALID} and {@link Mnemonic#TOO_LONG}.
     *
     * @param address instruction pointer (offset in CS), passed to the source
     */
    public static Instruction decode(CodeSource source, long address, Mode mode) {
        throw new UnsupportedOperationException();
    }
}
