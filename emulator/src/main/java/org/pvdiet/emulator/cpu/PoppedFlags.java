package org.pvdiet.emulator.cpu;

/** Which flags POPF and IRET may change (SDM volume 2, POPF, table 4-16, and IRET). */
final class PoppedFlags {
    private static final long ALWAYS = Flags.STATUS | Flags.TF | Flags.DF | Flags.NT;

    private PoppedFlags() {}

    /**
     * @param size of the popped value, 2, 4 or 8
     */
    static long changeable(Cpu cpu, int size) {
        long flags = ALWAYS | (size == 2 ? 0 : Flags.AC | Flags.ID);
        if (cpu.cpl() == 0) {
            flags |= Flags.IOPL;
        }
        if (cpu.cpl() <= cpu.iopl()) {
            flags |= Flags.IF;
        }
        return flags;
    }
}
