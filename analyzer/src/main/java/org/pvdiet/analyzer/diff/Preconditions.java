package org.pvdiet.analyzer.diff;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.contract.Names;
import org.pvdiet.analyzer.diff.DiffReport.Both;
import org.pvdiet.analyzer.diff.DiffReport.Divergence;
import org.pvdiet.analyzer.diff.DiffReport.Explanation;
import org.pvdiet.analyzer.diff.Uses.Use;
import org.pvdiet.traces.Phase;

/**
 * Finds what held before every call of a hook in one run and not in the other. If no call that has a partner shows it, it
 * is because the runs took different ways: what one of them alone did is no other use of the same site.
 */
final class Preconditions {
    private final Pairing pairing;
    private final Prototype prototype;
    private final Names names;
    private final Side first;
    private final Side second;

    /**
     * One run.
     *
     * @param acts of the hook's calls
     */
    private record Side(Pairing.Side of, Map<Integer, Use> uses, Collection<Act> acts, long calls) {
        static Side of(Pairing.Side side, Map<Integer, Use> uses) {
            return new Side(
                    side,
                    uses,
                    uses.keySet().stream().map(side.log()::act).toList(),
                    uses.values().stream().mapToLong(use -> use.all().calls()).sum());
        }

        /** The first of its calls. */
        long witness() {
            return uses.values().stream()
                    .mapToLong(use -> use.all().witness())
                    .min()
                    .orElse(-1);
        }
    }

    Preconditions(Pairing pairing, Prototype prototype, Names names, Uses uses) {
        this.pairing = pairing;
        this.prototype = prototype;
        this.names = names;
        this.first = Side.of(pairing.first(), uses.first());
        this.second = Side.of(pairing.second(), uses.second());
    }

    List<Divergence> divergences() {
        List<Divergence> found = new ArrayList<>();
        add(found, first, second);
        add(found, second, first);
        return found;
    }

    private void add(List<Divergence> found, Side held, Side other) {
        for (Precondition precondition : Precondition.held(prototype, held.calls(), held.acts(), names)) {
            Violations violations = new Violations();
            other.uses().forEach((number, use) -> {
                Act act = other.of().log().act(number);
                if (!precondition.holds().test(act)) {
                    violations.add(use, act, precondition.otherwise().apply(act));
                }
            });
            if (violations.calls > 0) {
                found.add(violations.divergence(precondition, held, other));
            }
        }
    }

    /** The calls before which it did not hold. */
    private final class Violations {
        private final BitSet sites = new BitSet();
        private long calls;
        private long paired;
        private long witness = Long.MAX_VALUE;
        private Both<Long> pair = new Both<>(Long.MAX_VALUE, -1L);
        private String words = "";
        private int latestPhase;

        void add(Use use, Act act, String otherwise) {
            calls += use.all().calls();
            paired += use.paired();
            sites.or(use.sites());
            latestPhase = Math.max(latestPhase, act.setting().phase());
            if (use.all().witness() < witness) {
                witness = use.all().witness();
                words = otherwise;
            }
            if (use.paired() > 0 && use.witness().first() < pair.first()) {
                pair = use.witness();
            }
        }

        Divergence divergence(Precondition precondition, Side held, Side other) {
            boolean swapped = held == second;
            long shown = paired > 0 ? pair.first() : witness;
            long partner = paired > 0 ? pair.second() : held.witness();
            String otherwise = String.format(Locale.ROOT, "%s in %,d of %,d calls", words, calls, other.calls());
            String a = swapped ? otherwise : precondition.always();
            String b = swapped ? precondition.always() : otherwise;
            return new Divergence(
                    Kind.PRECONDITION.word(),
                    paired > 0,
                    paired > 0 ? paired : calls,
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
