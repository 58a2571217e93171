package org.pvdiet.emulator.device;

import org.pvdiet.emulator.time.Timeline;

/** Ports, interrupt controllers and a clock that tests turn by hand. */
final class Board {
    final PortSpace ports = new PortSpace();
    final PicPair pic = new PicPair();
    final Timeline timeline = new Timeline();
    private long now;

    Board() {
        pic.connect(ports);
    }

    long now() {
        return now;
    }

    /** Lets time pass, event by event. */
    void passTo(long time) {
        while (timeline.next() <= time) {
            now = Math.max(now, timeline.next());
            timeline.advance(now);
        }
        now = time;
    }

    void pass(long nanoseconds) {
        passTo(now + nanoseconds);
    }

    int in(int port) {
        return ports.in(port, 1);
    }

    void out(int port, int value) {
        ports.out(port, 1, value);
    }

    /** As a BIOS or Linux does it: vectors from {@code base}, all lines open, end of interrupt by command. */
    void initialisePics(int base) {
        out(0x20, 0x11);
        out(0x21, base);
        out(0x21, 0x04);
        out(0x21, 0x01);
        out(0xa0, 0x11);
        out(0xa1, base + 8);
        out(0xa1, 0x02);
        out(0xa1, 0x01);
        out(0x21, 0x00);
        out(0xa1, 0x00);
    }
}
