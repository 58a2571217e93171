package org.pvdiet.emulator.cpu;

/** The model-specific registers. */
public final class Msrs {
    private final Cpu cpu;

    Msrs(Cpu cpu) {
        this.cpu = cpu;
    }

    /**
     * Reads as RDMSR does, without its privilege check.
     *
     * @throws Fault #GP(0) where there is no such register
     */
    public long read(int index) {
        throw new UnsupportedOperationException("MSR " + index + " of " + cpu);
    }

    /**
     * Writes as WRMSR does, without its privilege check.
     *
     * @throws Fault #GP(0) where there is no such register or it does not take the value
     */
    public void write(int index, long value) {
        throw new UnsupportedOperationException("MSR " + index + " of " + cpu);
    }
}
