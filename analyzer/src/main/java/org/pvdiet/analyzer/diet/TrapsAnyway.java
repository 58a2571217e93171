package org.pvdiet.analyzer.diet;

import com.google.common.collect.Sets;
import java.util.List;
import java.util.Set;
import org.pvdiet.analyzer.contract.EffectForm;
import org.pvdiet.analyzer.contract.HookContract;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;

/**
 * {@code traps-anyway}: on a platform every call trapped, made no hypercall, and did what the first trace's did. The bare
 * instruction would trap as well, if it is privileged; but it would not tell of a fault where the hook does.
 */
final class TrapsAnyway implements Finding {
    static final String ID = "traps-anyway";

    /**
     * What traps below ring 0 by itself (SDM volume 3, section 5.9, and volume 1, section 19.5 for ports). CPUID and RDTSC do
     * not, unless the platform arranges it.
     */
    static final Set<EffectKind> PRIVILEGED = Sets.immutableEnumSet(
            EffectKind.CONTROL_REGISTER,
            EffectKind.DEBUG_REGISTER,
            EffectKind.MSR_READ,
            EffectKind.MSR_WRITE,
            EffectKind.DESCRIPTOR_TABLE,
            EffectKind.PORT_IN,
            EffectKind.PORT_OUT,
            EffectKind.HALT);

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        return subject.others().stream()
                .filter(run -> run.contract().calls() > 0 && alwaysTraps(run.contract()) && run.isLikeTheFirst())
                .filter(run -> !tellsFaults(run))
                .map(run -> run.evidence(
                        ID,
                        Verdict.REPLACE,
                        run.calls().all(),
                        "On %s each of %,d calls trapped and did what it does on %s: so would the bare instruction.",
                        run.platform(),
                        run.contract().calls(),
                        subject.first().platform()))
                .toList();
    }

    private static boolean alwaysTraps(HookContract contract) {
        return contract.always(behaviour ->
                !behaviour.effects().isEmpty() && behaviour.effects().stream().allMatch(TrapsAnyway::isTrap));
    }

    /** Whether callers are told of a #GP, which the bare instruction would raise. */
    static boolean tellsFaults(Subject.Run run) {
        return ErrorSwallowed.saysErrors(run.prototype());
    }

    private static boolean isTrap(EffectForm effect) {
        return effect.outcome() == EffectOutcome.EMULATED && PRIVILEGED.contains(effect.kind());
    }
}
