package org.pvdiet.emulator.cpu;

/**
 * The guest reached an instruction or a state that the architecture defines and this processor does not have. Ends the run;
 * the message is a sentence that names it.
 */
public final class Unimplemented extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long rip;

    public Unimplemented(long rip, String what) {
        super(String.format("%s at %#x is not implemented", what, rip), null, false, false);
        this.rip = rip;
    }

    public long rip() {
        return rip;
    }
}
