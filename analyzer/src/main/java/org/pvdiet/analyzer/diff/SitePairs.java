package org.pvdiet.analyzer.diff;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntPredicate;
import org.pvdiet.analyzer.contract.Tally;
import org.pvdiet.analyzer.diff.DiffReport.Both;
import org.pvdiet.traces.Phase;
import org.pvdiet.traces.Site;

/**
 * The calls that two runs made at one site, and which of them belong together: counted by act, since there are few acts and
 * many calls.
 *
 * @param first the first run's calls by act
 * @param second the second run's
 * @param pairs those that belong together, in the order of the first run's calls
 * @param outOfOrder how many pairs were not made in the same order
 * @param effort what the calls that have a partner took in either run
 */
record SitePairs(
        Site site,
        Map<Integer, Tally> first,
        Map<Integer, Tally> second,
        Collection<Pairs> pairs,
        long outOfOrder,
        Both<Effort> effort) {

    /** Pairs of calls, all those of the first run of one act and those of the second of one. */
    static final class Pairs {
        private final int first;
        private final int second;
        private final Both<Long> witness;
        private Both<Long> earliestInSecond;
        private long calls;

        private Pairs(int first, int second, Both<Long> witness) {
            this.first = first;
            this.second = second;
            this.witness = witness;
            this.earliestInSecond = witness;
        }

        /** The act of the first run's calls. */
        int first() {
            return first;
        }

        /** The act of the second run's calls. */
        int second() {
            return second;
        }

        /** How many pairs. */
        long calls() {
            return calls;
        }

        /** The pair that comes first in the first run. */
        Both<Long> witness() {
            return witness;
        }

        /** The pair that comes first in the second run. */
        Both<Long> earliestInSecond() {
            return earliestInSecond;
        }
    }

    /**
     * Pairs them, phase of start-up by phase: what was done before the kernel patched itself is compared with what the other
     * run did before that. Only what is left is paired across phases.
     */
    static SitePairs of(Site site, Pairing pairing) {
        SiteLog.Calls a = pairing.first().log().site(site.id());
        SiteLog.Calls b = pairing.second().log().site(site.id());
        int[] first = inputs(a, pairing.first());
        int[] second = inputs(b, pairing.second());
        int[] inOrder = new int[first.length];
        Arrays.fill(inOrder, Alignment.NONE);
        int from = 0;
        int secondFrom = 0;
        for (Phase phase : Phase.values()) {
            int to = end(a, from, phase, pairing.first());
            int secondTo = end(b, secondFrom, phase, pairing.second());
            Alignment.inOrder(first, from, to, second, secondFrom, secondTo, inOrder);
            from = to;
            secondFrom = secondTo;
        }
        int[] outOfOrder = Alignment.outOfOrder(first, second, inOrder);
        return new SitePairs(
                site,
                tally(a),
                tally(b),
                pairs(a, b, inOrder, outOfOrder),
                Arrays.stream(outOfOrder).filter(j -> j != Alignment.NONE).count(),
                new Both<>(
                        effort(a, i -> partner(i, inOrder, outOfOrder) != Alignment.NONE, pairing.first()),
                        effort(b, partners(b, inOrder, outOfOrder)::get, pairing.second())));
    }

    private static int partner(int i, int[] inOrder, int[] outOfOrder) {
        return inOrder[i] != Alignment.NONE ? inOrder[i] : outOfOrder[i];
    }

    /** The second run's calls that have a partner. */
    private static BitSet partners(SiteLog.Calls calls, int[] inOrder, int[] outOfOrder) {
        BitSet partners = new BitSet(calls.count());
        for (int i = 0; i < inOrder.length; i++) {
            int j = partner(i, inOrder, outOfOrder);
            if (j != Alignment.NONE) {
                partners.set(j);
            }
        }
        return partners;
    }

    private static Effort effort(SiteLog.Calls calls, IntPredicate counts, Pairing.Side side) {
        long instructions = 0;
        long hypercalls = 0;
        long traps = 0;
        for (int i = 0; i < calls.count(); i++) {
            if (counts.test(i)) {
                Effort effort = side.log().effort(calls.efforts()[i]);
                instructions += effort.instructions();
                hypercalls += effort.hypercalls();
                traps += effort.traps();
            }
        }
        return new Effort(instructions, hypercalls, traps);
    }

    private static int[] inputs(SiteLog.Calls calls, Pairing.Side side) {
        int[] inputs = new int[calls.count()];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = side.input(calls.acts()[i]);
        }
        return inputs;
    }

    private static int end(SiteLog.Calls calls, int from, Phase phase, Pairing.Side side) {
        int to = from;
        while (to < calls.count() && side.setting(calls.acts()[to]).phase() == phase.ordinal()) {
            to++;
        }
        return to;
    }

    private static Map<Integer, Tally> tally(SiteLog.Calls calls) {
        Map<Integer, Tally> tally = new HashMap<>();
        for (int from = 0, to; from < calls.count(); from = to) {
            int act = calls.acts()[from];
            to = from + 1;
            while (to < calls.count() && calls.acts()[to] == act) {
                to++;
            }
            tally.merge(act, new Tally(to - from, calls.seqs()[from]), Tally::plus);
        }
        return tally;
    }

    private static Collection<Pairs> pairs(SiteLog.Calls a, SiteLog.Calls b, int[] inOrder, int[] outOfOrder) {
        Map<Long, Pairs> pairs = new LinkedHashMap<>();
        Pairs last = null;
        for (int i = 0; i < a.count(); i++) {
            int j = partner(i, inOrder, outOfOrder);
            if (j == Alignment.NONE) {
                continue;
            }
            int first = a.acts()[i];
            int second = b.acts()[j];
            long inFirst = a.seqs()[i];
            long inSecond = b.seqs()[j];
            if (last == null || last.first != first || last.second != second) {
                last = pairs.computeIfAbsent(
                        (long) first << 32 | second, key -> new Pairs(first, second, new Both<>(inFirst, inSecond)));
            }
            last.calls++;
            if (inSecond < last.earliestInSecond.second()) {
                last.earliestInSecond = new Both<>(inFirst, inSecond);
            }
        }
        return new ArrayList<>(pairs.values());
    }

    /** How many calls of the first run have a partner. */
    long paired() {
        return pairs.stream().mapToLong(Pairs::calls).sum();
    }

    /** How many calls a run made. */
    static long calls(Map<Integer, Tally> run) {
        return run.values().stream().mapToLong(Tally::calls).sum();
    }
}
