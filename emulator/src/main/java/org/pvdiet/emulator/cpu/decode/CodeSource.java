package org.pvdiet.emulator.cpu.decode;

/** Where the decoder takes bytes from, in order and none more than the instruction needs. */
@FunctionalInterface
public interface CodeSource {
    /**
     * The byte at an instruction pointer, 0..255.
     *
     * <p>Whatever this throws (a page fault on the second half of an instruction) leaves the decoder untouched.
     */
    int byteAt(long address);

    /** Bytes of an array whose first byte has the given address. */
    static CodeSource of(byte[] code, long address) {
        return at -> code[Math.toIntExact(at - address)] & 0xff;
    }
}
