package org.pvdiet.analyzer.contract;

/**
 * Bits that all of some values had in common.
 *
 * @param ones those that were 1 in each
 * @param zeros those that were 0 in each
 */
public record ConstantBits(long ones, long zeros) {
    /** Of no values. */
    static final ConstantBits ALL = new ConstantBits(~0L, ~0L);

    /** What these values and others have in common. */
    public ConstantBits and(ConstantBits others) {
        return new ConstantBits(ones & others.ones, zeros & others.zeros);
    }
}
