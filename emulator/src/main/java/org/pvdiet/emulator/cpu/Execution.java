package org.pvdiet.emulator.cpu;

import java.util.Locale;

/** How guest code is executed. What the guest does is the same in all of them, to the instruction. */
public enum Execution {
    INTERPRET,
    /** Frequent code is translated on other threads and interpreted until that is done. */
    TRANSLATE,
    /** Code is translated early, and the guest waits for it: slow, and the same in each run. For tests. */
    TRANSLATE_AT_ONCE,
    /** The same, and each time that translated code has run, interpreting it must lead to the same state. */
    CHECK;

    private static final String PROPERTY = "pvdiet.execution";

    /** Has all guests that are placed from now on executed in this way. */
    public void configure() {
        System.setProperty(PROPERTY, toString());
    }

    /** What the system property {@code pvdiet.execution} says. */
    public static Execution configured() {
        String name = System.getProperty(PROPERTY, TRANSLATE.toString());
        for (Execution execution : values()) {
            if (execution.toString().equals(name)) {
                return execution;
            }
        }
        throw new IllegalArgumentException(PROPERTY + " is '" + name + "', which is no way to execute");
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
