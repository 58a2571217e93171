package org.pvdiet.analyzer.calls;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Sets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.EffectColumn;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.TraceReader;

/**
 * Brings calls and effects of a trace together in one pass. Both tables are in order of time, so that only the calls under
 * way are in memory: a call is complete when time has passed its end.
 */
public final class CallStream {
    private static final class Open {
        final RecordedCall call;
        boolean interrupted;

        Open(RecordedCall call) {
            this.call = call;
        }
    }

    private final List<CallColumn> columns;
    private final boolean[] known = new boolean[CallColumn.values().length];
    private final Consumer<RecordedCall> consumer;
    private final LazyModes lazyModes;
    /** Calls under way, by seq. */
    private final List<Open> open = new ArrayList<>();

    private long earliestEnd = Long.MAX_VALUE;
    private final Iterator<Batch<EffectColumn>> effectBatches;
    private @Nullable Batch<EffectColumn> effects;
    private int effectRow;

    private CallStream(TraceReader reader, Wanted wanted, Consumer<RecordedCall> consumer) {
        this.columns = ImmutableList.copyOf(Sets.intersection(wanted.columns(), reader.callColumns()));
        wanted.columns().forEach(column -> known[column.ordinal()] = true);
        this.consumer = consumer;
        this.lazyModes = new LazyModes(reader.hooks());
        this.effectBatches = wanted.effects()
                ? reader.effects(EnumSet.allOf(EffectColumn.class)).iterator()
                : Collections.emptyIterator();
    }

    /** Gives all calls of a trace to {@code consumer}, each when it has ended; those of one place in the kernel in order. */
    public static void read(TraceReader reader, Wanted wanted, Consumer<RecordedCall> consumer) {
        CallStream stream = new CallStream(reader, wanted, consumer);
        for (Batch<CallColumn> batch : reader.calls(EnumSet.copyOf(stream.columns))) {
            for (int row = 0; row < batch.rows(); row++) {
                stream.enter(batch, row);
            }
        }
        stream.finish();
    }

    /** Summarises all calls of a trace. */
    public static <S extends Summary<S>> S fold(TraceReader reader, Supplier<S> empty) {
        S summary = empty.get();
        read(reader, summary.wanted(), summary::add);
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
            outer.call.addNested(hook);
        }
        RecordedCall call = new RecordedCall(known);
        call.read(batch, columns, row, lazyModes.at(hook));
        open.add(new Open(call));
        earliestEnd = Math.min(earliestEnd, call.end());
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
            call.call.add(effect);
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
