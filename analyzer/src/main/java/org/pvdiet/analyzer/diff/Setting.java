package org.pvdiet.analyzer.diff;

/**
 * What was around a call and is no part of what it was given.
 *
 * @param phase of start-up, see {@link org.pvdiet.traces.Phase}
 * @param cr0 before the call
 * @param cr4 before the call
 */
record Setting(int phase, long cr0, long cr4) {}
