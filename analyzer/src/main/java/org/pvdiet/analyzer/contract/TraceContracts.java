package org.pvdiet.analyzer.contract;

import java.util.ArrayList;
import java.util.List;
import org.pvdiet.analyzer.calls.CallStream;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.Wanted;
import org.pvdiet.traces.TraceReader;

/** The contracts of all hooks of one trace. */
public final class TraceContracts {

    /** Sees each call with its forms; equal forms are the same object. */
    public interface Listener {
        void call(RecordedCall call, Input input, Behaviour behaviour);
    }

    private final Kernel kernel;
    private final List<HookContract> hooks = new ArrayList<>();
    private final Classifier classifier;
    private final Interned<Input> inputs = new Interned<>();
    private final Interned<Behaviour> behaviours = new Interned<>();

    private TraceContracts(Kernel kernel) {
        this.kernel = kernel;
        this.classifier = new Classifier(kernel);
        kernel.hooks().forEach(hook -> hooks.add(new HookContract()));
    }

    /** Reads a trace. {@code listener} sees the calls on the way. */
    public static TraceContracts of(TraceReader reader, Listener listener) {
        TraceContracts contracts = new TraceContracts(Kernel.of(reader));
        CallStream.read(reader, Wanted.ARGS, call -> contracts.add(call, listener));
        return contracts;
    }

    private void add(RecordedCall call, Listener listener) {
        Input input = inputs.of(classifier.input(call));
        Behaviour behaviour = behaviours.of(classifier.behaviour(call));
        hooks.get(call.hook()).add(call, input, behaviour);
        listener.call(call, input, behaviour);
    }

    public Kernel kernel() {
        return kernel;
    }

    /** By the hook's id. */
    public HookContract hook(int id) {
        return hooks.get(id);
    }
}
