package org.pvdiet.analyzer.diet;

import java.util.List;
import org.pvdiet.traces.SiteForm;

/** {@code hot-not-inlined}: in a trace at least one in a hundred calls is this hook's, and its sites are calls. */
final class HotNotInlined implements Finding {
    static final String ID = "hot-not-inlined";

    private static final double HOT = 0.01;

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        return subject.runs().stream()
                .filter(run -> isHot(run, hooks) && !isInline(run))
                .map(run -> run.evidence(
                        ID,
                        Verdict.KEEP,
                        run.calls().all(),
                        "On %s %,d of its %,d calls were made by a call instruction: it is hot, and not inlined.",
                        run.platform(),
                        called(run),
                        run.contract().calls()))
                .toList();
    }

    private static boolean isHot(Subject.Run run, List<Subject> hooks) {
        long all = hooks.stream()
                .flatMap(hook -> hook.runs().stream())
                .filter(other -> other.trace().equals(run.trace()))
                .mapToLong(other -> other.contract().calls())
                .sum();
        return run.contract().calls() >= HOT * all && run.contract().calls() > 0;
    }

    /** Whether the sites that made calls became instructions. */
    static boolean isInline(Subject.Run run) {
        return used(run, SiteForm.INLINE) > 0 && called(run) == 0;
    }

    private static long called(Subject.Run run) {
        return used(run, SiteForm.DIRECT) + used(run, SiteForm.INDIRECT);
    }

    private static long used(Subject.Run run, SiteForm form) {
        return run.kernel().sites().stream()
                .filter(site -> site.hook() == run.hook().id()
                        && site.form().filter(form::equals).isPresent())
                .mapToLong(site -> run.seen().siteCalls(site.id()))
                .sum();
    }
}
