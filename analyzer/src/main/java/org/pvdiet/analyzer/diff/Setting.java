package org.pvdiet.analyzer.diff;

/**
 * What was around a call and is no part of what it was given.
 *
 * @param phase of start-up, see {@link org.pvdiet.traces.Phase}
 * @param cr0 before the call
 * @param cr4 before the call
 */
record Setting(int phase, long cr0, long cr4) {

    // Written out: what the compiler makes of a record is slow until it has been called very often.
    @Override
    public boolean equals(Object object) {
        return object instanceof Setting other && phase == other.phase && cr0 == other.cr0 && cr4 == other.cr4;
    }

    @Override
    public int hashCode() {
        return 31 * (31 * phase + Long.hashCode(cr0)) + Long.hashCode(cr4);
    }
}
