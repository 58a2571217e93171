package org.pvdiet.traces;

/**
 * What a trace holds.
 *
 * @param calls rows in finished parts of {@code calls}
 * @param effects rows in finished parts of {@code effects}
 */
public record Counts(long calls, long effects) {}
