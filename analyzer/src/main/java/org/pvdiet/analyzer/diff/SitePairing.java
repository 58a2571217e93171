package org.pvdiet.analyzer.diff;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pvdiet.analyzer.contract.Tally;
import org.pvdiet.analyzer.diff.DiffReport.Both;
import org.pvdiet.traces.Phase;
import org.pvdiet.traces.Site;

/**
 * Pairs the calls that two runs made at one site, phase of start-up by phase: what was done before the kernel patched itself is
 * compared with what the other run did before that. Only what is left is paired across phases.
 *
 * <p>So that memory does not grow with the runs, no more than a window of each run's calls is looked at at a time. Where both
 * runs made fewer calls in a phase, that is an alignment of all. Else each window is aligned, and three quarters of it, up to a
 * pair, are settled: near its end a window lacks what comes after. The rest begins the next window. A detour of one run that is
 * longer than a window leaves nothing to pair; then calls of the run that has more left are passed over, half a window at a
 * time, until it is back. What is passed over waits to be paired out of order, as all calls without a partner do, until as many
 * more have come as make {@value #MOST_LEFT}. A boundary can cost a pair or turn one into a pair out of order; pairs always hold
 * calls that were given the same, and every call is counted.
 */
final class SitePairing {
    /** Calls of each run that are aligned at a time. */
    static final int WINDOW = 1 << 21;
    /** Calls without a partner that wait for one. */
    static final int MOST_LEFT = 1 << 20;

    private final Site site;
    private final int window;
    private final Run first;
    private final Run second;
    private final LeftCalls left;
    private final Map<Long, SitePairs.Pairs> pairs = new HashMap<>();
    private SitePairs.@Nullable Pairs last;
    private long outOfOrder;
    private int[] partners = {};

    /** One run's calls: those in the window, and what has been counted. */
    private static final class Run {
        private final Pairing.Side side;
        private final SiteCalls calls;
        private final Map<Integer, Tally> tally = new HashMap<>();
        private int tallied = -1;
        private long times;
        private long earliest;

        private final int[] inputs;
        private final int[] acts;
        private final int[] efforts;
        private final long[] seqs;
        private int count;
        /** Whether the cursor is at a call that is in no window yet. */
        private boolean isNext;
        /** Calls that are in no window yet. */
        private long unread;

        private long instructions;
        private long hypercalls;
        private long traps;

        Run(Pairing.Side side, int site, int window) {
            this.side = side;
            this.calls = side.log().site(site);
            this.unread = side.log().calls(site);
            int most = (int) Math.min(window, unread);
            this.inputs = new int[most];
            this.acts = new int[most];
            this.efforts = new int[most];
            this.seqs = new long[most];
            this.isNext = calls.next();
        }

        private boolean isAt(Phase phase) {
            return isNext && side.phase(calls.act()) == phase.ordinal();
        }

        /** Fills the window with calls of a phase, as far as there are any. */
        void fill(Phase phase, int window) {
            while (count < window && isAt(phase)) {
                read();
            }
        }

        void read() {
            int act = calls.act();
            long seq = calls.seq();
            inputs[count] = side.input(act);
            acts[count] = act;
            efforts[count] = calls.effort();
            seqs[count] = seq;
            tally(act, seq);
            count++;
            unread--;
            isNext = calls.next();
        }

        private void tally(int act, long seq) {
            if (act != tallied) {
                finishTally();
                tallied = act;
                earliest = seq;
            }
            times++;
        }

        void finishTally() {
            if (times > 0) {
                tally.merge(tallied, new Tally(times, earliest), Tally::plus);
                times = 0;
            }
        }

        /** Forgets the first calls of the window. */
        void drop(int calls) {
            count -= calls;
            System.arraycopy(inputs, calls, inputs, 0, count);
            System.arraycopy(acts, calls, acts, 0, count);
            System.arraycopy(efforts, calls, efforts, 0, count);
            System.arraycopy(seqs, calls, seqs, 0, count);
        }

        void spent(int number) {
            Effort effort = side.effort(number);
            instructions += effort.instructions();
            hypercalls += effort.hypercalls();
            traps += effort.traps();
        }

        Effort effort() {
            return new Effort(instructions, hypercalls, traps);
        }
    }

    /** The calls of either run at the beginning of its window. */
    private record Cut(int first, int second) {}

    private SitePairing(Site site, Pairing pairing, int window, int mostLeft) {
        this.site = site;
        this.window = window;
        this.first = new Run(pairing.first(), site.id(), window);
        this.second = new Run(pairing.second(), site.id(), window);
        this.left = new LeftCalls(mostLeft);
    }

