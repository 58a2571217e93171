package org.pvdiet.analyzer.diet;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.diet.seen.Seen;
import org.pvdiet.analyzer.words.XenNames;

/**
 * {@code error-swallowed}: inside calls that returned, a hypercall gave an error or an exception was raised, and the hook has
 * no way to say so: it returns nothing, and was given no pointer to put it. Where the table has the same hook with
 * {@code _safe} to its name, not telling is what it is for.
 */
final class ErrorSwallowed implements Finding {
    static final String ID = "error-swallowed";

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        if (hasSafeForm(subject, hooks)) {
            return List.of();
        }
        List<Evidence> found = new ArrayList<>();
        for (Subject.Run run : subject.runs()) {
            Prototype prototype = run.prototype();
            if (prototype.returns().kind() == Prototype.Kind.NOTHING) {
                for (Map.Entry<Long, Seen> refused :
                        run.calls().refusedHypercalls().entrySet()) {
                    found.add(run.evidence(
                            ID,
                            Verdict.RESPECIFY,
                            refused.getValue(),
                            "On %s %s gave an error in %s that returned as if it had not.",
                            run.platform(),
                            XenNames.hypercall(refused.getKey(), -1),
                            Count.calls(refused.getValue().calls())));
                }
            }
            Seen faulted = run.calls().faulted();
            if (faulted.ever() && !saysErrors(prototype)) {
                found.add(run.evidence(
                        ID,
                        Verdict.RESPECIFY,
                        faulted,
                        "On %s %,d of its %s returned after an exception inside, and callers are not told.",
                        run.platform(),
                        faulted.calls(),
                        Count.calls(run.contract().calls())));
            }
        }
        return found;
    }

    /** Whether callers that want to know of errors have a hook of their own: {@code read_msr_safe} beside {@code read_msr}. */
    static boolean hasSafeForm(Subject subject, List<Subject> hooks) {
        String name = subject.name() + "_safe";
        return hooks.stream()
                .filter(other -> other.name().equals(name))
                .anyMatch(other -> saysErrors(other.first().prototype()));
    }

    /** A result of int is 0 or an error by Linux' convention; another error goes to where a pointer says. */
    static boolean saysErrors(Prototype prototype) {
        return prototype.returns().text().equals("int")
                || prototype.parameters().stream()
                        .anyMatch(parameter -> parameter.type().kind() == Prototype.Kind.POINTER
                                && !parameter.type().text().startsWith("const "));
    }
}
