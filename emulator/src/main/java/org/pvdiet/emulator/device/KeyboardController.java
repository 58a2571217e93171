package org.pvdiet.emulator.device;

/**
 * The 8042 keyboard controller, with neither keyboard nor mouse on it: it passes its own tests, answers for the absent
 * keyboard with a time-out, and resets the machine when told to (IBM PS/2 technical reference, keyboard controller).
 */
public final class KeyboardController implements PortDevice {
    private static final int DATA = 0x60;
    private static final int COMMAND = 0x64;

    private static final int STATUS_OUTPUT_FULL = 0x01;
    private static final int STATUS_SYSTEM = 0x04;
    private static final int STATUS_COMMAND = 0x08;
    private static final int STATUS_NOT_LOCKED = 0x10;
    private static final int STATUS_TIMEOUT = 0x40;

    private static final int MODE_INTERRUPT = 0x01;
    private static final int RESEND = 0xfe;
    private static final int CLOCK_STUCK_LOW = 0x01;

    private final IrqLine irq;
    private final Runnable reset;
    private int mode = 0x14;
    private int outputPort = 0x03;
    private int output;
    private boolean full;
    private boolean timeout;
    private boolean commandLast;

    /** The command that the next data byte belongs to, 0 for none. */
    private int awaiting;

    /**
     * @param irq line 1
     * @param reset what happens when the guest resets the machine
     */
    public KeyboardController(IrqLine irq, Runnable reset) {
        this.irq = irq;
        this.reset = reset;
    }

    public void connect(PortSpace ports) {
        ports.map(DATA, 1, this);
        ports.map(COMMAND, 1, this);
    }

    private void answer(int value, boolean timedOut) {
        output = value;
        full = true;
        timeout = timedOut;
        irq.set((mode & MODE_INTERRUPT) != 0);
    }

    @Override
    public int in(int port) {
        if (port == COMMAND) {
            return (full ? STATUS_OUTPUT_FULL : 0)
                    | (mode & STATUS_SYSTEM)
                    | (commandLast ? STATUS_COMMAND : 0)
                    | STATUS_NOT_LOCKED
                    | (timeout ? STATUS_TIMEOUT : 0);
        }
        full = false;
        timeout = false;
        irq.set(false);
        return output;
    }

    @Override
    public void out(int port, int value) {
        commandLast = port == COMMAND;
        if (commandLast) {
            command(value);
        } else {
            data(value);
        }
    }

    private void command(int value) {
        awaiting = 0;
        if (value >= 0xf0) {
            // Pulses the output port's lines whose bits are 0; line 0 is the processor's reset.
            if ((value & 1) == 0) {
                reset.run();
            }
            return;
        }
        switch (value) {
            case 0x20 -> answer(mode, false);
            case 0x60, 0xd1, 0xd2, 0xd3, 0xd4 -> awaiting = value;
            case 0xaa -> answer(0x55, false);
            case 0xab -> answer(0x00, false);
            case 0xa9 -> answer(CLOCK_STUCK_LOW, false);
            case 0xad -> mode |= 0x10;
            case 0xae -> mode &= ~0x10;
            case 0xa7 -> mode |= 0x20;
            case 0xa8 -> mode &= ~0x20;
            case 0xc0 -> answer(0x80, false);
            case 0xd0 -> answer(outputPort, false);
            default -> {
                // Commands it does not know are ignored.
            }
        }
    }

    private void data(int value) {
        int command = awaiting;
        awaiting = 0;
        switch (command) {
            case 0x60 -> {
                mode = value;
                irq.set(full && (mode & MODE_INTERRUPT) != 0);
            }
            case 0xd1 -> {
                outputPort = value;
                if ((value & 1) == 0) {
                    reset.run();
                }
            }
            case 0xd2 -> answer(value, false);
            // No auxiliary port: what is sent there comes back as the keyboard's answer to nothing.
            case 0xd3, 0xd4 -> answer(RESEND, true);
            default -> answer(RESEND, true);
        }
    }
}
