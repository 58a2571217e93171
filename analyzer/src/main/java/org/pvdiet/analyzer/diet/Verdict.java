package org.pvdiet.analyzer.diet;

import java.util.Locale;

/** What should become of a hook. */
public enum Verdict {
    /** The platforms need it as it is. */
    KEEP,
    /** Nothing rests on it. */
    REMOVE,
    /** Another hook does the same. */
    MERGE,
    /** Part of what it promises is needed. */
    NARROW,
    /** An instruction in its place, patched out where the platform does nothing, would do. */
    REPLACE,
    /** It is needed, but promises what only one platform keeps. */
    RESPECIFY;

    /** As JSON has it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
