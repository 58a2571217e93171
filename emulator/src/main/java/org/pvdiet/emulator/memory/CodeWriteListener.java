package org.pvdiet.emulator.memory;

/** Told of each write to a frame that holds code, whoever writes. */
public interface CodeWriteListener {
    /**
     * Called before the write.
     *
     * @param address physical, and never crossing a frame
     * @param size in bytes, 1 to 4096
     */
    void writing(long address, int size);
}
