package org.pvdiet.traces;

/** How a call ended. */
public enum Outcome {
    /** Control reached site + length. */
    RETURNED,
    /** The guest went on with another stack, and the call did not come back to this one before the recording ended. */
    SWITCHED,
    /** An exception inside the call led elsewhere, for example to a fix-up. */
    FAULTED,
    /** The call left by a return from interrupt or to user mode. */
    IRET,
    /** The run ended or stopped inside the call. */
    ENDED,
    /** The recorder gave the call up: too many later calls were made while it was under way. It may have returned. */
    ABANDONED
}
