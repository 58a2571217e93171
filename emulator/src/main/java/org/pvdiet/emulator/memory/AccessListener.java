package org.pvdiet.emulator.memory;

/** Told of each access to linear memory, before it happens. */
@FunctionalInterface
public interface AccessListener {
    /**
     * @param size in bytes, 1 to 8
     */
    void access(long linear, int size, boolean write);
}
