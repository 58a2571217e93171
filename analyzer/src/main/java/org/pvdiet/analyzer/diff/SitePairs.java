package org.pvdiet.analyzer.diff;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import org.pvdiet.traces.Phase;
import org.pvdiet.traces.Site;

/**
 * The calls that two runs made at one site, and which of them belong together.
 *
 * @param inOrder for each call of the first run the partner in the second, or {@link Alignment#NONE}
 * @param outOfOrder the same for partners that were not made in the same order
 */
record SitePairs(Site site, SiteLog.Calls first, SiteLog.Calls second, int[] inOrder, int[] outOfOrder) {

    /**
     * Pairs them, phase of start-up by phase: what was done before the kernel patched itself is compared with what the other
     * run did before that. Only what is left is paired across phases.
     */
    static SitePairs of(Site site, Pairing pairing) {
        SiteLog.Calls a = pairing.first().log().site(site.id());
        SiteLog.Calls b = pairing.second().log().site(site.id());
        int[] first = Arrays.stream(a.acts()).map(pairing.first()::input).toArray();
        int[] second = Arrays.stream(b.acts()).map(pairing.second()::input).toArray();
        int[] inOrder = new int[first.length];
        Arrays.fill(inOrder, Alignment.NONE);
        int from = 0;
        int secondFrom = 0;
        for (Phase phase : Phase.values()) {
            int to = end(a, from, phase, act -> pairing.first().setting(act).phase());
            int secondTo = end(
                    b, secondFrom, phase, act -> pairing.second().setting(act).phase());
            int[] partners = Alignment.inOrder(
                    Arrays.copyOfRange(first, from, to), Arrays.copyOfRange(second, secondFrom, secondTo));
            for (int i = 0; i < partners.length; i++) {
                inOrder[from + i] = partners[i] == Alignment.NONE ? Alignment.NONE : secondFrom + partners[i];
            }
            from = to;
            secondFrom = secondTo;
        }
        return new SitePairs(site, a, b, inOrder, Alignment.outOfOrder(first, second, inOrder));
    }

    private static int end(SiteLog.Calls calls, int from, Phase phase, IntUnaryOperator phaseOf) {
        int to = from;
        while (to < calls.count() && phaseOf.applyAsInt(calls.acts()[to]) == phase.ordinal()) {
            to++;
        }
        return to;
    }

    /** The partner of call {@code i} of the first run, or {@link Alignment#NONE}. */
    int partner(int i) {
        return inOrder[i] != Alignment.NONE ? inOrder[i] : outOfOrder[i];
    }
}
