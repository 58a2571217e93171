package org.pvdiet.traces;

/** How much of the machine's state a recording holds for each call. */
public enum RegisterMode {
    /** Arguments, result, flags and control registers. */
    ARGS,
    /** Also general-purpose registers, segment selectors and bases, before and after. */
    FULL
}
