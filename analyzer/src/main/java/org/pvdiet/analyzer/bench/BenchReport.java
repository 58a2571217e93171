package org.pvdiet.analyzer.bench;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was measured. The components are what {@code --format json} prints; JSON.md says what they mean.
 *
 * @param runs of each process; seconds are their median, least and most
 */
public record BenchReport(
        String kernel, String machine, int runs, List<Boot> boots, List<Work> work, List<Analysis> analysis) {

    /**
     * A boot with the start-up workload.
     *
     * @param program {@code pvdiet} or {@code qemu}
     * @param kernel name of the image
     * @param recording {@code none}, {@code args} or {@code full}
     * @param firstLine seconds to the workload's first line
     * @param toQemu median seconds to the first line by QEMU's, of the same kernel on the same platform; null where QEMU
     *     did not run that
     * @param end seconds to the end of the process; null where it was not awaited
     * @param recorded null where nothing was
     */
    public record Boot(
            String program,
            String platform,
            String kernel,
            String recording,
            Spread firstLine,
            @Nullable Double toQemu,
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
     * @param toQemu their median by QEMU's on the same platform; null where QEMU did not run that
     * @param instructions retired in it, nanoseconds of halt included; null where the program does not count
     */
    public record Work(
            String program,
            String platform,
            String kind,
            long count,
            Spread seconds,
            @Nullable Double toQemu,
            @Nullable Long instructions) {}

    /**
     * A command on the traces just recorded.
     *
     * @param calls in the traces
     */
    public record Analysis(String command, long calls, Spread seconds, long peakBytes) {}
}
