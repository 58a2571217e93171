package org.pvdiet.analyzer.contract;

import com.google.common.collect.Maps;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import org.pvdiet.analyzer.calls.RecordedCall;

/**
 * What is known of one hook from the calls of one trace: which inputs led to which behaviours, how often, at what cost. Two
 * of them merge into what they would be if all calls had been given to one; the order does not matter.
 */
public final class HookContract {
    /** Of {@link #nestedHooks}: the call made no nested call, or not exactly one. */
    public static final int NOT_ONE = -1;

    private final Map<Input, Map<Behaviour, Tally>> behaviours = new HashMap<>();
    private final Map<Integer, Tally> nested = new HashMap<>();
    private final Set<Integer> sites = new HashSet<>();
    private long calls;
    private long instructions;
    private long hypercalls;
    private long traps;

    /** Takes a call into account. */
    public void add(RecordedCall call, Input input, Behaviour behaviour) {
        Tally one = new Tally(1, call.seq());
        behaviours.computeIfAbsent(input, key -> new HashMap<>()).merge(behaviour, one, Tally::plus);
        nested.merge(call.nested().size() == 1 ? call.nested().get(0) : NOT_ONE, one, Tally::plus);
        sites.add(call.site());
        calls++;
        instructions += call.instructions();
        hypercalls += call.hypercalls();
        traps += call.traps();
    }

    /** Takes all calls of {@code other} into account. */
    public HookContract merge(HookContract other) {
        other.behaviours.forEach((input, map) -> {
            Map<Behaviour, Tally> mine = behaviours.computeIfAbsent(input, key -> new HashMap<>());
            map.forEach((behaviour, tally) -> mine.merge(behaviour, tally, Tally::plus));
        });
        other.nested.forEach((hook, tally) -> nested.merge(hook, tally, Tally::plus));
        sites.addAll(other.sites);
        calls += other.calls;
        instructions += other.instructions;
        hypercalls += other.hypercalls;
        traps += other.traps;
        return this;
    }

    public long calls() {
        return calls;
    }

    /** Sites that made calls. */
    public int sites() {
        return sites.size();
    }

    /** Retired in the calls, nested ones included. */
    public long instructions() {
        return instructions;
    }

    public long hypercalls() {
        return hypercalls;
    }

    public long traps() {
        return traps;
    }

    /** What was done on each input, how often. */
    public Map<Input, Map<Behaviour, Tally>> behaviours() {
        return behaviours;
    }

    /** What was done, whatever the input. */
    public Map<Behaviour, Tally> allBehaviours() {
        Map<Behaviour, Tally> all = new HashMap<>();
        behaviours.values().forEach(map -> map.forEach((behaviour, tally) -> all.merge(behaviour, tally, Tally::plus)));
        return all;
    }

    /** Whether it holds of every call; true where there is none. */
    public boolean always(Predicate<Behaviour> predicate) {
        return behaviours.values().stream()
                .allMatch(map -> map.keySet().stream().allMatch(predicate));
    }

    /** The hook of which every call makes exactly one nested call, if there is one. */
    public OptionalInt alwaysCalls() {
        return nested.size() == 1 && !nested.containsKey(NOT_ONE)
                ? OptionalInt.of(nested.keySet().iterator().next())
                : OptionalInt.empty();
    }

    /** The first call. */
    public long witness() {
        return nested.values().stream().mapToLong(Tally::witness).min().orElse(-1);
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof HookContract other
                && behaviours.equals(other.behaviours)
                && nested.equals(other.nested)
                && sites.equals(other.sites)
                && calls == other.calls
                && instructions == other.instructions
                && hypercalls == other.hypercalls
                && traps == other.traps;
    }

    @Override
    public int hashCode() {
        return behaviours.hashCode();
    }

    @Override
    public String toString() {
        return calls + " calls, " + Maps.transformValues(behaviours, Map::size);
    }
}
