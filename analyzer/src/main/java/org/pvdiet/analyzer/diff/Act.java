package org.pvdiet.analyzer.diff;

import org.pvdiet.analyzer.contract.Input;

/** What the diff knows of a call: what it was given, what it did, and in which setting. Many calls have the same. */
record Act(Input input, Deed deed, Setting setting) {

    // Written out: what the compiler makes of a record is slow until it has been called very often.
    @Override
    public boolean equals(Object object) {
        return object instanceof Act other
                && setting.equals(other.setting)
                && input.equals(other.input)
                && deed.equals(other.deed);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * input.hashCode() + deed.hashCode()) + setting.hashCode();
    }
}
