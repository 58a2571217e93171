package org.pvdiet.emulator.cpu.decode;

/**
 * Prefixes as found in front of the opcode, whether or not the instruction makes use of them.
 *
 * @param rep F3 is the last of the F2 and F3 prefixes; also set where it selects the opcode (ADDSS, PAUSE)
 * @param repne F2 is the last of the F2 and F3 prefixes; also set where it selects the opcode
 * @param segment the override in effect, null without; ES, CS, SS and DS are never in effect in 64-bit mode
 * @param operandSize 66 is present
 * @param addressSize 67 is present
 * @param rex the REX prefix in effect, 40..4F, or 0
 */
public record Prefixes(
        boolean lock, boolean rep, boolean repne, Segment segment, boolean operandSize, boolean addressSize, int rex) {

    /** REX.W. */
    public boolean rexW() {
        return (rex & 8) != 0;
    }
}
