package org.pvdiet.analyzer.diet;

import java.util.List;

/** {@code no-site}: nothing in the kernel's text calls the hook. */
final class NoSite implements Finding {
    static final String ID = "no-site";

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        return subject.sites().isEmpty()
                ? List.of(subject.evidence(ID, Verdict.REMOVE, "No site in the kernel calls it."))
                : List.of();
    }
}
