package org.pvdiet.emulator.memory;

/** Told of accesses to linear addresses that somebody watches, and of some others. */
public interface AccessListener {
    /**
     * @param size in bytes, 1 to 8
     */
    void accessed(long linear, int size, boolean write);
}
