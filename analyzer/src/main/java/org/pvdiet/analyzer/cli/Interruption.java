package org.pvdiet.analyzer.cli;

import java.util.ArrayList;
import java.util.List;
import org.pvdiet.emulator.machine.Machine;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Ends the runs of guests when the process is asked to end (Ctrl-C, SIGTERM), so that the command goes on to put away and
 * say what it has, and its exit code is ours. (A shutdown hook could not keep the exit code.) A second request ends the
 * process at once. A process has one handler for a signal: guests that run at the same time share one interruption.
 */
final class Interruption implements AutoCloseable {
    private static final String[] SIGNALS = {"INT", "TERM"};

    private final SignalHandler[] before = new SignalHandler[SIGNALS.length];
    private final List<Machine> machines = new ArrayList<>();
    private boolean asked;

    private Interruption() {}

    /** Takes requests from now on. */
    static Interruption begin() {
        Interruption interruption = new Interruption();
        interruption.install();
        return interruption;
    }

    private synchronized void install() {
        for (int i = 0; i < SIGNALS.length; i++) {
            before[i] = Signal.handle(new Signal(SIGNALS[i]), signal -> stop());
        }
    }

    /** Lets a request stop this machine; one that came already stops it now. From any thread. */
    synchronized void stops(Machine machine) {
        machines.add(machine);
        if (asked) {
            machine.stop();
        }
    }

    private synchronized void stop() {
        close();
        asked = true;
        machines.forEach(Machine::stop);
    }

    @Override
    public void close() {
        for (int i = 0; i < SIGNALS.length; i++) {
            Signal.handle(new Signal(SIGNALS[i]), before[i]);
        }
    }
}
