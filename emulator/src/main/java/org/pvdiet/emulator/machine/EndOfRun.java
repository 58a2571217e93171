package org.pvdiet.emulator.machine;

/** Thrown by a device or platform on the guest's thread to end the run where it stands. */
public final class EndOfRun extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Ending ending;

    public EndOfRun(Ending ending) {
        super(ending.detail(), null, false, false);
        this.ending = ending;
    }

    public Ending ending() {
        return ending;
    }
}
