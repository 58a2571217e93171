package org.pvdiet.analyzer.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.calls.RecordedCall;

/** What is known of a hook before any call: its arguments, what its values may follow, what can be told before a call. */
final class Signature {
    private static final int[] CONTROL_REGISTERS = {0, 2, 3, 4};

    private final Kernel kernel;
    private final int hook;
    private final Prototype prototype;
    private final List<Source> sources = new ArrayList<>();
    private final Circumstances circumstances;
    private final List<String> arguments;

    Signature(Kernel kernel, int hook) {
        this.kernel = kernel;
        this.hook = hook;
        this.prototype = kernel.prototype(hook);
        this.circumstances = new Circumstances(kernel, hook);
        this.arguments =
                prototype.parameters().stream().map(Prototype.Parameter::name).toList();
        int count = arguments.size();
        for (int i = 0; i < count; i++) {
            sources.add(new Source(Source.Kind.ARGUMENT, i));
        }
        for (int i = 0; i + 1 < count; i++) {
            if (prototype.type(i).kind() == Prototype.Kind.SMALL
                    && prototype.type(i + 1).kind() == Prototype.Kind.SMALL) {
                sources.add(new Source(Source.Kind.ARGUMENT_PAIR, i));
            }
        }
        boolean translates = !kernel.frames().identity();
        for (int i = 0; translates && i < count; i++) {
            Prototype.Kind kind = prototype.type(i).kind();
            if (kind == Prototype.Kind.ENTRY || kind == Prototype.Kind.WORD) {
                sources.add(new Source(Source.Kind.MACHINE_ARGUMENT, i));
                sources.add(new Source(Source.Kind.PSEUDO_PHYSICAL_ARGUMENT, i));
            }
        }
        sources.add(new Source(Source.Kind.READ, 0));
        sources.add(new Source(Source.Kind.OLD_ENTRY, 0));
        sources.add(new Source(Source.Kind.RFLAGS, 0));
        for (int number : CONTROL_REGISTERS) {
            sources.add(new Source(Source.Kind.CONTROL_REGISTER, number));
        }
        if (translates) {
            sources.add(new Source(Source.Kind.PSEUDO_PHYSICAL_CR3, 0));
        }
        sources.add(new Source(Source.Kind.INTERRUPT_FLAG, 0));
        sources.add(new Source(Source.Kind.OLD_VALUE, 0));
    }

    Kernel kernel() {
        return kernel;
    }

    /** The hook's id. */
    int hook() {
        return hook;
    }

    Prototype prototype() {
        return prototype;
    }

    /** What values may follow, the most telling first; the last one is {@link Source.Kind#OLD_VALUE}. */
    List<Source> sources() {
        return sources;
    }

    Circumstances circumstances() {
        return circumstances;
    }

    /** The arguments' names. */
    List<String> arguments() {
        return arguments;
    }

    /** Puts the sources' values into {@code values} and says which there are. */
    long evaluate(RecordedCall call, long[] values) {
        long present = 0;
        for (int i = 0; i < values.length; i++) {
            OptionalLong value = sources.get(i).value(call, prototype, kernel.frames());
            if (value.isPresent()) {
                values[i] = value.getAsLong();
                present |= 1L << i;
            }
        }
        return present;
    }
}
