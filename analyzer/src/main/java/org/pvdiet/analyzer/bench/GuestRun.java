package org.pvdiet.analyzer.bench;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run of a guest.
 *
 * @param firstLine seconds from the start of the process to the first line that user space prints
 * @param end seconds to the end of the process; null where it was not the start-up workload's
 * @param work kinds of work that it did; none where it is no benchmark's guest
 */
public record GuestRun(double firstLine, @Nullable Double end, long peakBytes, List<Work> work) {

    /**
     * One kind of work.
     *
     * @param count of what the kind counts
     * @param instructions null where the program does not count them
     */
    public record Work(
            String kind,
            long count,
            double seconds,
            @Nullable Long instructions) {}
}
