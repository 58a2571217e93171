package org.pvdiet.analyzer.diet;

import java.util.List;

/** {@code never-called}: no call in any trace. */
final class NeverCalled implements Finding {
    static final String ID = "never-called";

    @Override
    public List<Evidence> of(Subject subject) {
        if (subject.calls() > 0) {
            return List.of();
        }
        String sentence = subject.sites() == 0
                ? "No site in the kernel calls it."
                : String.format(
                        "None of its %d sites was reached in %d traces; that rests on the workload and on one processor.",
                        subject.sites(), subject.runs().size());
        return List.of(new Evidence(ID, Verdict.REMOVE, sentence, 0, List.of()));
    }
}
