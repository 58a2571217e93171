package org.pvdiet.emulator.cpu;

import java.util.Locale;

/** How guest code is executed. What the guest does is the same in all of them, to the instruction. */
enum Execution {
    INTERPRET,
    /** Frequent code is translated on other threads and interpreted until that is done. */
    TRANSLATE,
    /** Code is translated early, and the guest waits for it: slow, and the same in each run. For tests. */
    TRANSLATE_AT_ONCE;

    /** What the system property {@code pvdiet.execution} says. */
    static Execution configured() {
        return valueOf(System.getProperty("pvdiet.execution", "interpret")
                .toUpperCase(Locale.ROOT)
                .replace('-', '_'));
    }
}
