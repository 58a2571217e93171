package org.pvdiet.analyzer.diet;

import java.util.List;

/** Looks for one pattern in one hook. Gives evidence where it finds it, and none otherwise. */
interface Finding {
    List<Evidence> of(Subject subject);
}
