package org.pvdiet.analyzer.bench;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was measured. The components are what {@code --format json} prints; JSON.md says what they mean.
 *
 * @param runs that were asked for; a row has its own number of runs, and its seconds are their median, least and most
 * @param complete whether all runs were made
 */
public record BenchReport(
        String kernel,
        Machine machine,
        int runs,
        boolean complete,
        List<Boot> boots,
        List<Work> work,
        List<Analysis> analysis) {

    /**
     * Where it was measured.
     *
     * @param processor its name; empty where the system does not tell
     * @param qemu what it says of its version; null where it is not installed
     */
    public record Machine(
            int processors,
            String processor,
            String jvm,
            @Nullable String qemu) {}

    /**
     * A boot.
     *
     * @param program {@code pvdiet} or {@code qemu}
     * @param kernel name of the image
     * @param recording {@code none}, {@code args} or {@code full}
     * @param firstLine seconds to the first line that user space prints
     * @param toQemu median of the runs' ratios of that to QEMU's, of the same kernel on the same platform; null where QEMU
     *     did not run that
     * @param toUnrecorded likewise, to our own boot that records nothing
     * @param end seconds to the end of the process; null where it did not run the start-up workload to its end
     * @param recorded null where nothing was
     */
    public record Boot(
            String program,
            String platform,
            String kernel,
            String recording,
            int runs,
            Spread firstLine,
            @Nullable Double toQemu,
            @Nullable Double toUnrecorded,
            @Nullable Spread end,
            long peakBytes,
            @Nullable Recorded recorded) {}

    /** What a whole recording gave. */
    public record Recorded(long calls, long instructions, double bytesPerCall) {}

    /**
     * One kind of work in the benchmark's guest.
     *
     * @param count of what the kind counts: rounds, words, calls, switches, pages
     * @param seconds from its first line to its last
     * @param toQemu median of the runs' ratios of them to QEMU's on the same platform; null where QEMU did not run that
     * @param instructions retired in it, nanoseconds of halt included; null where the program does not count
     */
    public record Work(
            String program,
            String platform,
            String kind,
            long count,
            int runs,
            Spread seconds,
            @Nullable Double toQemu,
            @Nullable Long instructions) {}

    /**
     * A command on the traces just recorded.
     *
     * @param calls in the traces
     */
    public record Analysis(String command, long calls, int runs, Spread seconds, long peakBytes) {}
}
