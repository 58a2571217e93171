package org.pvdiet.analyzer.calls;

import com.google.common.collect.Range;
import com.google.common.collect.RangeMap;
import com.google.common.collect.TreeRangeMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.pvdiet.traces.FrameRun;

/**
 * Pseudo-physical and machine frames of a guest, both ways. Where the two are the same, translation changes nothing. Of
 * frames that moved during the run, the last place counts.
 */
public final class FrameTable {
    private final Runs toMachine;
    private final Runs toPseudoPhysical;

    /** Runs of frames by their first one. */
    private static final class Runs {
        private final long[] from;
        private final long[] to;
        private final long[] count;

        Runs(List<Map.Entry<Range<Long>, Long>> shifts) {
            from = new long[shifts.size()];
            to = new long[from.length];
            count = new long[from.length];
            for (int i = 0; i < from.length; i++) {
                Range<Long> range = shifts.get(i).getKey();
                from[i] = range.lowerEndpoint();
                to[i] = from[i] + shifts.get(i).getValue();
                count[i] = range.upperEndpoint() - from[i];
            }
        }

        boolean isEmpty() {
            return from.length == 0;
        }

        long translate(long frame) {
            int at = Arrays.binarySearch(from, frame);
            if (at < 0) {
                at = -at - 2;
            }
            return at >= 0 && frame - from[at] < count[at] ? to[at] + (frame - from[at]) : -1;
        }
    }

    public FrameTable(List<FrameRun> runs) {
        toMachine = runs(runs, false);
        toPseudoPhysical = runs(runs, true);
    }

    /** Whether the two kinds of frames are the same. */
    public boolean identity() {
        return toMachine.isEmpty();
    }

    /** The machine frame behind a pseudo-physical one. */
    public OptionalLong machine(long pfn) {
        return identity() ? OptionalLong.of(pfn) : found(toMachine.translate(pfn));
    }

    /** The pseudo-physical frame that a machine frame is behind. */
    public OptionalLong pseudoPhysical(long mfn) {
        return identity() ? OptionalLong.of(mfn) : found(toPseudoPhysical.translate(mfn));
    }

    /** Whether two frame numbers can mean the same frame, be they of one kind or of both. */
    public boolean same(long a, long b) {
        return a == b || (!identity() && (toMachine.translate(a) == b || toMachine.translate(b) == a));
    }

    private static OptionalLong found(long frame) {
        return frame < 0 ? OptionalLong.empty() : OptionalLong.of(frame);
    }

    private static Runs runs(List<FrameRun> runs, boolean reverse) {
        RangeMap<Long, Long> shifts = TreeRangeMap.create();
        for (FrameRun run : runs) {
            if (run.mfn().isPresent()) {
                long mfn = run.mfn().getAsLong();
                long from = reverse ? mfn : run.pfn();
                long to = reverse ? run.pfn() : mfn;
                shifts.put(Range.closedOpen(from, from + run.count()), to - from);
            } else if (!reverse) {
                shifts.remove(Range.closedOpen(run.pfn(), run.pfn() + run.count()));
            }
        }
        return new Runs(new ArrayList<>(shifts.asMapOfRanges().entrySet()));
    }
}
