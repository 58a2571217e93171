package org.pvdiet.analyzer.cli;

import com.google.common.primitives.Doubles;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long several runs of one process took.
 *
 * @param seconds one for each run, ascending
 * @param peakBytes the most resident memory that any of them had; 0 where the system does not tell
 */
record Timing(List<Double> seconds, long peakBytes) {
    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");
    private static final long POLL_MILLIS = 50;

    double median() {
        return seconds.get(seconds.size() / 2);
    }

    double least() {
        return seconds.get(0);
    }

    double most() {
        return seconds.get(seconds.size() - 1);
    }

    static Timing of(List<Double> seconds, long peakBytes) {
        double[] sorted = Doubles.toArray(seconds);
        java.util.Arrays.sort(sorted);
        return new Timing(List.copyOf(Doubles.asList(sorted)), peakBytes);
    }

    /**
     * Runs pvdiet itself in new processes.
     *
     * @throws BadInputException where a run fails
     */
    static Timing own(List<String> arguments, int runs) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(Main.class.getName());
        command.addAll(arguments);
        List<Double> seconds = new ArrayList<>();
        long peak = 0;
        for (int i = 0; i < runs; i++) {
            System.err.printf(Locale.ROOT, "pvdiet: run %d of %d: %s%n", i + 1, runs, String.join(" ", arguments));
            long start = System.nanoTime();
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            while (process.isAlive()) {
                peak = Math.max(peak, residentPeak(process.pid()));
                process.waitFor(POLL_MILLIS, java.util.concurrent.TimeUnit.MILLISECONDS);
            }
            seconds.add((System.nanoTime() - start) / 1e9);
            if (process.exitValue() != 0) {
                throw new BadInputException("pvdiet " + String.join(" ", arguments) + " failed with exit code "
                        + process.exitValue() + "; nothing can be measured.");
            }
        }
        return of(seconds, peak);
    }

    /** Linux's high-water mark of a process's resident memory (proc(5)), 0 where there is none. */
    static long residentPeak(long pid) {
        try {
            Matcher matcher = PEAK.matcher(Files.readString(Path.of("/proc/" + pid + "/status")));
            return matcher.find() ? Long.parseLong(matcher.group(1)) << 10 : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
