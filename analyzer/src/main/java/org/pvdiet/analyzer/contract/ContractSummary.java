package org.pvdiet.analyzer.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.Summary;
import org.pvdiet.analyzer.calls.Wanted;
import org.pvdiet.traces.CallColumn;

/** What held of every hook's calls. */
public final class ContractSummary implements Summary<ContractSummary> {
    private static final int REGISTERS = 16;
    private static final Wanted WANTED = Wanted.of(
                    CallColumn.SITE,
                    CallColumn.MODE,
                    CallColumn.PHASE,
                    CallColumn.RESULT,
                    CallColumn.RFLAGS,
                    CallColumn.CR0,
                    CallColumn.CR2,
                    CallColumn.CR3,
                    CallColumn.CR4,
                    CallColumn.HYPERCALLS,
                    CallColumn.TRAPS,
                    CallColumn.OUTCOME,
                    CallColumn.ENTRY)
            .withArguments()
            .and(new Wanted(
                    IntStream.range(0, REGISTERS)
                            .boxed()
                            .flatMap(register -> Stream.of(CallColumn.gpr(register), CallColumn.gprAfter(register)))
                            .collect(Collectors.toUnmodifiableSet()),
                    true));

    private final Kernel kernel;
    private final List<HookSummary> hooks = new ArrayList<>();

    public ContractSummary(Kernel kernel) {
        this.kernel = kernel;
        for (int hook = 0; hook < kernel.hooks().size(); hook++) {
            hooks.add(new HookSummary(new Signature(kernel, hook)));
        }
    }

    @Override
    public Wanted wanted() {
        return WANTED;
    }

    @Override
    public void add(RecordedCall call) {
        hooks.get(call.hook()).add(call);
    }

    @Override
    public void merge(ContractSummary later) {
        for (int hook = 0; hook < hooks.size(); hook++) {
            hooks.get(hook).merge(later.hooks.get(hook));
        }
    }

    Kernel kernel() {
        return kernel;
    }

    /** Whether any call made a hypercall: where there is a hypervisor to ask, not asking it is worth saying. */
    boolean makesHypercalls() {
        return hooks.stream().anyMatch(hook -> hook.allEffects().hypercalls().calls() > 0);
    }

    /** Whether calls were made at several privilege levels. */
    boolean privilegesVary() {
        return hooks.stream()
                        .flatMap(hook -> hook.privileges().keySet().stream())
                        .distinct()
                        .count()
                > 1;
    }

    /** What was so before every call of a hook, by its id; nothing of one that was not called. */
    public List<Precondition> preconditions(int hook) {
        return hooks.get(hook).calls().calls() == 0 ? List.of() : Preconditions.of(hooks.get(hook), privilegesVary());
    }

    /** The calls of a hook, by its id, before which it was not so; empty if there are none. */
    public Optional<Violation> violation(Precondition precondition, int hook) {
        return Preconditions.violation(precondition, hooks.get(hook));
    }

    HookSummary hook(int id) {
        return hooks.get(id);
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof ContractSummary other && hooks.equals(other.hooks);
    }

    @Override
    public int hashCode() {
        return hooks.hashCode();
    }
}
