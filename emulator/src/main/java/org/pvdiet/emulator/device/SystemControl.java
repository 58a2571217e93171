package org.pvdiet.emulator.device;

import java.util.function.LongSupplier;

/**
 * The chipset's control ports: B (0x61) with the gate and output of the timer's counter 2, A (0x92) with the fast reset,
 * and the reset control register (0xcf9).
 */
public final class SystemControl implements PortDevice {
    private static final int PORT_B = 0x61;
    private static final int PORT_A = 0x92;
    private static final int RESET_CONTROL = 0xcf9;

    /** Bit 4 of port B changes with each refresh of dynamic memory, every 15.085 microseconds. */
    private static final long REFRESH = 15_085;

    private final LongSupplier clock;
    private final Pit8254 pit;
    private final Runnable reset;
    private boolean speaker;
    private int resetControl;

    /**
     * @param clock virtual time in nanoseconds
     * @param reset what happens when the guest resets the machine
     */
    public SystemControl(LongSupplier clock, Pit8254 pit, Runnable reset) {
        this.clock = clock;
        this.pit = pit;
        this.reset = reset;
    }

    public void connect(PortSpace ports) {
        ports.map(PORT_B, 1, this);
        ports.map(PORT_A, 1, this);
        ports.map(RESET_CONTROL, 1, this);
    }

    @Override
    public int in(int port) {
        return switch (port) {
            case PORT_B ->
                (pit.gate2() ? 0x01 : 0)
                        | (speaker ? 0x02 : 0)
                        | (int) (clock.getAsLong() / REFRESH & 1) << 4
                        | (pit.output2() ? 0x20 : 0);
            // A20 is always open.
            case PORT_A -> 0x02;
            default -> resetControl;
        };
    }

    @Override
    public void out(int port, int value) {
        switch (port) {
            case PORT_B -> {
                pit.setGate2((value & 1) != 0);
                speaker = (value & 2) != 0;
            }
            case PORT_A -> {
                if ((value & 1) != 0) {
                    reset.run();
                }
            }
            default -> {
                // Bit 2 going from 0 to 1 resets (82371AB data sheet, RC register); bit 1 only says how hard.
                boolean rises = (resetControl & 4) == 0 && (value & 4) != 0;
                resetControl = value & 0x0e;
                if (rises) {
                    reset.run();
                }
            }
        }
    }
}
