package org.pvdiet.analyzer.calls;

import com.google.common.primitives.ImmutableLongArray;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.EffectColumn;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.Outcome;
import org.pvdiet.traces.TraceReader;

/**
 * Brings calls and effects of a trace together in one pass. Both tables are in order of time, so that only the calls under
 * way are in memory: a call is complete when time has passed its end.
 */
public final class CallStream {
    private static final int MOST_ARGUMENTS = 6;
    private static final Outcome[] OUTCOMES = Outcome.values();
    private static final Set<CallColumn> COLUMNS = EnumSet.of(
            CallColumn.SEQ,
            CallColumn.PARENT,
            CallColumn.ICOUNT,
            CallColumn.HOOK,
            CallColumn.SITE,
            CallColumn.MODE,
            CallColumn.PHASE,
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
            CallColumn.INSTRUCTIONS,
            CallColumn.HYPERCALLS,
            CallColumn.TRAPS,
            CallColumn.OUTCOME);

    private static final class Open {
        final RecordedCall call;
        boolean interrupted;

        Open(RecordedCall call) {
            this.call = call;
        }
    }

    private final Consumer<RecordedCall> consumer;
    private final LazyModes lazyModes;
    /** Calls under way, by seq. */
    private final List<Open> open = new ArrayList<>();

    private long earliestEnd = Long.MAX_VALUE;
    private final Iterator<Batch<EffectColumn>> effectBatches;
    private @Nullable Batch<EffectColumn> effects;
    private int effectRow;

    private CallStream(TraceReader reader, Consumer<RecordedCall> consumer) {
        this.consumer = consumer;
        this.lazyModes = new LazyModes(reader.hooks());
        this.effectBatches = reader.effects(EnumSet.allOf(EffectColumn.class)).iterator();
    }

    /** Gives all calls of a trace to {@code consumer}, each when it has ended; those of one place in the kernel in order. */
    public static void read(TraceReader reader, Consumer<RecordedCall> consumer) {
        CallStream stream = new CallStream(reader, consumer);
        for (Batch<CallColumn> batch : reader.calls(COLUMNS)) {
            for (int row = 0; row < batch.rows(); row++) {
                stream.enter(batch, row);
            }
        }
        stream.finish();
    }

    /** Summarises all calls of a trace. */
    public static <S extends Summary<S>> S fold(TraceReader reader, Supplier<S> empty) {
        S summary = empty.get();
        read(reader, summary::add);
        return summary;
    }

    private void enter(Batch<CallColumn> batch, int row) {
        long seq = batch.get(CallColumn.SEQ, row);
        long now = batch.get(CallColumn.ICOUNT, row);
        effectsBefore(seq, now);
        endBefore(now);
        int hook = batch.getInt(CallColumn.HOOK, row);
        long parent = batch.isNull(CallColumn.PARENT, row) ? -1 : batch.get(CallColumn.PARENT, row);
        Open outer = find(parent);
        if (outer != null && !outer.interrupted) {
            outer.call.nested().add(hook);
        }
        RecordedCall call = new RecordedCall(
                seq,
                parent,
                now,
                hook,
                batch.getInt(CallColumn.SITE, row),
                batch.getInt(CallColumn.MODE, row),
                batch.getInt(CallColumn.PHASE, row),
                lazyModes.at(hook),
                arguments(batch, row),
                batch.isNull(CallColumn.RESULT, row)
                        ? OptionalLong.empty()
                        : OptionalLong.of(batch.get(CallColumn.RESULT, row)),
                batch.get(CallColumn.RFLAGS, row),
                batch.get(CallColumn.CR0, row),
                batch.get(CallColumn.CR2, row),
                batch.get(CallColumn.CR3, row),
                batch.get(CallColumn.CR4, row),
                batch.get(CallColumn.INSTRUCTIONS, row),
                batch.getInt(CallColumn.HYPERCALLS, row),
                batch.getInt(CallColumn.TRAPS, row),
                OUTCOMES[batch.getInt(CallColumn.OUTCOME, row)],
                new ArrayList<>(0),
                new ArrayList<>(0));
        open.add(new Open(call));
        earliestEnd = Math.min(earliestEnd, call.end());
    }

    private static ImmutableLongArray arguments(Batch<CallColumn> batch, int row) {
        ImmutableLongArray.Builder arguments = ImmutableLongArray.builder(MOST_ARGUMENTS);
        for (int i = 0; i < MOST_ARGUMENTS && !batch.isNull(CallColumn.arg(i), row); i++) {
            arguments.add(batch.get(CallColumn.arg(i), row));
        }
        return arguments.build();
    }

    private void finish() {
        effectsBefore(Long.MAX_VALUE, Long.MAX_VALUE);
        endBefore(Long.MAX_VALUE);
    }

    /** Hands out the effects that happened before call {@code seq} began. */
    private void effectsBefore(long seq, long now) {
        while (true) {
            Batch<EffectColumn> batch = effects;
            if (batch == null || effectRow == batch.rows()) {
                if (!effectBatches.hasNext()) {
                    effects = null;
                    return;
                }
                effects = effectBatches.next();
                effectRow = 0;
                continue;
            }
            if (!batch.isNull(EffectColumn.SEQ, effectRow)) {
                if (batch.get(EffectColumn.SEQ, effectRow) >= seq || batch.get(EffectColumn.ICOUNT, effectRow) > now) {
                    return;
                }
                deliver(RecordedEffect.of(batch, effectRow));
            }
            effectRow++;
        }
    }

    private void deliver(RecordedEffect effect) {
        long seq = effect.seq();
        for (Open call = find(seq); call != null && !call.interrupted; call = find(call.call.parent())) {
            call.call.effects().add(effect);
            call.interrupted = effect.kind() == EffectKind.INTERRUPT;
        }
    }

    private @Nullable Open find(long seq) {
        if (seq < 0) {
            return null;
        }
        int i = open.size() - 1;
        while (i >= 0 && open.get(i).call.seq() > seq) {
            i--;
        }
        return i >= 0 && open.get(i).call.seq() == seq ? open.get(i) : null;
    }

    private void endBefore(long now) {
        if (earliestEnd >= now) {
            return;
        }
        earliestEnd = Long.MAX_VALUE;
        int kept = 0;
        for (Open call : open) {
            if (call.call.end() < now) {
                consumer.accept(call.call);
            } else {
                open.set(kept++, call);
                earliestEnd = Math.min(earliestEnd, call.call.end());
            }
        }
        open.subList(kept, open.size()).clear();
    }

    /** Follows the lazy modes from call to call. */
    private static final class LazyModes {
        private final int enter;
        private final int leave;
        private final int startSwitch;
        private final int endSwitch;
        private Lazy now = Lazy.NONE;

        LazyModes(List<Hook> hooks) {
            enter = id(hooks, "lazy_mode.enter");
            leave = id(hooks, "lazy_mode.leave");
            startSwitch = id(hooks, "cpu.start_context_switch");
            endSwitch = id(hooks, "cpu.end_context_switch");
        }

        /** The mode in which a call of {@code hook} that begins now is made. */
        Lazy at(int hook) {
            Lazy before = now;
            if (hook == enter) {
                now = Lazy.MMU;
            } else if (hook == startSwitch) {
                now = Lazy.CPU;
            } else if (hook == leave || hook == endSwitch) {
                now = Lazy.NONE;
            }
            return before;
        }

        private static int id(List<Hook> hooks, String name) {
            return hooks.stream()
                    .filter(hook -> hook.fullName().equals(name))
                    .mapToInt(Hook::id)
                    .findFirst()
                    .orElse(-1);
        }
    }
}
