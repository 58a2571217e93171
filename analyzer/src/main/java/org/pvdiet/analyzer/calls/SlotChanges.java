package org.pvdiet.analyzer.calls;

import java.util.List;
import org.pvdiet.traces.Hook;

/** From when on the kernel's table led hooks to where it led them in the end. */
final class SlotChanges {
    /** By hook, in retired instructions; 0 where calls never found another target. */
    private final long[] since;

    SlotChanges(List<Hook> hooks) {
        since = hooks.stream().mapToLong(hook -> hook.patchedSince().orElse(0)).toArray();
    }

    /** From when on calls of {@code hook} were not led elsewhere, in retired instructions. */
    long since(int hook) {
        return since[hook];
    }
}
