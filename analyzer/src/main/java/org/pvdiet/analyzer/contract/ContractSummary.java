package org.pvdiet.analyzer.contract;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pvdiet.analyzer.calls.CallOrder;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.Summary;
import org.pvdiet.analyzer.calls.Wanted;
import org.pvdiet.traces.CallColumn;

/** What held of every hook's calls. */
public final class ContractSummary implements Summary<ContractSummary> {
    private static final int REGISTERS = 16;
    private static final Wanted WANTED = Wanted.of(
                    CallColumn.MODE,
                    CallColumn.PHASE,
                    CallColumn.RESULT,
                    CallColumn.CR0,
                    CallColumn.CR3,
                    CallColumn.CR4,
                    CallColumn.HYPERCALLS,
                    CallColumn.TRAPS,
                    CallColumn.OUTCOME,
                    CallColumn.ENTRY)
            .withArguments()
            .withSites()
            .and(Wanted.withoutArguments(CallColumn.RFLAGS, CallColumn.CR2))
            .and(new Wanted(
                    IntStream.range(0, REGISTERS)
                            .boxed()
                            .flatMap(register -> Stream.of(CallColumn.gpr(register), CallColumn.gprAfter(register)))
                            .collect(Collectors.toUnmodifiableSet()),
                    Set.of(),
                    false,
                    true));

    private final Kernel kernel;
    /** By hook; null where nobody has asked yet: a part of a trace has calls of a few only. */
    private final @Nullable HookSummary[] hooks;

    public ContractSummary(Kernel kernel) {
        this.kernel = kernel;
        this.hooks = new HookSummary[kernel.hooks().size()];
    }

    @Override
    public Wanted wanted() {
        return WANTED;
    }

    @Override
    public void add(RecordedCall call) {
        hook(call.hook()).add(call);
    }

    @Override
    public void order(CallOrder order) {
        for (CallOrder.OfSite of : order.bySite()) {
            hook(kernel.sites().get(of.site()).hook()).calledFrom(of.site(), new Tally(of.calls(), of.first()));
        }
    }

    @Override
    public void merge(ContractSummary later) {
        for (int hook = 0; hook < hooks.length; hook++) {
            HookSummary more = later.hooks[hook];
            if (more != null) {
                hook(hook).merge(more);
            }
        }
    }

    /** What is common to all values that a hook's calls wrote to entries of a page-table level to which no argument points. */
    public ConstantBits entriesElsewhere(int hook, int level) {
        return hook(hook).allEffects().places().values().stream()
                .filter(effect -> effect.place().isEntryElsewhere(level))
                .map(effect -> new ConstantBits(
                        effect.value().constantOnes(), effect.value().constantZeros()))
                .reduce(ConstantBits.ALL, ConstantBits::and);
    }

    Kernel kernel() {
        return kernel;
    }

    /** Whether any call made a hypercall: where there is a hypervisor to ask, not asking it is worth saying. */
    boolean makesHypercalls() {
        return all().anyMatch(hook -> hook.allEffects().hypercalls().calls() > 0);
    }

    /** Whether calls were made at several privilege levels. */
    boolean privilegesVary() {
        return all().flatMap(hook -> hook.privileges().keySet().stream())
                        .distinct()
                        .count()
                > 1;
    }

    /** What was so before every call of a hook, by its id; nothing of one that was not called. */
    public List<Precondition> preconditions(int hook) {
        return hook(hook).calls().calls() == 0 ? List.of() : Preconditions.of(hook(hook), privilegesVary());
    }

    /** The calls of a hook, by its id, before which it was not so; empty if there are none. */
    public Optional<Violation> violation(Precondition precondition, int hook) {
        return Preconditions.violation(precondition, hook(hook));
    }

    HookSummary hook(int id) {
        HookSummary hook = hooks[id];
        if (hook == null) {
            hook = new HookSummary(new Signature(kernel, id));
            hooks[id] = hook;
        }
        return hook;
    }

    private Stream<HookSummary> all() {
        return IntStream.range(0, hooks.length).mapToObj(this::hook);
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof ContractSummary other
                && all().toList().equals(other.all().toList());
    }

    @Override
    public int hashCode() {
        return all().toList().hashCode();
    }
}
