package org.pvdiet.analyzer.cli;

import java.util.ArrayList;
import java.util.List;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Ends what runs, a guest or another process, when the process is asked to end (Ctrl-C, SIGTERM), so that the command goes on to put away and
 * say what it has, and its exit code is ours. (A shutdown hook could not keep the exit code.) A second request ends the
 * process at once. A process has one handler for a signal: guests that run at the same time share one interruption.
 */
final class Interruption implements AutoCloseable {
    private static final String[] SIGNALS = {"INT", "TERM"};

    private final SignalHandler[] before = new SignalHandler[SIGNALS.length];
    private final List<Runnable> ends = new ArrayList<>();
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

    /** Lets a request do this, from any thread; one that came already does it now. */
    synchronized void stops(Runnable end) {
        ends.add(end);
        if (asked) {
            end.run();
        }
    }

    synchronized boolean asked() {
        return asked;
    }

    private synchronized void stop() {
        close();
        asked = true;
        ends.forEach(Runnable::run);
    }

    @Override
    public void close() {
        for (int i = 0; i < SIGNALS.length; i++) {
            Signal.handle(new Signal(SIGNALS[i]), before[i]);
        }
    }
}
