package org.pvdiet.emulator.cpu.decode;

/** Where the decoder takes bytes from: as many as the source offers, then one by one as the instruction needs them. */
@FunctionalInterface
public interface CodeSource {
    /**
     * The byte at an instruction pointer, 0..255.
     *
     * <p>Whatever this throws (a page fault on the second half of an instruction) leaves the decoder untouched.
     */
    int byteAt(long address);

    /**
     * Puts bytes from an instruction pointer on into an array, as many as there is room for, but none whose reading may
     * throw or have an effect: the instruction may end before it. A source need not offer any.
     *
     * @return how many
     */
    default int bytesAt(long address, byte[] into) {
        return 0;
    }

    /** Bytes of an array whose first byte has the given address. */
    static CodeSource of(byte[] code, long address) {
        return new CodeSource() {
            @Override
            public int byteAt(long at) {
                return code[Math.toIntExact(at - address)] & 0xff;
            }

            @Override
            public int bytesAt(long at, byte[] into) {
                int offset = Math.toIntExact(at - address);
                int length = Math.min(code.length - offset, into.length);
                System.arraycopy(code, offset, into, 0, length);
                return length;
            }
        };
    }
}
