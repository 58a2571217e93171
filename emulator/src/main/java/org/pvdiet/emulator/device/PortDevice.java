package org.pvdiet.emulator.device;

/** A device with byte-wide registers in the port space, as all of a PC's old chips have. Values are 0..255. */
public interface PortDevice {
    int in(int port);

    void out(int port, int value);
}
