package org.pvdiet.analyzer.contract;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a statement of a contract is about. */
public enum Aspect {
    RESULT,
    EFFECT,
    /** Whether the kernel let them in, before and after. */
    INTERRUPTS,
    PRECONDITION,
    FAULT,
    /** How calls ended that did not come back. */
    OUTCOME,
    HYPERCALL,
    TRAP,
    CLOBBER,
    TIME,
    CALLER,
    PHASE;

    /** As JSON has it. */
    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
