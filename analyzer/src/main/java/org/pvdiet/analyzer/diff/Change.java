package org.pvdiet.analyzer.diff;

/**
 * One thing in which two traces differ.
 *
 * @param kind in a word, as reports have it
 * @param contract whether callers of the hook can tell
 */
public record Change(String hook, String kind, boolean contract) {}
