package org.pvdiet.emulator.memory;

/** A device's registers in physical address space. Offsets are from the start of the region, sizes 1, 2, 4 or 8 bytes. */
public interface Mmio {
    /** What lies above the low {@code size} bytes of the value is not looked at. */
    long read(long offset, int size);

    /** @param value zero-extended */
    void write(long offset, int size, long value);
}
