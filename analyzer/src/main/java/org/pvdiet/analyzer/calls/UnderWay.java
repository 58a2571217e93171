package org.pvdiet.analyzer.calls;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.Outcome;

/** Calls that have begun and not ended, in order of entry. */
final class UnderWay {
    private final List<RecordedCall> calls = new ArrayList<>();
    private long earliestEnd = Long.MAX_VALUE;

    void add(RecordedCall call) {
        calls.add(call);
        earliestEnd = Math.min(earliestEnd, call.end());
    }

    /** Adds those of {@code later}, which is left without any. */
    void take(UnderWay later) {
        later.calls.forEach(this::add);
        later.calls.clear();
        later.earliestEnd = Long.MAX_VALUE;
    }

    /** Makes the calls independent of the batch that they were read from. */
    void keep() {
        calls.forEach(RecordedCall::keep);
    }

    /** Removes the calls that ended before {@code now}, and gives them to {@code ended} in order of entry. */
    void endBefore(long now, Consumer<RecordedCall> ended) {
        if (earliestEnd >= now) {
            return;
        }
        earliestEnd = Long.MAX_VALUE;
        int kept = 0;
        for (int i = 0; i < calls.size(); i++) {
            RecordedCall call = calls.get(i);
            if (call.end() < now) {
                ended.accept(call);
            } else {
                calls.set(kept++, call);
                earliestEnd = Math.min(earliestEnd, call.end());
            }
        }
        calls.subList(kept, calls.size()).clear();
    }

    /** The seq of the first of them that will return; {@code none} if there is none. */
    long firstToReturn(long none) {
        for (RecordedCall call : calls) {
            if (call.outcome() == Outcome.RETURNED) {
                return call.seq();
            }
        }
        return none;
    }

    /**
     * Gives an effect to call {@code seq} and to those that it was made in. What a call did to the interrupt flag is recorded
     * when it ends, and is its own doing also if an interrupt was taken meanwhile.
     *
     * @return the seq of the first of them that is not under way here; -1 if there is none, or an interrupt had taken the
     *     processor elsewhere
     */
    long deliver(RecordedEffect effect, long seq) {
        long at = seq;
        while (at >= 0) {
            RecordedCall call = find(at);
            if (call == null) {
                return at;
            }
            boolean atItsEnd = at == seq && effect.kind() == EffectKind.INTERRUPT_FLAG;
            if (call.interrupted && !atItsEnd) {
                return -1;
            }
            call.add(effect);
            call.interrupted |= effect.kind() == EffectKind.INTERRUPT;
            at = call.parent();
        }
        return -1;
    }

    /** Tells call {@code parent} that another was made in it. Says whether it is under way here. */
    boolean nest(long parent, int hook, long icount, long instructions) {
        RecordedCall call = find(parent);
        if (call == null) {
            return false;
        }
        call.nest(hook, Math.min(instructions, call.end() - icount));
        return true;
    }

    private @Nullable RecordedCall find(long seq) {
        for (int i = calls.size() - 1; i >= 0; i--) {
            RecordedCall call = calls.get(i);
            if (call.seq() <= seq) {
                return call.seq() == seq ? call : null;
            }
        }
        return null;
    }
}
