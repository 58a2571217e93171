package org.pvdiet.analyzer.contract;

/**
 * How often something was seen.
 *
 * @param calls at least 1
 * @param witness the first call's seq
 */
public record Tally(long calls, long witness) {
    /** Both together. */
    public Tally plus(Tally other) {
        return new Tally(calls + other.calls, Math.min(witness, other.witness));
    }
}
