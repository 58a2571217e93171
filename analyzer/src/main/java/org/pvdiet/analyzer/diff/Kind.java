package org.pvdiet.analyzer.diff;

import java.util.Locale;

/** What differs between two calls, or two hooks. */
public enum Kind {
    /** What it returned. */
    RESULT(true),
    /** The first run's call had an effect that the second's had not. */
    EFFECT_MISSING(true),
    /** The second run's call had an effect that the first's had not. */
    EFFECT_EXTRA(true),
    /** The same place was changed to something else, or with another outcome. */
    EFFECT_DIFFERENT(true),
    /** Exceptions. */
    FAULT(true),
    /** How the call ended. */
    OUTCOME(true),
    /** What held before every call of one run does not hold before those of the other. */
    PRECONDITION(true),
    /** Registers that the calling convention lets callers keep values in were changed. */
    CLOBBER(true),
    /** The platform was asked by hypercalls or traps, or other ones. How it is done, not what. */
    MECHANISM(false),
    /** The hook leads to another function. */
    TARGET(false),
    /** Instructions, hypercalls, traps. */
    COST(false);

    private final boolean contract;

    Kind(boolean contract) {
        this.contract = contract;
    }

    /** Whether it is what callers and platform promise each other, and not only how it is done. */
    public boolean isContract() {
        return contract;
    }

    /** As JSON has it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
