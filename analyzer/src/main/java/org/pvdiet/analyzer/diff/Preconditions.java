package org.pvdiet.analyzer.diff;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pvdiet.analyzer.contract.Form;
import org.pvdiet.analyzer.contract.Precondition;
import org.pvdiet.analyzer.contract.Violation;
import org.pvdiet.analyzer.diff.DiffReport.Both;
import org.pvdiet.analyzer.diff.DiffReport.Divergence;
import org.pvdiet.analyzer.diff.DiffReport.Explanation;
import org.pvdiet.analyzer.diff.Uses.Use;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.Phase;

/**
 * Finds what the contract says to have held before every call of a hook in one run, and not in the other. If no call that has
 * a partner shows it, it is because the runs took different ways: what one of them alone did is no other use of the same site.
 */
final class Preconditions {
    /** What fewer calls have in common may be chance; {@code pvdiet contract} calls that thin. */
    private static final long FEW_CALLS = 10;

    private final Pairing pairing;
    private final Side first;
    private final Side second;

    /** One run. */
    private record Side(Pairing.Side of, int hook, Map<Integer, Use> uses) {
        long calls() {
            return of.log().statements(hook).calls();
        }

        List<Act> acts() {
            return uses.keySet().stream().map(of.log()::act).toList();
        }

        /** The first of its calls. */
        long witness() {
            return uses.values().stream()
                    .mapToLong(use -> use.all().witness())
                    .min()
                    .orElse(-1);
        }
    }

    Preconditions(Pairing pairing, Hook firstHook, Hook secondHook, Uses uses) {
        this.pairing = pairing;
        this.first = new Side(pairing.first(), firstHook.id(), uses.first());
        this.second = new Side(pairing.second(), secondHook.id(), uses.second());
    }

    List<Divergence> divergences() {
        List<Divergence> found = new ArrayList<>();
        add(found, first, second);
        add(found, second, first);
        return found;
    }

    private void add(List<Divergence> found, Side held, Side other) {
        for (Precondition precondition : held(held.of().log(), held.hook(), held.acts())) {
            other.of()
                    .log()
                    .contractSummary()
                    .violation(precondition, other.hook())
                    .ifPresent(violation -> {
                        Violating violating = new Violating();
                        other.uses().forEach((number, use) -> {
                            Act act = other.of().log().act(number);
                            if (!holds(precondition, act)) {
                                violating.add(use, act);
                            }
                        });
                        found.add(violating.divergence(precondition, violation, held, other));
                    });
        }
    }

    /** Those of a hook, by its id, that are no chance and that can be told of {@code acts}, all of its calls. */
    static List<Precondition> held(TraceLog log, int hook, Collection<Act> acts) {
        return log.statements(hook).calls() < FEW_CALLS
                ? List.of()
                : log.contractSummary().preconditions(hook).stream()
                        // Which of the greater numbers it was, acts do not tell.
                        .filter(one -> acts.stream().allMatch(act -> holds(one, act)))
                        .toList();
    }

    /** Whether it was so before the calls of an act. */
    static boolean holds(Precondition precondition, Act act) {
        Setting setting = act.setting();
        return precondition
                .clause()
                .map(clause ->
                        clause.state().holds(act.input().lazy(), setting.mode(), setting.nested()) == clause.holds())
                .or(() -> precondition.argument().map(argument -> argument(act, argument)))
                .orElse(true);
    }

    private static boolean argument(Act act, Precondition.Argument argument) {
        List<Form> arguments = act.input().arguments();
        return argument.index() < arguments.size()
                && arguments.get(argument.index()).equals(Form.constant(argument.value()));
    }

    /** The calls before which it did not hold. */
    private final class Violating {
        private final BitSet sites = new BitSet();
        private long paired;
        private long witness = Long.MAX_VALUE;
        private Both<Long> pair = new Both<>(Long.MAX_VALUE, -1L);
        private int latestPhase;

        void add(Use use, Act act) {
            paired += use.paired();
            sites.or(use.sites());
            latestPhase = Math.max(latestPhase, act.setting().phase());
            witness = Math.min(witness, use.all().witness());
            if (use.paired() > 0 && use.witness().first() < pair.first()) {
                pair = use.witness();
            }
        }

        Divergence divergence(Precondition precondition, Violation violation, Side held, Side other) {
            boolean swapped = held == second;
            long shown = paired > 0 ? pair.first() : witness;
            long partner = paired > 0 ? pair.second() : held.witness();
            String otherwise = String.format(
                    Locale.ROOT, "%s in %,d of %,d calls", violation.words(), violation.calls(), other.calls());
            String a = swapped ? otherwise : precondition.claim();
            String b = swapped ? precondition.claim() : otherwise;
            return new Divergence(
                    Kind.PRECONDITION.word(),
                    paired > 0,
                    paired > 0 ? paired : violation.calls(),
                    sites.cardinality(),
                    "",
                    a,
                    b,
                    pairing.sentence(a, b),
                    swapped ? new Both<>(shown, partner) : new Both<>(partner, shown),
                    0,
                    paired > 0 ? null : otherWay(other));
        }

        private @Nullable Explanation otherWay(Side other) {
            boolean startUp = latestPhase < Phase.USER.ordinal();
            return new Explanation(
                    (startUp ? Cause.START_UP : Cause.OTHER_WAY).word(),
                    String.format(
                            Locale.ROOT,
                            "Only calls that %s alone made%s show it, at %s.",
                            other == first
                                    ? pairing.names().first()
                                    : pairing.names().second(),
                            startUp ? " while starting up" : "",
                            sites.stream()
                                    .limit(3)
                                    .mapToObj(site -> other.of()
                                            .log()
                                            .kernel()
                                            .sites()
                                            .get(site)
                                            .symbol()
                                            .orElse("site " + site))
                                    .collect(Collectors.joining(
                                            ", ", "", sites.cardinality() > 3 ? " and others" : ""))));
        }
    }
}
