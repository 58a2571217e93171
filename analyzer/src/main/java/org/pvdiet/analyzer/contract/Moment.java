package org.pvdiet.analyzer.contract;

/**
 * When something was seen: one call, apart from what it did.
 *
 * @param key of its {@link Circumstances}
 * @param seq of the call
 * @param input a hash of what it was given
 */
record Moment(long key, long seq, long input) {}
