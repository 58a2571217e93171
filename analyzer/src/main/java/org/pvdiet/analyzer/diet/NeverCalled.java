package org.pvdiet.analyzer.diet;

import java.util.List;

/** {@code never-called}: the kernel has sites, and no trace has a call. */
final class NeverCalled implements Finding {
    static final String ID = "never-called";

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        if (subject.calls() > 0 || subject.sites().isEmpty()) {
            return List.of();
        }
        return List.of(subject.evidence(
                ID,
                Verdict.REMOVE,
                "%s reached in %d traces; that rests on the workload, on one processor and on what its CPUID announces.",
                subject.sites().size() == 1
                        ? "Its only site was not"
                        : "None of its " + subject.sites().size() + " sites was",
                subject.runs().size()));
    }
}
