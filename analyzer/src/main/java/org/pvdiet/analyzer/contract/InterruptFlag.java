package org.pvdiet.analyzer.contract;

import java.util.Arrays;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.RecordedEffect;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.Mode;

/**
 * Whether the kernel let interrupts in before and after the calls of a hook: RFLAGS.IF, or what a platform has in its place,
 * as Xen's {@code evtchn_upcall_mask}. A call that was interrupted counts if it changed the flag itself, which is recorded when
 * it ends; else a handler's calls may have.
 */
final class InterruptFlag {
    private static final int FLAG = 9;

    private final Prototype prototype;
    /** Calls by the flag before (2) and after (1). */
    private final Occurrences[] calls = {new Occurrences(), new Occurrences(), new Occurrences(), new Occurrences()};
    /** By argument, calls after which the flag was its bit 9. */
    private final long[] follows;

    InterruptFlag(Prototype prototype) {
        this.prototype = prototype;
        this.follows = new long[prototype.parameters().size()];
    }

    /** Takes calls that returned into account. */
    void add(RecordedCall call, Moment moment) {
        boolean before = Mode.interruptsEnabled(call.mode());
        boolean after = before;
        boolean handled = false;
        boolean known = true;
        for (RecordedEffect effect : call.effects()) {
            boolean own = effect.seq() == call.seq();
            // What calls within an exception's handler did to the flag, its return undid.
            handled |= effect.kind() == EffectKind.EXCEPTION;
            known &= effect.kind() != EffectKind.INTERRUPT;
            if (effect.kind() == EffectKind.INTERRUPT_FLAG && (own || !handled)) {
                after = effect.value().orElse(0) != 0;
                known |= own;
            }
        }
        if (known) {
            add(call, before, after, moment);
        }
    }

    private void add(RecordedCall call, boolean before, boolean after, Moment moment) {
        of(before, after).add(moment);
        for (int i = 0; i < Math.min(follows.length, call.argumentCount()); i++) {
            if ((call.argument(i) >>> FLAG & 1) == (after ? 1 : 0)) {
                follows[i] += moment.times();
            }
        }
    }

    void merge(InterruptFlag other) {
        for (int i = 0; i < calls.length; i++) {
            calls[i].merge(other.calls[i]);
        }
        for (int i = 0; i < follows.length; i++) {
            follows[i] += other.follows[i];
        }
    }

    /** Calls that found and left it so. */
    Occurrences of(boolean before, boolean after) {
        return calls[(before ? 2 : 0) + (after ? 1 : 0)];
    }

    /** Calls that left it so, however they found it. */
    Occurrences after(boolean after) {
        Occurrences both = new Occurrences();
        both.merge(of(false, after));
        both.merge(of(true, after));
        return both;
    }

    /** All calls of which it is known. */
    Occurrences returned() {
        Occurrences all = after(false);
        all.merge(after(true));
        return all;
    }

    /** The name of an argument whose bit 9, which the flags have it in, the flag always was; or empty. */
    String followed() {
        long all = returned().calls();
        for (int i = 0; i < follows.length; i++) {
            if (follows[i] == all && prototype.type(i).kind() == Prototype.Kind.WORD) {
                return prototype.name(i);
            }
        }
        return "";
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof InterruptFlag other
                && Arrays.equals(calls, other.calls)
                && Arrays.equals(follows, other.follows);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(calls);
    }
}
