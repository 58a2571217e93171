package org.pvdiet.emulator.cpu.decode;

/** What an instruction reads or writes. Sizes are bytes. */
public sealed interface Operand {
    /** {@code Memory.base} or {@code Memory.index} of an address that has none. */
    int NONE = -1;

    /** Bytes read or written; 0 where the instruction decides (LEA, INVLPG, XSAVE ...). */
    int size();

    /**
     * A register. {@code size} is the part of it that the instruction uses: 1, 2, 4 or 8 for general-purpose registers,
     * 2 for segment registers, 4 or 8 for control and debug registers, 10 for x87, 8 for MMX, and for XMM the low bytes
     * that take part (4 in ADDSS, 8 in ADDSD, 16 in ADDPS).
     */
    record Register(RegisterFile file, int number, int size) implements Operand {}

    /**
     * {@code segment:[base + index * scale + displacement]}, wrapped to {@code addressSize}.
     *
     * @param segment the segment in effect. In 64-bit mode an ES, CS, SS or DS override has no effect, so this is FS,
     *     GS, or the default: SS where the base is RSP or RBP, else DS (it decides between #SS and #GP); string
     *     destinations have ES.
     * @param base general-purpose register number or {@link #NONE}
     * @param index general-purpose register number or {@link #NONE}
     * @param scale 1, 2, 4 or 8
     * @param displacement sign-extended; if {@code ripRelative}, the address itself, with the instruction pointer added
     * @param addressSize 2, 4 or 8
     */
    record Memory(
            Segment segment,
            int base,
            int index,
            int scale,
            long displacement,
            int addressSize,
            int size,
            boolean ripRelative)
            implements Operand {}

    /**
     * A constant in the instruction, or implied by it (the 1 of a shift by one).
     *
     * @param value already extended to 64 bits, with sign or without as the instruction asks
     * @param size of the operation that uses it, not of its encoding: 8 in {@code add $1, %rax}
     */
    record Immediate(long value, int size) implements Operand {}

    /** The target of a near branch, wrapped to the instruction pointer's size. */
    record Relative(long target, int size) implements Operand {}

    /**
     * A far branch's constant target.
     *
     * @param size of the offset, 2 or 4
     */
    record FarPointer(int selector, long offset, int size) implements Operand {}
}
