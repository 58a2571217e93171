package org.pvdiet.emulator.device;

import org.pvdiet.emulator.cpu.PortBus;

/**
 * The I/O port space: which device answers where. An access goes to the device at its first port, and a wide one to that
 * port and the ones after it in turn, as on the ISA bus. So a 4-byte write to the PCI configuration address 0xcf8, where
 * no bridge answers, does not reach the reset register at 0xcf9.
 */
public final class PortSpace implements PortBus {
    private static final int PORTS = 0x10000;

    private final PortDevice[] devices = new PortDevice[PORTS];

    /**
     * Gives {@code count} ports to a device.
     *
     * @throws IllegalStateException if another device has one of them
     */
    public void map(int first, int count, PortDevice device) {
        for (int port = first; port < first + count; port++) {
            if (devices[port] != null) {
                throw new IllegalStateException(String.format("port %#x belongs to two devices", port));
            }
            devices[port] = device;
        }
    }

    @Override
    public int in(int port, int size) {
        int value = 0;
        for (int i = size - 1; i >= 0; i--) {
            int at = port + i;
            PortDevice device = devices[port] == null || at >= PORTS ? null : devices[at];
            value = value << 8 | (device == null ? 0xff : device.in(at));
        }
        return value;
    }

    @Override
    public void out(int port, int size, int value) {
        if (devices[port] == null) {
            return;
        }
        for (int i = 0; i < size && port + i < PORTS; i++) {
            if (devices[port + i] != null) {
                devices[port + i].out(port + i, value >>> 8 * i & 0xff);
            }
        }
    }
}
