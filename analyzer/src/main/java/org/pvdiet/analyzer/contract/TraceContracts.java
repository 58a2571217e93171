package org.pvdiet.analyzer.contract;

import java.util.ArrayList;
import java.util.List;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.Summary;
import org.pvdiet.analyzer.calls.Wanted;
import org.pvdiet.traces.CallColumn;

/** The contracts of all hooks of one trace, or of those calls of it that were added. */
public final class TraceContracts implements Summary<TraceContracts> {
    private static final Wanted WANTED = Wanted.of(
                    CallColumn.SITE,
                    CallColumn.MODE,
                    CallColumn.ARG0,
                    CallColumn.ARG1,
                    CallColumn.ARG2,
                    CallColumn.ARG3,
                    CallColumn.ARG4,
                    CallColumn.ARG5,
                    CallColumn.RESULT,
                    CallColumn.RFLAGS,
                    CallColumn.CR0,
                    CallColumn.CR2,
                    CallColumn.CR3,
                    CallColumn.CR4,
                    CallColumn.HYPERCALLS,
                    CallColumn.TRAPS,
                    CallColumn.OUTCOME)
            .withEffects();

    /** Sees each call with its forms; equal forms are the same object. */
    public interface Listener {
        void call(RecordedCall call, Input input, Behaviour behaviour);
    }

    private final Kernel kernel;
    private final List<HookContract> hooks = new ArrayList<>();
    private final Classifier classifier;
    private final Interned<Input> inputs = new Interned<>();
    private final Interned<Behaviour> behaviours = new Interned<>();
    private final Listener listener;

    /**
     * @param classifier of {@code kernel}; one for all objects that are to be merged
     * @param listener sees the calls that are added here
     */
    public TraceContracts(Kernel kernel, Classifier classifier, Listener listener) {
        this.kernel = kernel;
        this.classifier = classifier;
        this.listener = listener;
        kernel.hooks().forEach(hook -> hooks.add(new HookContract()));
    }

    @Override
    public Wanted wanted() {
        return WANTED;
    }

    @Override
    public void add(RecordedCall call) {
        Input input = inputs.of(classifier.input(call));
        Behaviour behaviour = behaviours.of(classifier.behaviour(call));
        hooks.get(call.hook()).add(call, input, behaviour);
        listener.call(call, input, behaviour);
    }

    @Override
    public void merge(TraceContracts later) {
        for (int i = 0; i < hooks.size(); i++) {
            hooks.get(i).merge(later.hooks.get(i));
        }
    }

    public Kernel kernel() {
        return kernel;
    }

    /** By the hook's id. */
    public HookContract hook(int id) {
        return hooks.get(id);
    }
}
