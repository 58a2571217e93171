package org.pvdiet.emulator.cpu.decode;

/** The code segment's width, which decides how bytes are read (SDM volume 1, section 3.6.1: CS.L and CS.D). */
public enum Mode {
    /** 64-bit mode: CS.L = 1. */
    BITS_64(4, 8),
    /** Compatibility or protected mode, CS.D = 1. */
    BITS_32(4, 4),
    /** Compatibility, protected or real mode, CS.D = 0. */
    BITS_16(2, 2);

    final int defaultOperandSize;
    final int defaultAddressSize;

    Mode(int defaultOperandSize, int defaultAddressSize) {
        this.defaultOperandSize = defaultOperandSize;
        this.defaultAddressSize = defaultAddressSize;
    }
}
