package org.pvdiet.analyzer.stats;

import java.util.BitSet;
import org.pvdiet.traces.Outcome;

/** Counts of some calls. Two of them merge into the counts of all their calls, in any order. */
public final class Usage {
    private final BitSet sites = new BitSet();
    private final long[] outcomes = new long[Outcome.values().length];
    private long calls;
    private long instructions;
    private long nestedInstructions;
    private long hypercalls;
    private long traps;

    void add(int site, long callInstructions, long callHypercalls, long callTraps, int outcome) {
        sites.set(site);
        outcomes[outcome]++;
        calls++;
        instructions += callInstructions;
        hypercalls += callHypercalls;
        traps += callTraps;
    }

    void addNested(long nested) {
        nestedInstructions += nested;
    }

    Usage merge(Usage other) {
        sites.or(other.sites);
        for (int i = 0; i < outcomes.length; i++) {
            outcomes[i] += other.outcomes[i];
        }
        calls += other.calls;
        instructions += other.instructions;
        nestedInstructions += other.nestedInstructions;
        hypercalls += other.hypercalls;
        traps += other.traps;
        return this;
    }

    public long calls() {
        return calls;
    }

    /** Sites that made calls. */
    public int sites() {
        return sites.cardinality();
    }

    /** Retired in the calls, calls within them included. */
    public long instructions() {
        return instructions;
    }

    /** Retired in the calls but not in calls within them. */
    public long ownInstructions() {
        // A call that was switched away from ends before those made in it.
        return Math.max(0, instructions - nestedInstructions);
    }

    public long hypercalls() {
        return hypercalls;
    }

    /** Exceptions and emulated instructions. */
    public long traps() {
        return traps;
    }

    public long outcomes(Outcome outcome) {
        return outcomes[outcome.ordinal()];
    }
}
