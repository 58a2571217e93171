package org.pvdiet.emulator.cpu;

/** A fault while #DF was delivered: the processor shuts down (SDM volume 3, section 6.15, interrupt 8). */
public final class TripleFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long rip;

    TripleFault(long rip, String cause) {
        super(String.format("triple fault at %#x: %s", rip, cause), null, false, false);
        this.rip = rip;
    }

    /** Where the guest was when the first of the faults happened. */
    public long rip() {
        return rip;
    }
}
