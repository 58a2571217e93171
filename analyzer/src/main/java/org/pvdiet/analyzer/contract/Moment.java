package org.pvdiet.analyzer.contract;

/**
 * When something was seen: a call, apart from what it did, and others like it.
 *
 * @param key of its {@link Circumstances}
 * @param seq of the call
 * @param input a hash of what it was given
 * @param times how many calls there were like this, of which it is the first
 */
record Moment(long key, long seq, long input, long times) {}
