package org.pvdiet.emulator.cpu;

/** The I/O port space. Sizes are 1, 2 or 4 bytes; a port where nothing answers reads as all ones. */
public interface PortBus {
    /** One at which nothing answers. */
    PortBus NONE = new PortBus() {
        @Override
        public int in(int port, int size) {
            return -1;
        }

        @Override
        public void out(int port, int size, int value) {}
    };

    int in(int port, int size);

    void out(int port, int size, int value);
}
