package org.pvdiet.analyzer.diff;

import org.pvdiet.traces.Hook;

/** The function that a hook leads to. */
final class Targets {
    private Targets() {}

    /** Its symbol once the kernel has started: after patching, or as late as the trace knows. */
    static String of(Hook hook) {
        return hook.patched()
                .or(hook::setup)
                .or(hook::entry)
                .map(target -> target.symbol().orElse("0x" + Long.toHexString(target.address())))
                .orElse("none");
    }
}
