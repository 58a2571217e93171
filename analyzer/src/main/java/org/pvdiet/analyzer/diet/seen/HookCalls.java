package org.pvdiet.analyzer.diet.seen;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.pvdiet.analyzer.calls.CallOrder;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.RecordedEffect;
import org.pvdiet.analyzer.words.PageTableEntry;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;
import org.pvdiet.traces.Outcome;
import org.pvdiet.traces.Phase;

/** The calls of one hook. */
public final class HookCalls {
    /** Different inputs and results are counted up to here. */
    public static final int MOST_DIFFERENT = 1_000;
    /** A call and a return, and nothing between. */
    private static final int CALL_AND_RETURN = 2;
    /** P, R/W and U/S of a page-table entry: what a change of it is about. */
    private static final long ACCESS = 7;
    /** Linux holds return values from here on to be errors (include/linux/err.h). */
    private static final long LEAST_ERROR = -4095;

    /**
     * What became of a page-table entry's P, R/W and U/S.
     *
     * @param set bits that were 0 and are 1
     * @param cleared bits that were 1 and are 0
     */
    public record AccessChange(long set, long cleared) {
        // Written out: what the compiler makes of a record is slow until it has been called very often.
        @Override
        public boolean equals(Object object) {
            return object instanceof AccessChange other && set == other.set && cleared == other.cleared;
        }

        @Override
        public int hashCode() {
            return 31 * Long.hashCode(set) + Long.hashCode(cleared);
        }
    }

    private final Seen[] phases = new Seen[Phase.values().length];
    private final Set<Integer> inputs = new HashSet<>();
    private final Map<Long, Seen> results = new HashMap<>();
    private final Map<Long, Seen> faultedResults = new TreeMap<>();
    private final Map<AccessChange, Seen> accessChanges = new HashMap<>();
    private final Map<Long, Seen> refusedHypercalls = new TreeMap<>();
    private final Map<EffectKind, Seen> notAsAsked = new TreeMap<>();
    private final List<Long> firstCalls = new ArrayList<>();
    private Seen empty = Seen.NEVER;
    private Seen faulted = Seen.NEVER;

    HookCalls() {
        Arrays.fill(phases, Seen.NEVER);
    }

    void add(RecordedCall call) {
        Seen one = Seen.of(call);
        phases[call.phase()] = phases[call.phase()].plus(one);
        if (call.kind() == CallOrder.BY_ITSELF) {
            made(call.seq());
        }
        given(input(call));
        if (call.result().isPresent()
                && (results.size() < MOST_DIFFERENT
                        || results.containsKey(call.result().getAsLong()))) {
            results.merge(call.result().getAsLong(), one, Seen::plus);
        }
        boolean did = call.result().isPresent() || !call.nested().isEmpty();
        if (!did && call.effects().isEmpty() && call.instructions() <= CALL_AND_RETURN) {
            empty = empty.plus(one);
        }
        boolean fault = false;
        for (RecordedEffect effect : call.effects()) {
            if (effect.seq() == call.seq()) {
                fault |= effect.kind() == EffectKind.EXCEPTION;
                add(effect, one);
            }
        }
        if (fault && call.outcome() == Outcome.RETURNED) {
            faulted = faulted.plus(one);
            call.result().ifPresent(result -> faultedResults.merge(result, one, Seen::plus));
        }
    }

    /** Call {@code seq} was one of these. */
    void made(long seq) {
        if (wantsMore()) {
            firstCalls.add(seq);
        }
    }

    /** Whether it matters which calls follow. */
    boolean wantsMore() {
        return firstCalls.size() < MOST_DIFFERENT;
    }

    private void given(int input) {
        if (inputs.size() < MOST_DIFFERENT) {
            inputs.add(input);
        }
    }

    private static int input(RecordedCall call) {
        int hash = 1;
        for (int i = 0; i < call.argumentCount(); i++) {
            hash = 31 * hash + Long.hashCode(call.argument(i));
        }
        return hash;
    }

    private void add(RecordedEffect effect, Seen one) {
        if (effect.outcome() == EffectOutcome.IGNORED || effect.outcome() == EffectOutcome.ALTERED) {
            notAsAsked.merge(effect.kind(), one, Seen::plus);
        }
        if (effect.kind() == EffectKind.PAGE_TABLE_ENTRY) {
            long old = PageTableEntry.flags(effect.old().orElse(0)) & ACCESS;
            long now = PageTableEntry.flags(effect.value().orElse(0)) & ACCESS;
            if (old != now) {
                accessChanges.merge(new AccessChange(now & ~old, old & ~now), one, Seen::plus);
            }
        }
        if (effect.kind() == EffectKind.HYPERCALL
                && effect.result().isPresent()
                && effect.result().getAsLong() < 0
                && effect.result().getAsLong() >= LEAST_ERROR) {
            refusedHypercalls.merge(effect.address(), one, Seen::plus);
        }
    }

    void merge(HookCalls later) {
        for (int i = 0; i < phases.length; i++) {
            phases[i] = phases[i].plus(later.phases[i]);
        }
        later.inputs.forEach(this::given);
        later.firstCalls.forEach(this::made);
        merge(results, later.results);
        merge(faultedResults, later.faultedResults);
        merge(accessChanges, later.accessChanges);
        merge(refusedHypercalls, later.refusedHypercalls);
        merge(notAsAsked, later.notAsAsked);
        empty = empty.plus(later.empty);
        faulted = faulted.plus(later.faulted);
    }

    private static <K> void merge(Map<K, Seen> mine, Map<K, Seen> others) {
        others.forEach((key, seen) -> mine.merge(key, seen, Seen::plus));
    }

    public Seen in(Phase phase) {
        return phases[phase.ordinal()];
    }

    public Seen all() {
        return Arrays.stream(phases).reduce(Seen.NEVER, Seen::plus);
    }

    /** Before the first user instruction. */
    public Seen startUp() {
        return Arrays.stream(phases, 0, Phase.USER.ordinal()).reduce(Seen.NEVER, Seen::plus);
    }

    /** Different arguments, at most {@link #MOST_DIFFERENT}. */
    public long inputs() {
        return inputs.size();
    }

    /** What it returned; where there are {@link #MOST_DIFFERENT}, not all. */
    public Map<Long, Seen> results() {
        return results;
    }

    /** Calls that returned after an exception inside. */
    public Seen faulted() {
        return faulted;
    }

    /** What those returned. */
    public Map<Long, Seen> faultedResults() {
        return faultedResults;
    }

    /** Calls by what they changed of entries' access bits. */
    public Map<AccessChange, Seen> accessChanges() {
        return accessChanges;
    }

    /** Calls by the number of a hypercall that gave an error. */
    public Map<Long, Seen> refusedHypercalls() {
        return refusedHypercalls;
    }

    /** Calls by the kind of effect that the platform changed or did not do. */
    public Map<EffectKind, Seen> notAsAsked() {
        return notAsAsked;
    }

    /** Calls of at most a call and a return, without result or effect: nothing was done. */
    public Seen empty() {
        return empty;
    }

    /** The seqs of the first calls in order, at most {@link #MOST_DIFFERENT}. */
    public List<Long> firstCalls() {
        return firstCalls.stream().sorted().toList();
    }
}
