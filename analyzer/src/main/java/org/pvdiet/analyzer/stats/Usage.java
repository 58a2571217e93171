package org.pvdiet.analyzer.stats;

import java.util.BitSet;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.traces.Outcome;

/** Counts of some calls. */
public final class Usage {
    private final BitSet sites = new BitSet();
    private final long[] outcomes = new long[Outcome.values().length];
    private long calls;
    private long instructions;
    private long ownInstructions;
    private long hypercalls;
    private long traps;

    void add(RecordedCall call) {
        sites.set(call.site());
        long times = call.times();
        outcomes[call.outcome().ordinal()] += times;
        calls += times;
        instructions += times * call.instructions();
        ownInstructions += times * call.ownInstructions();
        hypercalls += times * call.hypercalls();
        traps += times * call.traps();
    }

    void merge(Usage other) {
        sites.or(other.sites);
        for (int i = 0; i < outcomes.length; i++) {
            outcomes[i] += other.outcomes[i];
        }
        calls += other.calls;
        instructions += other.instructions;
        ownInstructions += other.ownInstructions;
        hypercalls += other.hypercalls;
        traps += other.traps;
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
        return ownInstructions;
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