    static SitePairs of(Site site, Pairing pairing) {
        return of(site, pairing, WINDOW, MOST_LEFT);
    }

    /** The same with other bounds. */
    static SitePairs of(Site site, Pairing pairing, int window, int mostLeft) {
        SitePairing found = new SitePairing(site, pairing, window, mostLeft);
        for (Phase phase : Phase.values()) {
            found.pair(phase);
        }
        return found.result();
    }

    private SitePairs result() {
        pairRest();
        first.finishTally();
        second.finishTally();
        List<SitePairs.Pairs> inOrder = pairs.values().stream()
                .sorted(Comparator.comparingLong(alike -> alike.witness().first()))
                .toList();
        return new SitePairs(
                site, first.tally, second.tally, inOrder, outOfOrder, new Both<>(first.effort(), second.effort()));
    }

    private void pair(Phase phase) {
        while (true) {
            first.fill(phase, window);
            second.fill(phase, window);
            align();
            if (!first.isAt(phase) && !second.isAt(phase)) {
                settle(new Cut(first.count, second.count));
                return;
            }
            settle(cut(phase));
        }
    }

    private void align() {
        if (first.count == 0) {
            return;
        }
        if (partners.length < first.count) {
            partners = new int[first.acts.length];
        }
        Arrays.fill(partners, 0, first.count, Alignment.NONE);
        Alignment.inOrder(first.inputs, 0, first.count, second.inputs, 0, second.count, partners);
    }

    /** How far the windows are settled. */
    private Cut cut(Phase phase) {
        long enough = 3L * (first.count + second.count) / 4;
        Cut cut = new Cut(0, 0);
        Cut next = null;
        for (int i = 0; i < first.count; i++) {
            if (partners[i] != Alignment.NONE) {
                if ((long) i + partners[i] > enough) {
                    next = new Cut(i, partners[i]);
                    break;
                }
                cut = new Cut(i + 1, partners[i] + 1);
            }
        }
        if (cut.first + cut.second >= window / 4) {
            return cut;
        }
        if (next != null) {
            return next;
        }
        // One run is on a detour: there is no pair for long.
        boolean passesFirst =
                first.isAt(phase) && (!second.isAt(phase) || first.count + first.unread > second.count + second.unread);
        return passesFirst
                ? new Cut(cut.first + (first.count - cut.first + 1) / 2, cut.second)
                : new Cut(cut.first, cut.second + (second.count - cut.second + 1) / 2);
    }

    /** Pairs the calls at the beginning of the windows, in order and, as far as that leaves some, out of order. */
    private void settle(Cut cut) {
        BitSet paired = new BitSet(cut.second);
        for (int i = 0; i < cut.first; i++) {
            int j = partners[i];
            if (j == Alignment.NONE) {
                leave(true, i);
            } else {
                paired.set(j);
                pair(first.acts[i], first.efforts[i], first.seqs[i], second.acts[j], second.efforts[j], second.seqs[j]);
            }
        }
        for (int j = paired.nextClearBit(0); j < cut.second; j = paired.nextClearBit(j + 1)) {
            leave(false, j);
        }
        first.drop(cut.first);
        second.drop(cut.second);
    }

    /** A call without a partner in order. */
    private void leave(boolean ofFirst, int i) {
        Run run = ofFirst ? first : second;
        int act = run.acts[i];
        int effort = run.efforts[i];
        long seq = run.seqs[i];
        if (left.take(ofFirst, run.inputs[i], act, effort, seq)) {
            outOfOrder++;
            if (ofFirst) {
                pair(act, effort, seq, left.act(), left.effort(), left.seq());
            } else {
                pair(left.act(), left.effort(), left.seq(), act, effort, seq);
            }
        }
    }

    private void pair(int act, int effort, long seq, int secondAct, int secondEffort, long secondSeq) {
        first.spent(effort);
        second.spent(secondEffort);
        if (last == null || last.first() != act || last.second() != secondAct) {
            last = pairs.computeIfAbsent(
                    (long) act << Integer.SIZE | secondAct, key -> new SitePairs.Pairs(act, secondAct));
        }
        last.add(seq, secondSeq);
    }

    /** Calls of a phase that came after calls of a later one. */
    private void pairRest() {
        for (boolean ofFirst : new boolean[] {true, false}) {
            Run run = ofFirst ? first : second;
            while (run.isNext) {
                run.read();
                leave(ofFirst, 0);
                run.drop(1);
            }
        }
    }
}
