package org.pvdiet.analyzer.contract;

import org.pvdiet.analyzer.calls.Lazy;
import org.pvdiet.traces.Mode;

/** A state of machine or kernel that holds before a call or does not, and that a platform may rely on. */
public enum State {
    /** The page table that the call is about is mapped read-only. */
    READ_ONLY_TABLE,
    LAZY_MMU,
    CONTEXT_SWITCH,
    INTERRUPTS_ON,
    /** The call is made in another one. */
    NESTED;

    /**
     * Whether it holds before a call.
     *
     * @param lazy mode of the call
     * @param mode as recorded, {@link Mode}
     * @param nested whether the call is made in another one
     */
    public boolean holds(Lazy lazy, int mode, boolean nested) {
        return switch (this) {
            case READ_ONLY_TABLE -> Mode.readOnlyTable(mode);
            case LAZY_MMU -> lazy == Lazy.MMU;
            case CONTEXT_SWITCH -> lazy == Lazy.CPU;
            case INTERRUPTS_ON -> Mode.interruptsEnabled(mode);
            case NESTED -> nested;
        };
    }

    /** Whether it is worth saying that it never holds; else only that it always does. */
    boolean isToldWhereItFails() {
        return this == INTERRUPTS_ON;
    }
}
