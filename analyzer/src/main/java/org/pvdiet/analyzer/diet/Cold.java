package org.pvdiet.analyzer.diet;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.pvdiet.analyzer.contract.Behaviour;
import org.pvdiet.analyzer.contract.EffectForm;
import org.pvdiet.analyzer.contract.Form;
import org.pvdiet.analyzer.contract.HookContract;
import org.pvdiet.analyzer.diet.seen.HookCalls;
import org.pvdiet.analyzer.diet.seen.Seen;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.Phase;

/**
 * {@code cold}: the native function is one privileged instruction, the platform was seen to emulate its kind and does the
 * same by the hook, and the calls are so few that a trap for each would not matter.
 */
final class Cold implements Finding {
    static final String ID = "cold";

    /**
     * Taken for a trap that a hypervisor emulates, there and back, in instructions of the guest. An exit of hardware
     * virtualisation costs 1,000 to 2,000 cycles; an instruction emulated for a PV guest, which is fetched and decoded in
     * software, several times that.
     */
    static final long TRAP = 5_000;

    /** Traps that take less than this part of start-up, and of what follows it, do not matter. */
    static final double MATTERS = 0.001;

    private static final int CR3 = 3;

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        List<Evidence> found = new ArrayList<>();
        Optional<EffectKind> kind = privileged(subject.first().contract());
        if (kind.isEmpty() || TrapsAnyway.tellsFaults(subject.first())) {
            return found;
        }
        for (Subject.Run run : subject.others()) {
            Seen emulated = run.seen().emulated(kind.get());
            if (run.hasOwnFunction(subject.first()) && run.isLikeTheFirst() && emulated.ever() && !matters(run)) {
                long traps = run.contract().calls() * TRAP;
                // Some of its calls may trap already, for the same price.
                long now = run.contract().instructions() + run.contract().traps() * TRAP;
                Evidence evidence = run.evidence(
                        ID,
                        Verdict.REPLACE,
                        run.calls().all(),
                        "On %s its %s would cost about %,d instructions as traps, %.4f %% of the run, and now take"
                                + " %,d%s; that platform emulates %s.",
                        run.platform(),
                        Count.calls(run.contract().calls()),
                        traps,
                        100.0 * traps / Math.max(1, run.end()),
                        now,
                        run.contract().traps() > 0
                                ? String.format(
                                        Locale.ROOT,
                                        " with the %,d that trap",
                                        run.contract().traps())
                                : "",
                        words(kind.get()));
                List<Evidence.Witness> witnesses = new ArrayList<>(evidence.witnesses());
                witnesses.addAll(run.witness(emulated));
                found.add(new Evidence(
                        ID, evidence.supports(), evidence.sentence(), evidence.calls(), evidence.inputs(), witnesses));
            }
        }
        return found;
    }

    private static boolean matters(Subject.Run run) {
        HookCalls calls = run.calls();
        long startUp = Math.max(run.seen().last(Phase.SETUP), run.seen().last(Phase.PATCHED));
        long after = run.end() - startUp;
        return calls.startUp().calls() * TRAP > MATTERS * startUp
                || calls.in(Phase.USER).calls() * TRAP > MATTERS * Math.max(0, after);
    }

    /** The kind of the one privileged instruction that every call is. */
    private static Optional<EffectKind> privileged(HookContract contract) {
        if (contract.calls() == 0) {
            return Optional.empty();
        }
        if (contract.always(Cold::readsControlRegister)) {
            return Optional.of(EffectKind.CONTROL_REGISTER);
        }
        return TrapsAnyway.PRIVILEGED.stream()
                .filter(kind -> contract.always(behaviour -> isOne(behaviour.effects(), kind)))
                .findFirst();
    }

    /** A platform may translate CR3's frame, which no emulated instruction would. */
    private static boolean readsControlRegister(Behaviour behaviour) {
        Form result = behaviour.result();
        return result.kind() == Form.Kind.CONTROL_REGISTER
                && result.number() != CR3
                && behaviour.effects().isEmpty();
    }

    private static boolean isOne(List<EffectForm> effects, EffectKind kind) {
        return effects.size() == 1 && effects.get(0).kind() == kind;
    }

    private static String words(EffectKind kind) {
        return switch (kind) {
            case CONTROL_REGISTER -> "accesses of control registers";
            case DEBUG_REGISTER -> "accesses of debug registers";
            case MSR_READ -> "RDMSR";
            case MSR_WRITE -> "WRMSR";
            case PORT_IN, PORT_OUT -> "port accesses";
            case HALT -> "HLT";
            default -> "such instructions";
        };
    }
}
