package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.machine.Console;
import org.pvdiet.emulator.memory.PhysicalMemory;

/** The PV console's ring, and the end of it that xenconsoled has (struct xencons_interface of public/io/console.h). */
final class ConsoleRing {
    private static final int OUT = 1024;
    private static final int OUT_SIZE = 2048;
    private static final int OUT_CONS = OUT + OUT_SIZE + 8;
    private static final int OUT_PROD = OUT + OUT_SIZE + 12;

    private final PhysicalMemory memory;
    private final Console console;
    private final EventChannels events;
    private final long base;

    ConsoleRing(PhysicalMemory memory, Console console, EventChannels events, long base) {
        this.memory = memory;
        this.console = console;
        this.events = events;
        this.base = base;
    }

    /** The guest has sent on the console's port: takes what is in the ring and says so, as the daemon does. */
    void notified(int port) {
        int cons = memory.readInt(base + OUT_CONS);
        int prod = memory.readInt(base + OUT_PROD);
        if (cons == prod || prod - cons > OUT_SIZE || prod - cons < 0) {
            return;
        }
        for (; cons != prod; cons++) {
            console.write((int) memory.read(base + OUT + (cons & OUT_SIZE - 1), 1));
        }
        memory.writeInt(base + OUT_CONS, cons);
        events.raise(port);
    }
}
