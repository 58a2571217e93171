package org.pvdiet.analyzer.diff;

/** What a call took, or several: instructions, hypercalls and traps, those of calls within included. */
record Effort(long instructions, long hypercalls, long traps) {
    static final Effort NONE = new Effort(0, 0, 0);

    Effort plus(Effort other) {
        return new Effort(instructions + other.instructions, hypercalls + other.hypercalls, traps + other.traps);
    }
}
