package org.pvdiet.emulator.cpu;

/** The I/O port space. Sizes are 1, 2 or 4 bytes; a port where nothing answers reads as all ones. */
public interface PortBus {
    int in(int port, int size);

    void out(int port, int size, int value);
}
