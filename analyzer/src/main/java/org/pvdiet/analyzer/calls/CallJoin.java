package org.pvdiet.analyzer.calls;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;

/**
 * Brings consecutive calls and their effects together. Both are in order of time, so that only the calls under way are in
 * memory: a call is complete when time has passed its end.
 */
final class CallJoin {
    /** Something that happened in a call which began before the first one here. */
    sealed interface Late {
        /** When the last call before that began; of calls in which nothing happened, not all count. */
        long now();
    }

    /** An effect in call {@code seq}. */
    record LateEffect(long now, long seq, RecordedEffect effect) implements Late {}

    /** A call made in call {@code parent}. */
    record LateNested(long now, long parent, int hook, long icount, long instructions) implements Late {}

    private final CallColumns columns;
    private final LazyModes modes;
    private final EffectCursor effects;
    private final Consumer<RecordedCall> ended;
    private final UnderWay underWay = new UnderWay();
    private final List<Late> late = new ArrayList<>();
    private final long firstSeq;
    private Lazy mode;
    private long now;

    /**
     * @param firstSeq of the first call
     * @param mode in which it is made
     * @param now when the call before it began
     * @param effects those after that
     * @param ended gets each call when it has ended
     */
    CallJoin(
            CallColumns columns,
            LazyModes modes,
            long firstSeq,
            Lazy mode,
            long now,
            EffectCursor effects,
            Consumer<RecordedCall> ended) {
        this.columns = columns;
        this.modes = modes;
        this.firstSeq = firstSeq;
        this.mode = mode;
        this.now = now;
        this.effects = effects;
        this.ended = ended;
    }

    /** The calls that follow. The batch is not needed afterwards. */
    void add(Batch<CallColumn> batch) {
        for (int row = 0; row < batch.rows(); row++) {
            enter(batch, row);
        }
        underWay.keep();
    }

    /** The calls of a slice; those in which nothing happens are only counted. */
    void add(Batch<CallColumn> batch, Slice slice, CallKinds kinds) {
        for (int i = kinds.plain(0, mode); i < slice.rows(); i = kinds.plain(i + 1, mode)) {
            int row = slice.from() + i;
            if (kinds.isPlain(i)) {
                kinds.plain(i, mode, kinds.parent(i) >= 0);
                begin(
                        kinds.icount(i),
                        slice.seq(row),
                        batch.getInt(CallColumn.HOOK, row),
                        kinds.parent(i),
                        batch.get(CallColumn.INSTRUCTIONS, row));
            } else {
                enter(batch, row);
            }
        }
        if (slice.rows() > 0) {
            goOn(kinds.icount(slice.rows() - 1), slice.seq(slice.to() - 1));
        }
        underWay.keep();
    }

    private void enter(Batch<CallColumn> batch, int row) {
        RecordedCall call = new RecordedCall(columns);
        call.read(batch, row, mode);
        begin(call.icount(), call.seq(), call.hook(), call.parent(), call.instructions());
        underWay.add(call);
    }

    private void begin(long icount, long seq, int hook, long parent, long instructions) {
        goOn(icount, seq);
        mode = modes.after(hook, mode);
        if (parent >= 0 && !underWay.nest(parent, hook, now, instructions) && parent < firstSeq) {
            late.add(new LateNested(now, parent, hook, now, instructions));
        }
    }

    /** On to the beginning of call {@code seq}. */
    private void goOn(long icount, long seq) {
        effectsBefore(icount, seq);
        now = icount;
        underWay.endBefore(now, ended);
    }

    /** Delivers what happened before call {@code seq}, which begins at {@code icount}. */
    void effectsBefore(long icount, long seq) {
        while (effects.isBefore(icount, seq)) {
            RecordedEffect effect = effects.next();
            long elsewhere = underWay.deliver(effect, effect.seq());
            if (elsewhere >= 0 && elsewhere < firstSeq) {
                late.add(new LateEffect(now, elsewhere, effect));
            }
        }
    }

    /** There are no more calls: delivers all effects that are left, and ends all calls. */
    void finish() {
        effectsBefore(Long.MAX_VALUE, Long.MAX_VALUE);
        underWay.endBefore(Long.MAX_VALUE, ended);
    }

    /** Calls that have not ended. */
    UnderWay underWay() {
        return underWay;
    }

    /** In order. */
    List<Late> late() {
        return late;
    }

    /** When the last call began. */
    long now() {
        return now;
    }
}
