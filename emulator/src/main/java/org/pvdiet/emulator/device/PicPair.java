package org.pvdiet.emulator.device;

import org.pvdiet.emulator.cpu.InterruptController;

/** The two cascaded 8259A of a PC: sixteen interrupt lines, the slave's output on the master's IR2. */
public final class PicPair implements InterruptController, PortDevice {
    static final int CASCADE = 2;

    private static final int MASTER = 0x20;
    private static final int SLAVE = 0xa0;
    private static final int MASTER_ELCR = 0x4d0;
    private static final int SLAVE_ELCR = 0x4d1;

    /** Lines 0, 1, 2, 8 and 13 are always edge-triggered (82371AB data sheet, ELCR1 and ELCR2). */
    private final Pic8259 master = new Pic8259(true, 0xf8);

    private final Pic8259 slave = new Pic8259(false, 0xde);
    private Runnable onRequest = () -> {};
    private boolean pending;

    public void connect(PortSpace ports) {
        ports.map(MASTER, 2, this);
        ports.map(SLAVE, 2, this);
        ports.map(MASTER_ELCR, 2, this);
    }

    /** Runs when the INT pin rises, so that the processor can look up from what it does. */
    public void onRequest(Runnable action) {
        onRequest = action;
    }

    /** Interrupt line 0 to 15, but 2. */
    public IrqLine line(int number) {
        return high -> {
            (number < 8 ? master : slave).set(number & 7, high);
            update();
        };
    }

    private void update() {
        master.set(CASCADE, slave.isRequesting());
        boolean was = pending;
        pending = master.isRequesting();
        if (pending && !was) {
            onRequest.run();
        }
    }

    @Override
    public boolean isPending() {
        return pending;
    }

    @Override
    public int acknowledge() {
        // Whether the slave takes part is decided by the level that the master puts on the cascade lines.
        boolean requesting = master.isRequesting();
        int level = master.acknowledge();
        int vector = master.vectorBase() + level;
        if (requesting && level == CASCADE) {
            vector = slave.vectorBase() + slave.acknowledge();
            // The slave's INT falls with each INTA, so that its next request makes an edge.
            master.set(CASCADE, false);
        }
        update();
        return vector;
    }

    @Override
    public int in(int port) {
        int value = switch (port) {
            case MASTER, MASTER + 1 -> master.read((port & 1) != 0);
            case SLAVE, SLAVE + 1 -> slave.read((port & 1) != 0);
            case MASTER_ELCR -> master.readLevelTriggered();
            default -> slave.readLevelTriggered();
        };
        update();
        return value;
    }

    @Override
    public void out(int port, int value) {
        switch (port) {
            case MASTER, MASTER + 1 -> master.write((port & 1) != 0, value);
            case SLAVE, SLAVE + 1 -> slave.write((port & 1) != 0, value);
            case MASTER_ELCR -> master.writeLevelTriggered(value);
            case SLAVE_ELCR -> slave.writeLevelTriggered(value);
            default -> throw new IllegalArgumentException("port " + port);
        }
        update();
    }
}
