package org.pvdiet.analyzer.diet;

import java.util.List;
import java.util.Optional;
import org.pvdiet.analyzer.contract.Behaviour;
import org.pvdiet.analyzer.contract.Form;
import org.pvdiet.analyzer.contract.HookContract;
import org.pvdiet.analyzer.diet.seen.Seen;

/** {@code translation}: the hook returns its argument, on a platform after translation of the frame number. */
final class Translation implements Finding {
    static final String ID = "translation";

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        return subject.others().stream()
                .flatMap(run -> translated(run).stream())
                .toList();
    }

    private static Optional<Evidence> translated(Subject.Run run) {
        HookContract contract = run.contract();
        return contract.calls(Translation::returnsArgument)
                .filter(tally -> tally.calls() > contract.identities())
                .map(tally -> run.evidence(
                        ID,
                        Verdict.KEEP,
                        new Seen(tally.calls() - contract.identities(), tally.witness()),
                        "On %s %,d of %,d calls return their argument with the frame number translated.",
                        run.platform(),
                        tally.calls() - contract.identities(),
                        contract.calls()));
    }

    private static boolean returnsArgument(Behaviour behaviour) {
        Form result = behaviour.result();
        return result.kind() == Form.Kind.ARGUMENT
                && result.set() == 0
                && result.cleared() == 0
                && behaviour.withoutEffects();
    }
}
