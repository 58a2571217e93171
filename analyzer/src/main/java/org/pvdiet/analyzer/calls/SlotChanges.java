package org.pvdiet.analyzer.calls;

import java.util.List;
import java.util.stream.LongStream;
import org.pvdiet.traces.Hook;

/** From when on the kernel's table led hooks to where it led them in the end. */
final class SlotChanges {
    /** By hook, in retired instructions; 0 where calls never found another target. */
    private final long[] since;

    private final long last;

    SlotChanges(List<Hook> hooks) {
        since = hooks.stream().mapToLong(hook -> hook.patchedSince().orElse(0)).toArray();
        last = LongStream.of(since).max().orElse(0);
    }

    /** From when on all hooks led where they led in the end. */
    long last() {
        return last;
    }

    /** Whether a call of {@code hook} that began at {@code icount} was led elsewhere. */
    boolean isBefore(int hook, long icount) {
        return icount < since[hook];
    }
}
