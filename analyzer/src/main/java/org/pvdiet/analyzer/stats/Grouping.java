package org.pvdiet.analyzer.stats;

/** What calls are counted by. */
public enum Grouping {
    HOOK,
    SITE,
    PHASE
}
