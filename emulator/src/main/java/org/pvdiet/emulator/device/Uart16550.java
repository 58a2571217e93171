package org.pvdiet.emulator.device;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.IntConsumer;

/**
 * A 16550A serial port (National Semiconductor PC16550D) with a terminal that is always ready and types nothing. A byte is
 * transmitted in the instant it is written, so the transmitter is empty whenever somebody looks.
 */
public final class Uart16550 implements PortDevice {
    private static final int FIFO = 16;

    private static final int IER_RECEIVED = 0x01;
    private static final int IER_TRANSMITTER_EMPTY = 0x02;
    private static final int IER_LINE_STATUS = 0x04;
    private static final int IER_MODEM_STATUS = 0x08;
    private static final int LCR_DIVISOR_LATCH = 0x80;
    private static final int MCR_OUT2 = 0x08;
    private static final int MCR_LOOP = 0x10;
    private static final int LSR_READY = 0x01;
    private static final int LSR_OVERRUN = 0x02;
    private static final int LSR_TRANSMITTER_EMPTY = 0x60;

    /** CTS, DSR and DCD of the terminal. */
    private static final int MSR_CONNECTED = 0xb0;

    private final int base;
    private final IrqLine irq;
    private final IntConsumer transmitted;

    /** Fills only in loop-back mode. */
    private final Deque<Integer> received = new ArrayDeque<>();

    private int divisor = 12;
    private int interruptEnable;
    private int fifoControl;
    private int lineControl;
    private int modemControl;
    private int scratch;
    private int modemDelta;
    private int modemLines = MSR_CONNECTED;
    private boolean overrun;
    private boolean transmitterInterrupt;

    /**
     * @param base first of its eight ports
     * @param transmitted takes each byte sent, 0..255
     */
    public Uart16550(int base, IrqLine irq, IntConsumer transmitted) {
        this.base = base;
        this.irq = irq;
        this.transmitted = transmitted;
    }

    public void connect(PortSpace ports) {
        ports.map(base, 8, this);
    }

    /** Interrupt identification in the order of table IV: line status, received data, transmitter, modem status. */
    private int identification() {
        int fifos = (fifoControl & 1) != 0 ? 0xc0 : 0;
        if ((interruptEnable & IER_LINE_STATUS) != 0 && overrun) {
            return fifos | 0x06;
        }
        if ((interruptEnable & IER_RECEIVED) != 0 && !received.isEmpty()) {
            return fifos | 0x04;
        }
        if ((interruptEnable & IER_TRANSMITTER_EMPTY) != 0 && transmitterInterrupt) {
            return fifos | 0x02;
        }
        if ((interruptEnable & IER_MODEM_STATUS) != 0 && modemDelta != 0) {
            return fifos;
        }
        return fifos | 0x01;
    }

    /** OUT2 connects the interrupt to the bus on every PC; in loop-back mode it is disconnected. */
    private void update() {
        boolean connected = (modemControl & (MCR_OUT2 | MCR_LOOP)) == MCR_OUT2;
        irq.set(connected && (identification() & 1) == 0);
    }

    private boolean hasDivisorLatch() {
        return (lineControl & LCR_DIVISOR_LATCH) != 0;
    }

    @Override
    public int in(int port) {
        int value = switch (port - base) {
            case 0 -> hasDivisorLatch() ? divisor & 0xff : receive();
            case 1 -> hasDivisorLatch() ? divisor >> 8 : interruptEnable;
            case 2 -> identify();
            case 3 -> lineControl;
            case 4 -> modemControl;
            case 5 -> lineStatus();
            case 6 -> modemStatus();
            default -> scratch;
        };
        update();
        return value;
    }

    private int receive() {
        return received.isEmpty() ? 0 : received.remove();
    }

    private int identify() {
        int identification = identification();
        if ((identification & 0x0f) == 0x02) {
            transmitterInterrupt = false;
        }
        return identification;
    }

    private int lineStatus() {
        int status = LSR_TRANSMITTER_EMPTY | (received.isEmpty() ? 0 : LSR_READY) | (overrun ? LSR_OVERRUN : 0);
        overrun = false;
        return status;
    }

    private int modemStatus() {
        int status = modemLines | modemDelta;
        modemDelta = 0;
        return status;
    }

    @Override
    public void out(int port, int value) {
        switch (port - base) {
            case 0 -> {
                if (hasDivisorLatch()) {
                    divisor = divisor & 0xff00 | value;
                } else {
                    transmit(value);
                }
            }
            case 1 -> {
                if (hasDivisorLatch()) {
                    divisor = divisor & 0xff | value << 8;
                } else {
                    enableInterrupts(value & 0x0f);
                }
            }
            case 2 -> controlFifos(value);
            case 3 -> lineControl = value;
            case 4 -> controlModem(value & 0x1f);
            case 7 -> scratch = value;
            default -> {
                // The status registers are read-only but for factory tests.
            }
        }
        update();
    }

    private void transmit(int value) {
        if ((modemControl & MCR_LOOP) == 0) {
            transmitted.accept(value);
        } else if (received.size() < ((fifoControl & 1) != 0 ? FIFO : 1)) {
            received.add(value);
        } else {
            overrun = true;
        }
        transmitterInterrupt = true;
    }

    /** Enabling the transmitter's interrupt while the transmitter is empty requests it at once. */
    private void enableInterrupts(int value) {
        if ((value & ~interruptEnable & IER_TRANSMITTER_EMPTY) != 0) {
            transmitterInterrupt = true;
        }
        interruptEnable = value;
    }

    private void controlFifos(int value) {
        if ((value & 0x02) != 0 || ((value ^ fifoControl) & 1) != 0) {
            received.clear();
        }
        fifoControl = value & 0xc9;
    }

    private void controlModem(int value) {
        modemControl = value;
        int lines = MSR_CONNECTED;
        if ((value & MCR_LOOP) != 0) {
            // RTS to CTS, DTR to DSR, OUT1 to RI, OUT2 to DCD.
            lines = (value & 0x02) << 3 | (value & 0x01) << 5 | (value & 0x0c) << 4;
        }
        int changed = (lines ^ modemLines) >> 4;
        boolean ringEnds = (modemLines & ~lines & 0x40) != 0;
        modemDelta |= changed & 0x0b | (ringEnds ? 0x04 : 0);
        modemLines = lines;
    }
}
