package org.pvdiet.emulator.cpu;

/** Runs before the instruction at an address it was set on, each time control reaches that address. */
public interface Probe {
    /** RIP is {@code address} and registers, flags and {@link Cpu#retired()} are exact. */
    void reached(Cpu cpu, long address);
}
