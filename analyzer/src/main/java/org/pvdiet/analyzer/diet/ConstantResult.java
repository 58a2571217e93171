package org.pvdiet.analyzer.diet;

import java.util.List;
import java.util.Map;
import org.pvdiet.analyzer.diet.seen.HookCalls;
import org.pvdiet.analyzer.diet.seen.Seen;

/** {@code constant-result}: in a trace, calls with different inputs all returned the same. */
final class ConstantResult implements Finding {
    static final String ID = "constant-result";

    /** Fewer calls or inputs may agree by chance. */
    static final int ENOUGH_CALLS = 100;

    static final int ENOUGH_INPUTS = 10;

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        return subject.runs().stream()
                .filter(run -> isConstant(run.calls()))
                .map(ConstantResult::evidence)
                .toList();
    }

    private static boolean isConstant(HookCalls calls) {
        return calls.results().size() == 1 && calls.all().calls() >= ENOUGH_CALLS && calls.inputs() >= ENOUGH_INPUTS;
    }

    private static Evidence evidence(Subject.Run run) {
        Map.Entry<Long, Seen> only = run.calls().results().entrySet().iterator().next();
        return run.evidence(
                ID,
                Verdict.NARROW,
                only.getValue(),
                "On %s all %,d calls returned 0x%x.",
                run.platform(),
                run.calls().all().calls(),
                only.getKey());
    }
}
