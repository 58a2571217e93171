package org.pvdiet.analyzer.contract;

/**
 * That something was not so before some calls of a hook.
 *
 * @param words what was so instead, {@code was called with interrupts on}
 * @param calls at least 1
 */
public record Violation(String words, long calls) {}
