package org.pvdiet.emulator.memory;

/** A device's registers in physical address space. Offsets are from the start of the region, sizes 1, 2, 4 or 8 bytes. */
public interface Mmio {
    long read(long offset, int size);

    void write(long offset, int size, long value);
}
