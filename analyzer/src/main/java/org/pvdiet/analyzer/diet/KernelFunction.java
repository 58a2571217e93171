package org.pvdiet.analyzer.diet;

import com.google.common.collect.ImmutableSet;
import java.util.List;
import java.util.Locale;
import org.pvdiet.analyzer.contract.Behaviour;

/**
 * {@code kernel-function}: a platform chose another function that is not named for any platform, makes no hypercall and does
 * what the first trace's does. A condition in the kernel would choose as well.
 */
final class KernelFunction implements Finding {
    static final String ID = "kernel-function";

    /** Parts of names that say whom a function is for. */
    private static final ImmutableSet<String> OWNERS =
            ImmutableSet.of("native", "paravirt", "xen", "kvm", "hv", "hyperv", "vmware");

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        if (isOwned(subject.first())) {
            return List.of();
        }
        return subject.others().stream()
                .filter(run -> run.hasOwnFunction(subject.first()) && !isOwned(run))
                .filter(run -> run.contract().calls() > 0
                        && run.contract().calls(Behaviour::makesHypercalls).isEmpty()
                        && run.isLikeTheFirst())
                .map(run -> run.evidence(
                        ID,
                        Verdict.REPLACE,
                        run.calls().all(),
                        "On %s it leads to %s, on %s to %s: both are the kernel's own, and %,d calls did the same.",
                        run.platform(),
                        run.target(),
                        subject.first().platform(),
                        subject.first().target(),
                        run.diff().orElseThrow().compared()))
                .toList();
    }

    private static boolean isOwned(Subject.Run run) {
        String target = run.target().toLowerCase(Locale.ROOT);
        return !run.hasFunction() || OWNERS.stream().anyMatch(target::contains);
    }
}
