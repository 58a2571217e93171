package org.pvdiet.analyzer.contract;

import com.google.common.collect.Maps;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import org.pvdiet.analyzer.calls.CallOrder;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.RecordedEffect;

/**
 * What is known of one hook from the calls of one trace: which inputs led to which behaviours, how often, at what cost. Two
 * of them merge into what they would be if all calls had been given to one; the order does not matter.
 */
public final class HookContract {
    private static final int ITSELF = -1;

    private final Map<Input, Map<Behaviour, Tally>> behaviours = new HashMap<>();
    /** Calls by the hook that they did nothing but call. */
    private final Map<Integer, Tally> forwardedTo = new HashMap<>();

    private final Set<Integer> sites = new HashSet<>();
    private long calls;
    private long instructions;
    private long hypercalls;
    private long traps;
    private long identities;

    /** Takes calls into account. */
    public void add(RecordedCall call, Input input, Behaviour behaviour) {
        Tally one = new Tally(call.times(), call.seq());
        behaviours.computeIfAbsent(input, key -> new HashMap<>()).merge(behaviour, one, Tally::plus);
        forwardedTo.merge(forwardedTo(call), one, Tally::plus);
        if (isIdentity(call)) {
            identities += call.times();
        }
        if (call.kind() == CallOrder.BY_ITSELF) {
            calledFrom(call.site());
        }
        calls += call.times();
        instructions += call.times() * call.instructions();
        hypercalls += call.times() * call.hypercalls();
        traps += call.times() * call.traps();
    }

    /** Takes into account which site made calls, of those that were not added by themselves. */
    public void calledFrom(int site) {
        sites.add(site);
    }

    private static int forwardedTo(RecordedCall call) {
        if (call.nested().size() != 1) {
            return ITSELF;
        }
        for (RecordedEffect effect : call.effects()) {
            if (effect.seq() == call.seq()) {
                return ITSELF;
            }
        }
        return call.nested().get(0);
    }

    private static boolean isIdentity(RecordedCall call) {
        return call.argumentCount() == 1
                && call.result().isPresent()
                && call.result().getAsLong() == call.argument(0);
    }

    /** Takes all calls of {@code other} into account. */
    public HookContract merge(HookContract other) {
        other.behaviours.forEach((input, map) -> {
            Map<Behaviour, Tally> mine = behaviours.computeIfAbsent(input, key -> new HashMap<>());
            map.forEach((behaviour, tally) -> mine.merge(behaviour, tally, Tally::plus));
        });
        other.forwardedTo.forEach((hook, tally) -> forwardedTo.merge(hook, tally, Tally::plus));
        identities += other.identities;
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

    /** Whether it holds of every call; true where there is none. */
    public boolean always(Predicate<Behaviour> predicate) {
        return behaviours.values().stream()
                .allMatch(map -> map.keySet().stream().allMatch(predicate));
    }

    /** Calls of which it holds, and the first of them; empty if there is none. */
    public Optional<Tally> calls(Predicate<Behaviour> predicate) {
        return behaviours.values().stream()
                .flatMap(map -> map.entrySet().stream())
                .filter(entry -> predicate.test(entry.getKey()))
                .map(Map.Entry::getValue)
                .reduce(Tally::plus);
    }

    /** The hook that every call called, doing nothing else that was recorded, if there is one. */
    public OptionalInt forwardsTo() {
        return forwardedTo.size() == 1 && !forwardedTo.containsKey(ITSELF)
                ? OptionalInt.of(forwardedTo.keySet().iterator().next())
                : OptionalInt.empty();
    }

    /** Calls that returned their only argument as it was. */
    public long identities() {
        return identities;
    }

    /** The first call. */
    public long witness() {
        return forwardedTo.values().stream().mapToLong(Tally::witness).min().orElse(-1);
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof HookContract other
                && behaviours.equals(other.behaviours)
                && forwardedTo.equals(other.forwardedTo)
                && identities == other.identities
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
