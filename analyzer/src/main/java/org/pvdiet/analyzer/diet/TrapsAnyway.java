package org.pvdiet.analyzer.diet;

import java.util.List;
import java.util.Locale;
import org.pvdiet.analyzer.contract.EffectForm;
import org.pvdiet.analyzer.contract.HookContract;
import org.pvdiet.analyzer.diff.DiffReport.HookDiff;
import org.pvdiet.traces.EffectOutcome;

/**
 * {@code traps-anyway}: on a platform every call trapped, made no hypercall, and did what the first trace's did. The bare
 * instruction would trap as well.
 */
final class TrapsAnyway implements Finding {
    static final String ID = "traps-anyway";

    @Override
    public List<Evidence> of(Subject subject) {
        return subject.others().stream()
                .filter(run -> run.contract().calls() > 0
                        && alwaysTraps(run.contract())
                        && run.diff().filter(TrapsAnyway::isSame).isPresent())
                .map(run -> new Evidence(
                        ID,
                        Verdict.REPLACE,
                        String.format(
                                Locale.ROOT,
                                "On %s each of %,d calls trapped and did what it does on %s: the bare instruction might do,"
                                        + " where it traps.",
                                run.platform(),
                                run.contract().calls(),
                                subject.first().platform()),
                        run.contract().calls(),
                        run.witness()))
                .toList();
    }

    private static boolean alwaysTraps(HookContract contract) {
        return contract.always(behaviour -> !behaviour.effects().isEmpty()
                && behaviour.effects().stream().map(EffectForm::outcome).allMatch(EffectOutcome.EMULATED::equals));
    }

    private static boolean isSame(HookDiff diff) {
        return diff.compared() > 0 && !diff.isDivergent();
    }
}
