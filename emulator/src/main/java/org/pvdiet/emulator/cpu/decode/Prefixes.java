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

    /** By the REX prefix, or 0, where there is no other: what most instructions have. */
    private static final Prefixes[] REX_ALONE = new Prefixes[0x50];

    static {
        for (int rex = 0; rex < REX_ALONE.length; rex++) {
            REX_ALONE[rex] = new Prefixes(false, false, false, null, false, false, rex);
        }
    }

    /**
     * As they were found.
     *
     * @param repeat F2 or F3, or 0
     */
    static Prefixes of(boolean lock, int repeat, Segment segment, boolean operandSize, boolean addressSize, int rex) {
        boolean others = lock || repeat != 0 || segment != null || operandSize || addressSize;
        return others
                ? new Prefixes(lock, repeat == 0xf3, repeat == 0xf2, segment, operandSize, addressSize, rex)
                : REX_ALONE[rex];
    }

    /** REX.W. */
    public boolean rexW() {
        return (rex & 8) != 0;
    }
}
