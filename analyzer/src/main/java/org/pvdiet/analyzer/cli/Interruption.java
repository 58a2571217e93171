package org.pvdiet.analyzer.cli;

import org.pvdiet.emulator.machine.Machine;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Ends a guest's run when the process is asked to end (Ctrl-C, SIGTERM), so that the command goes on to put away and say
 * what it has, and its exit code is ours. (A shutdown hook could not keep the exit code.) A second request ends the process
 * at once.
 */
final class Interruption implements AutoCloseable {
    private static final String[] SIGNALS = {"INT", "TERM"};

    private final SignalHandler[] before = new SignalHandler[SIGNALS.length];

    private Interruption(Machine machine) {
        for (int i = 0; i < SIGNALS.length; i++) {
            before[i] = Signal.handle(new Signal(SIGNALS[i]), signal -> {
                close();
                machine.stop();
            });
        }
    }

    static Interruption of(Machine machine) {
        return new Interruption(machine);
    }

    @Override
    public void close() {
        for (int i = 0; i < SIGNALS.length; i++) {
            Signal.handle(new Signal(SIGNALS[i]), before[i]);
        }
    }
}
