package org.pvdiet.analyzer.diff;

/**
 * What was around a call and is no part of what it was given.
 *
 * @param phase of start-up, see {@link org.pvdiet.traces.Phase}
 * @param mode privilege level and interrupts, see {@link org.pvdiet.traces.Mode}
 * @param nested whether it was made in another call
 * @param interrupted whether an interrupt was taken in it, so that what it did is known until then only
 * @param cr0 before the call
 * @param cr4 before the call
 */
record Setting(int phase, int mode, boolean nested, boolean interrupted, long cr0, long cr4) {

    // Written out: what the compiler makes of a record is slow until it has been called very often.
    @Override
    public boolean equals(Object object) {
        return object instanceof Setting other
                && phase == other.phase
                && mode == other.mode
                && nested == other.nested
                && interrupted == other.interrupted
                && cr0 == other.cr0
                && cr4 == other.cr4;
    }

    @Override
    public int hashCode() {
        return 31 * (31 * (phase << 6 | mode << 2 | (interrupted ? 2 : 0) | (nested ? 1 : 0)) + Long.hashCode(cr0))
                + Long.hashCode(cr4);
    }
}
