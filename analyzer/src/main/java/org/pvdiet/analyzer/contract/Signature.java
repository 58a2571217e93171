package org.pvdiet.analyzer.contract;

import java.util.ArrayList;
import java.util.List;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.calls.RecordedCall;

/** What is known of a hook before any call: its arguments, what its values may follow, what can be told before a call. */
final class Signature {
    private static final long ALL_BUT_RAX = 0xfffe;
    /** RBX, RSP, RBP, R12 to R15. */
    private static final long CALLEE_SAVED = 0xf038;

    private static final int[] CONTROL_REGISTERS = {0, 2, 3, 4};

    private final Kernel kernel;
    private final int hook;
    private final Prototype prototype;
    private final List<Source> sources = new ArrayList<>();
    private final Circumstances circumstances;
    private final List<String> arguments;
    private long forResults;
    private long forEffects;

    Signature(Kernel kernel, int hook) {
        this.kernel = kernel;
        this.hook = hook;
        this.prototype = kernel.prototype(hook);
        this.circumstances = new Circumstances(kernel, hook);
        this.arguments =
                prototype.parameters().stream().map(Prototype.Parameter::name).toList();
        int count = arguments.size();
        for (int i = 0; i + 1 < count; i++) {
            if (prototype.type(i).kind() == Prototype.Kind.SMALL
                    && prototype.type(i + 1).kind() == Prototype.Kind.SMALL) {
                sources.add(new Source(Source.Kind.ARGUMENT_PAIR, i));
            }
        }
        for (int i = 0; i < count; i++) {
            sources.add(new Source(Source.Kind.ARGUMENT, i));
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
        if (count == 0) {
            machine(translates);
        }
        sources.add(new Source(Source.Kind.OLD_VALUE, 0));
        for (int i = 0; i < sources.size(); i++) {
            forResults |= sources.get(i).forResults() ? 1L << i : 0;
            forEffects |= sources.get(i).forEffects() ? 1L << i : 0;
        }
    }

    /** The machine's state; where a hook has arguments, that they agree with it would be chance. */
    private void machine(boolean translates) {
        sources.add(new Source(Source.Kind.RFLAGS, 0));
        for (int number : CONTROL_REGISTERS) {
            sources.add(new Source(Source.Kind.CONTROL_REGISTER, number));
        }
        if (translates) {
            sources.add(new Source(Source.Kind.PSEUDO_PHYSICAL_CR3, 0));
        }
        sources.add(new Source(Source.Kind.INTERRUPT_FLAG, 0));
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

    /**
     * General-purpose registers that a call must leave as they were, as bits by number: System V ABI, AMD64 supplement,
     * figure 3.4; of hooks that save all, all but RAX (Linux 6.1, asm/paravirt.h, PV_CALLEE_SAVE_REGS_THUNK).
     */
    long preserved() {
        return kernel.hooks().get(hook).calleeSave() ? ALL_BUT_RAX : CALLEE_SAVED;
    }

    /** Whether it leaves all registers but RAX. */
    boolean preservesAll() {
        return kernel.hooks().get(hook).calleeSave();
    }

    /** The arguments' names. */
    List<String> arguments() {
        return arguments;
    }

    /** The sources that results may follow, as bits by index. */
    long forResults() {
        return forResults;
    }

    /** The sources that what is written may follow. */
    long forEffects() {
        return forEffects;
    }

    /** Puts the sources' values into {@code values} and says which there are. */
    long evaluate(RecordedCall call, long[] values) {
        long present = 0;
        for (int i = 0; i < values.length; i++) {
            Source source = sources.get(i);
            if (source.isPresent(call)) {
                values[i] = source.value(call, prototype, kernel.frames());
                present |= 1L << i;
            }
        }
        return present;
    }
}
