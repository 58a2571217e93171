package org.pvdiet.analyzer.cli;

import java.util.Locale;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.pvdiet.emulator.machine.Machine;
import org.pvdiet.emulator.machine.Progress;

/**
 * Shows on stderr how far a guest is: instructions, speed, calls, the console's last line. On a terminal as a line that is
 * redrawn, elsewhere not at all.
 */
final class ProgressDisplay implements AutoCloseable {
    private static final int INTERVAL_MILLIS = 200;

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
        long start = System.nanoTime();
        try (ProgressBar bar = new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(maxInstructions == Machine.UNLIMITED ? -1 : maxInstructions)
                .setUpdateIntervalMillis(INTERVAL_MILLIS)
                .setRenderer((state, width) -> line(name, machine.progress(), calls.getAsLong(), start, width))
                .build()) {
            while (!done) {
                bar.stepTo(machine.progress().instructions());
                Thread.sleep(INTERVAL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String line(String name, Progress progress, long calls, long start, int width) {
        double seconds = (System.nanoTime() - start) / 1e9;
        String line = String.format(
                Locale.ROOT,
                "%-6s %,5d M insns %4.0f MIPS %,10d calls  %s",
                name,
                progress.instructions() / 1_000_000,
                progress.instructions() / 1e6 / seconds,
                calls,
                progress.line());
        return line.length() < width ? line : line.substring(0, Math.max(0, width - 1));
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
