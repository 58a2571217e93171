package org.pvdiet.analyzer.diet;

import java.util.List;

/** Looks for one pattern in one hook. Gives evidence where it finds it, and none otherwise. */
interface Finding {
    /** {@code hooks} are all of the kernel, {@code subject} among them. */
    List<Evidence> of(Subject subject, List<Subject> hooks);
}
