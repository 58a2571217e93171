package org.pvdiet.analyzer.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A process from its start to its end.
 *
 * @param seconds that it took
 * @param lines of its standard output, each with its time
 * @param peakBytes the most resident memory that it had; 0 where the system does not tell
 * @param exitCode its own, or 0 where it was ended because enough was seen
 */
public record MeasuredRun(double seconds, List<Line> lines, long peakBytes, int exitCode) {
    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");
    private static final long POLL_MILLIS = 50;

    /**
     * A line of output.
     *
     * @param seconds after the start of the process
     */
    public record Line(double seconds, String text) {}

    /**
     * Runs a program.
     *
     * @param program with a place for its standard error that nobody need read
     * @param lastLine ends the process when a line of its output contains this
     * @param started is given the process, to end it early (a {@code Process} that is destroyed closes its streams, too)
     * @throws IOException where it cannot be started
     */
    public static MeasuredRun of(ProcessBuilder program, String lastLine, Consumer<ProcessHandle> started)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process = program.start();
        started.accept(process.toHandle());
        PeakMemory peak = new PeakMemory(process);
        peak.start();
        List<Line> lines = new ArrayList<>();
        boolean enough = false;
        // The console of a guest may hold any bytes.
        try (BufferedReader reader = process.inputReader(StandardCharsets.ISO_8859_1)) {
            String text = reader.readLine();
            while (text != null) {
                lines.add(new Line((System.nanoTime() - start) / 1e9, text));
                if (text.contains(lastLine)) {
                    enough = true;
                    peak.look();
                    process.destroy();
                    break;
                }
                text = reader.readLine();
            }
            int exitCode = process.waitFor();
            double seconds = (System.nanoTime() - start) / 1e9;
            peak.join();
            return new MeasuredRun(seconds, List.copyOf(lines), peak.bytes, enough ? 0 : exitCode);
        } finally {
            process.destroyForcibly();
        }
    }

    /** When the first line that contains {@code text} was printed. */
    public OptionalDouble secondsTo(String text) {
        return lines.stream()
                .filter(line -> line.text().contains(text))
                .mapToDouble(Line::seconds)
                .findFirst();
    }

    /** Looks at a process's high-water mark of resident memory while it runs (proc(5)). */
    private static final class PeakMemory extends Thread {
        private final Process process;
        private volatile long bytes;

        PeakMemory(Process process) {
            super("peak memory");
            this.process = process;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                do {
                    look();
                } while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS));
            } catch (InterruptedException e) {
                interrupt();
            }
        }

        synchronized void look() {
            try {
                Matcher matcher = PEAK.matcher(Files.readString(Path.of("/proc/" + process.pid() + "/status")));
                if (matcher.find()) {
                    bytes = Math.max(bytes, Long.parseLong(matcher.group(1)) << 10);
                }
            } catch (IOException e) {
                // The process has ended, or there is no proc.
                return;
            }
        }
    }
}
