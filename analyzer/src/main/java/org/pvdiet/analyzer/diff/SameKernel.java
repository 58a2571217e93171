package org.pvdiet.analyzer.diff;

import java.util.Optional;
import org.pvdiet.traces.TraceInfo;
import org.pvdiet.traces.TraceReader;

/** Whether traces can be compared: only those of one kernel, whose sites have the same numbers, can. */
public final class SameKernel {
    private SameKernel() {}

    /** A sentence that says why two traces are not of one kernel; empty if they are. */
    public static Optional<String> objection(TraceReader first, TraceReader second) {
        TraceInfo.Image a = first.info().image();
        TraceInfo.Image b = second.info().image();
        if (a.sha256().equals(b.sha256())
                || (a.buildId().isPresent() && a.buildId().equals(b.buildId()))) {
            return Optional.empty();
        }
        return Optional.of(String.format(
                "%s and %s are traces of different kernels: %s and %s. Record both with the same image.",
                first.path(), second.path(), identity(a), identity(b)));
    }

    private static String identity(TraceInfo.Image image) {
        return image.buildId().map(id -> "build id " + id).orElse("sha256 " + image.sha256());
    }
}
