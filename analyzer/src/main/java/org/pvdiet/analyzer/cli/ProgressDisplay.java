package org.pvdiet.analyzer.cli;

import java.util.function.LongSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.pvdiet.emulator.machine.Machine;
import org.pvdiet.emulator.machine.Progress;

/**
 * Shows on stderr how far a guest is: instructions, speed, calls, the console's last line. On a terminal as a bar that is
 * redrawn, elsewhere not at all.
 */
final class ProgressDisplay implements AutoCloseable {
    private static final long INTERVAL_MILLIS = 200;
    private static final int LONGEST_LINE = 60;

    private final Thread thread;
    private volatile boolean done;

    private ProgressDisplay(Thread thread) {
        this.thread = thread;
    }

    static ProgressDisplay show(String name, Machine machine, LongSupplier calls, long maxInstructions) {
        ProgressDisplay[] display = new ProgressDisplay[1];
        Thread thread = new Thread(() -> display[0].draw(name, machine, calls, maxInstructions), "progress");
        thread.setDaemon(true);
        display[0] = new ProgressDisplay(thread);
        if (System.console() != null) {
            thread.start();
        }
        return display[0];
    }

    private void draw(String name, Machine machine, LongSupplier calls, long maxInstructions) {
        try (ProgressBar bar = new ProgressBarBuilder()
                .setTaskName(name)
                .setStyle(ProgressBarStyle.ASCII)
                .setInitialMax(maxInstructions == Machine.UNLIMITED ? -1 : maxInstructions / 1_000_000)
                .setUnit(" M instructions", 1)
                .showSpeed()
                .setUpdateIntervalMillis((int) INTERVAL_MILLIS)
                .build()) {
            while (!done) {
                Progress progress = machine.progress();
                bar.stepTo(progress.instructions() / 1_000_000);
                bar.setExtraMessage(" " + calls.getAsLong() + " calls  " + shortened(progress.line()));
                Thread.sleep(INTERVAL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String shortened(String line) {
        return line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE);
    }

    @Override
    public void close() {
        done = true;
        thread.interrupt();
        try {
            thread.join(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
