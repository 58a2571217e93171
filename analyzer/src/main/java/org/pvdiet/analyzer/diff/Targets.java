package org.pvdiet.analyzer.diff;

import org.pvdiet.traces.Hook;

/** The function that a hook leads to. */
final class Targets {
    private Targets() {}

    static String of(Hook hook, TraceLog log) {
        return hook.latest(log.kernel().hooks()).map(Hook.Target::name).orElse("none");
    }
}
