package org.pvdiet.analyzer.diff;

/** What a call took, or several: instructions, hypercalls and traps, those of calls within included. */
record Effort(long instructions, long hypercalls, long traps) {
    static final Effort NONE = new Effort(0, 0, 0);

    // Written out: what the compiler makes of a record is slow until it has been called very often.
    @Override
    public boolean equals(Object object) {
        return object instanceof Effort other
                && instructions == other.instructions
                && hypercalls == other.hypercalls
                && traps == other.traps;
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Long.hashCode(instructions) + Long.hashCode(hypercalls)) + Long.hashCode(traps);
    }

    Effort plus(Effort other) {
        return new Effort(instructions + other.instructions, hypercalls + other.hypercalls, traps + other.traps);
    }
}
