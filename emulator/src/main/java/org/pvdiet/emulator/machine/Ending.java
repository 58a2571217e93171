package org.pvdiet.emulator.machine;

/**
 * How a run ended.
 *
 * @param detail a sentence for people: where, and what the guest said
 * @param code the guest's own exit or shutdown code, 0 where it has none
 */
public record Ending(Reason reason, String detail, int code) {
    /** The closed set of ways in which a run ends. */
    public enum Reason {
        /** The guest powered off, or halted with interrupts off after saying so. */
        POWER_OFF,
        /** The guest asked for a reboot. */
        REBOOT,
        /** The guest reported a crash (a panic, a crash shutdown). */
        CRASH,
        /** The processor shut down. */
        TRIPLE_FAULT,
        /** Halted with nothing left that could wake it. */
        HANG,
        /** Met an instruction or state that is not implemented. */
        UNIMPLEMENTED,
        /** Translated and interpreted code came to different states, where that is checked. */
        DIFFERENCE,
        /** The console printed what was waited for. */
        UNTIL,
        /** The asked-for number of instructions was executed. */
        LIMIT,
        /** The user interrupted the run. */
        INTERRUPTED
    }

    /** True where the guest ended by its own will or as the user asked. */
    public boolean isIntended() {
        return switch (reason) {
            case POWER_OFF, UNTIL, LIMIT -> true;
            case REBOOT, CRASH, TRIPLE_FAULT, HANG, UNIMPLEMENTED, DIFFERENCE, INTERRUPTED -> false;
        };
    }
}
