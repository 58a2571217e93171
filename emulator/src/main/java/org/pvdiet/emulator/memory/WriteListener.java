package org.pvdiet.emulator.memory;

/** Told of each write to a watched frame, whoever writes: guest, platform or device. */
public interface WriteListener {
    /**
     * Called before the write.
     *
     * @param address physical, and never crossing a frame
     * @param size in bytes, 1 to 8
     * @param value what is about to be written, zero-extended
     */
    void writing(long address, int size, long value);
}
