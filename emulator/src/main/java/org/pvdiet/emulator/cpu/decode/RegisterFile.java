package org.pvdiet.emulator.cpu.decode;

/** What a register number counts. */
public enum RegisterFile {
    /** RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8 to R15 and their low parts; 0..15. */
    GPR,
    /** AH, CH, DH, BH: bits 15:8 of general-purpose register 0..3. */
    GPR_HIGH,
    /** ES, CS, SS, DS, FS, GS; 0..5. */
    SEGMENT,
    /** CR0 to CR15. */
    CONTROL,
    /** DR0 to DR15. */
    DEBUG,
    /** ST(0) to ST(7). */
    X87,
    /** MM0 to MM7. */
    MMX,
    /** XMM0 to XMM15. */
    XMM
}
