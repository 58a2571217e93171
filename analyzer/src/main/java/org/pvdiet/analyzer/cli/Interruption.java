package org.pvdiet.analyzer.cli;

import org.pvdiet.emulator.machine.Machine;

/**
 * Ends a guest's run when the process is asked to end (Ctrl-C, SIGTERM), and holds the process until the run has put away
 * what it has. Closing says that it has.
 */
final class Interruption implements AutoCloseable {
    private static final long LONGEST_WAIT_MILLIS = 30_000;

    private final Thread hook;
    private volatile boolean finished;

    private Interruption(Machine machine) {
        Thread guest = Thread.currentThread();
        hook = new Thread(() -> {
            machine.stop();
            long end = System.currentTimeMillis() + LONGEST_WAIT_MILLIS;
            while (!finished && guest.isAlive() && System.currentTimeMillis() < end) {
                try {
                    Thread.sleep(10);
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
    }

    static Interruption of(Machine machine) {
        Interruption interruption = new Interruption(machine);
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    @Override
    public void close() {
        finished = true;
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already, and the hook is what waited for us.
        }
    }
}
