package org.pvdiet.emulator.device;

import java.util.function.LongSupplier;
import org.pvdiet.emulator.time.Timeline;

/** The 8254 interval timer: counter 0 drives an interrupt line, counter 2 a gate and an output that port 0x61 shows. */
public final class Pit8254 implements PortDevice {
    private static final int BASE = 0x40;

    private final LongSupplier clock;
    private final Timeline timeline;
    private final IrqLine irq;
    private final PitCounter[] counters = {new PitCounter(), new PitCounter(), new PitCounter()};
    private Timeline.Event change;

    /**
     * @param clock virtual time in nanoseconds
     */
    public Pit8254(LongSupplier clock, Timeline timeline, IrqLine irq) {
        this.clock = clock;
        this.timeline = timeline;
        this.irq = irq;
        counters[2].setGate(false, 0);
        update();
    }

    public void connect(PortSpace ports) {
        ports.map(BASE, 4, this);
    }

    private long now() {
        return PitClock.ticks(clock.getAsLong());
    }

    /** Shows counter 0's output on the interrupt line, now and at its next change. */
    private void update() {
        if (change != null) {
            change.cancel();
            change = null;
        }
        long now = now();
        irq.set(counters[0].output(now));
        long next = counters[0].nextChange(now);
        if (next != Long.MAX_VALUE) {
            change = timeline.at(PitClock.time(next), this::update);
        }
    }

    /** The gate of counter 2. */
    void setGate2(boolean high) {
        counters[2].setGate(high, now());
    }

    boolean gate2() {
        return counters[2].gate();
    }

    /** The output of counter 2. */
    boolean output2() {
        return counters[2].output(now());
    }

    @Override
    public int in(int port) {
        int number = port - BASE;
        return number == 3 ? 0xff : counters[number].read(now());
    }

    @Override
    public void out(int port, int value) {
        long now = now();
        int number = port - BASE;
        if (number < 3) {
            counters[number].write(value, now);
        } else if (value >> 6 == 3) {
            readBack(value, now);
        } else if ((value & 0x30) == 0) {
            counters[value >> 6].latchCount(now);
        } else {
            counters[value >> 6].control(value, now);
        }
        update();
    }

    private void readBack(int command, long now) {
        for (int i = 0; i < 3; i++) {
            if ((command & 2 << i) != 0) {
                if ((command & 0x20) == 0) {
                    counters[i].latchCount(now);
                }
                if ((command & 0x10) == 0) {
                    counters[i].latchStatus(now);
                }
            }
        }
    }
}
