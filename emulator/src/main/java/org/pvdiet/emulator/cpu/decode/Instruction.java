package org.pvdiet.emulator.cpu.decode;

import java.util.List;

/** One decoded instruction. Immutable. */
public final class Instruction {
    private final long address;
    private final byte[] bytes;
    private final Mode mode;
    private final Mnemonic mnemonic;
    private final Encoding encoding;
    private final int opcode;
    private final Operand[] operands;
    private final int operandSize;
    private final int addressSize;
    private final Prefixes prefixes;

    Instruction(
            long address,
            byte[] bytes,
            Mode mode,
            Mnemonic mnemonic,
            Encoding encoding,
            int opcode,
            Operand[] operands,
            int operandSize,
            int addressSize,
            Prefixes prefixes) {
        this.address = address;
        this.bytes = bytes;
        this.mode = mode;
        this.mnemonic = mnemonic;
        this.encoding = encoding;
        this.opcode = opcode;
        this.operands = operands;
        this.operandSize = operandSize;
        this.addressSize = addressSize;
        this.prefixes = prefixes;
    }

    /** The instruction pointer at its first byte. */
    public long address() {
        return address;
    }

    /** Bytes, 1..15. */
    public int length() {
        return bytes.length;
    }

    /** The address of the instruction after this one, wrapped to 32 bits outside 64-bit mode. */
    public long next() {
        long next = address + bytes.length;
        return mode == Mode.BITS_64 ? next : next & 0xffff_ffffL;
    }

    /** What its bytes matched; null for what is not in the table. */
    Encoding encoding() {
        return encoding;
    }

    /** The last byte of the opcode. */
    int opcode() {
        return opcode;
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    public Mode mode() {
        return mode;
    }

    public Mnemonic mnemonic() {
        return mnemonic;
    }

    /** The condition code, 0 (O) to 15 (NLE), of JCC, SETCC and CMOVCC; -1 for all others. */
    public int condition() {
        boolean conditional = mnemonic == Mnemonic.JCC || mnemonic == Mnemonic.SETCC || mnemonic == Mnemonic.CMOVCC;
        return conditional ? opcode & 0xf : -1;
    }

    /** In SDM order: the destination first. Implied operands are listed where the SDM lists them. */
    public List<Operand> operands() {
        return List.of(operands);
    }

    public int operandCount() {
        return operands.length;
    }

    public Operand operand(int index) {
        return operands[index];
    }

    /**
     * The effective operand size in bytes: 2, 4 or 8, or 1 for the byte forms. 64-bit mode's default of 8 for pushes,
     * pops and near branches is already applied.
     */
    public int operandSize() {
        return operandSize;
    }

    /** The effective address size in bytes: 2, 4 or 8. */
    public int addressSize() {
        return addressSize;
    }

    public Prefixes prefixes() {
        return prefixes;
    }

    /** AT&amp;T text as {@code objdump -d} prints it, without the address. */
    @Override
    public String toString() {
        return Disassembler.text(this);
    }
}
