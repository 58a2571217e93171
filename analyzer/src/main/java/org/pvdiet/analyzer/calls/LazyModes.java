package org.pvdiet.analyzer.calls;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.Hook;

/** Which hooks lead from one lazy mode to another. */
final class LazyModes {
    /** By hook, the mode that it leads to; null: it leaves the mode as it is. */
    private final @Nullable Lazy[] after;

    LazyModes(List<Hook> hooks) {
        after = new Lazy[hooks.size()];
        for (Hook hook : hooks) {
            after[hook.id()] = switch (hook.fullName()) {
                case "lazy_mode.enter" -> Lazy.MMU;
                case "cpu.start_context_switch" -> Lazy.CPU;
                case "lazy_mode.leave", "cpu.end_context_switch" -> Lazy.NONE;
                default -> null;
            };
        }
    }

    /** The mode after a call of {@code hook} made in mode {@code now} has begun. */
    Lazy after(int hook, Lazy now) {
        Lazy mode = after[hook];
        return mode == null ? now : mode;
    }

    /** Whether calls of {@code hook} lead to a mode. */
    boolean isChangedBy(int hook) {
        return after[hook] != null;
    }

    /** The mode after the last of these calls has begun; null: the mode before the first. */
    @Nullable
    Lazy afterAll(Batch<CallColumn> calls, Slice slice) {
        if (Arrays.stream(calls.dictionary(CallColumn.HOOK)).noneMatch(hook -> isChangedBy((int) hook))) {
            return null;
        }
        for (int row = slice.to() - 1; row >= slice.from(); row--) {
            Lazy mode = after[calls.getInt(CallColumn.HOOK, row)];
            if (mode != null) {
                return mode;
            }
        }
        return null;
    }
}
