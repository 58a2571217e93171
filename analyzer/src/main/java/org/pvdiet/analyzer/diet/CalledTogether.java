package org.pvdiet.analyzer.diet;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.pvdiet.analyzer.diet.seen.HookCalls;
import org.pvdiet.traces.Phase;

/**
 * {@code called-together}: in every trace and phase two hooks are called equally often, and by turns, as far as that is
 * followed (the first {@value HookCalls#MOST_DIFFERENT} calls).
 */
final class CalledTogether implements Finding {
    static final String ID = "called-together";

    /** Fewer calls may be so by chance. */
    private static final int ENOUGH = 20;

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        List<Evidence> found = new ArrayList<>();
        for (Subject other : hooks) {
            if (!other.name().equals(subject.name()) && subject.calls() >= ENOUGH && together(subject, other)) {
                found.add(new Evidence(
                        ID,
                        Verdict.MERGE,
                        String.format(
                                Locale.ROOT,
                                "It is called as often as %s and by turns with it, in all traces: %,d calls.",
                                other.name(),
                                subject.calls()),
                        subject.calls(),
                        subject.inputs(),
                        subject.witnesses(),
                        other.name()));
            }
        }
        return found;
    }

    private static boolean together(Subject a, Subject b) {
        for (int i = 0; i < a.runs().size(); i++) {
            HookCalls first = a.runs().get(i).calls();
            HookCalls second = b.runs().get(i).calls();
            for (Phase phase : Phase.values()) {
                if (first.in(phase).calls() != second.in(phase).calls()) {
                    return false;
                }
            }
            if (!byTurns(first.firstCalls(), second.firstCalls())) {
                return false;
            }
        }
        return true;
    }

    private static boolean byTurns(List<Long> a, List<Long> b) {
        Iterator<Long> first = a.iterator();
        Iterator<Long> second = b.iterator();
        long previous = -1;
        boolean ahead = true;
        for (boolean begun = false; first.hasNext() && second.hasNext(); begun = true) {
            long x = first.next();
            long y = second.next();
            if (!begun) {
                ahead = x < y;
            }
            if ((x < y) != ahead || Math.min(x, y) < previous) {
                return false;
            }
            previous = Math.max(x, y);
        }
        return true;
    }
}
