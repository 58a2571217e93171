package org.pvdiet.emulator.record;

import java.util.List;
import org.pvdiet.emulator.cpu.Vector;
import org.pvdiet.traces.EffectColumn;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;
import org.pvdiet.traces.Phase;
import org.pvdiet.traces.RowBatch;
import org.pvdiet.traces.TraceWriter;

/** Makes calls and effects of events. What happens outside of any call is no effect. */
final class EventReader implements EventQueue.Reader {
    private static final EffectColumn[] COLUMNS = EffectColumn.values();
    private static final EffectKind[] KINDS = EffectKind.values();
    private static final Phase[] PHASES = Phase.values();

    private final List<RecordedSite> sites;
    private final TraceWriter writer;
    private final CallStack calls;
    private final Moment now;
    private final boolean full;
    private long emulatedAt = -1;

    /**
     * @param sites by number
     * @param now what {@code calls} looks at
     * @param full whether moments have all registers
     */
    EventReader(List<RecordedSite> sites, TraceWriter writer, CallStack calls, Moment now, boolean full) {
        this.sites = sites;
        this.writer = writer;
        this.calls = calls;
        this.now = now;
        this.full = full;
    }

    @Override
    public void read(EventQueue.Chunk events) {
        for (int at = 0; at < events.end; ) {
            now.show(events.words, at);
            at = event(events.words, at);
        }
    }

    /** Returns where the next begins. */
    private int event(long[] words, int at) {
        long header = words[at];
        int about = Event.about(header);
        switch (Event.of(header)) {
            case ENTER -> {
                return enter(sites.get(about), words, (header & EventLog.WITH_ENTRY) != 0);
            }
            case LEAVE -> calls.leave(sites.get(about));
            case INTERRUPT -> {
                calls.endWhereInterrupted();
                interrupt(about);
                calls.suspended();
            }
            case EXCEPTION -> {
                int more = now.end(full);
                exception(about, words[more], words[more + 1]);
                return more + 2;
            }
            case RETURN -> {
                calls.returned(words[now.end(full)]);
                return now.end(full) + 1;
            }
            case EMULATED -> {
                emulatedAt = now.retired();
                if (calls.innermost() != null) {
                    calls.trap();
                }
                return at + 2;
            }
            case EFFECT -> {
                effect(KINDS[(int) header >>> EventLog.KIND], about, words, at + 2);
                return at + 2 + Integer.bitCount(about);
            }
            case PHASE -> {
                calls.setPhase(PHASES[about]);
                return at + 2;
            }
            case END -> calls.end();
        }
        return now.end(full);
    }

    private int enter(RecordedSite site, long[] words, boolean withEntry) {
        int arguments = now.end(full);
        calls.enter(site, words, arguments);
        int end = arguments + site.arguments();
        if (withEntry) {
            calls.entry(words[end]);
        }
        return withEntry ? end + 1 : end;
    }

    private void exception(int vector, long errorCode, long address) {
        if (calls.phase() == Phase.PATCHED && !now.isKernelMode()) {
            // A program's first instruction is not mapped yet when it is fetched.
            calls.setPhase(Phase.USER);
        }
        calls.endWhereInterrupted();
        if (calls.innermost() != null) {
            calls.trap();
            RowBatch<EffectColumn> batch = writer.effectBatch();
            int row = effect(batch, EffectKind.EXCEPTION);
            batch.set(EffectColumn.ADDRESS, row, vector);
            if (Vector.hasErrorCode(vector)) {
                batch.set(EffectColumn.NEW, row, errorCode);
            }
            if (vector == Vector.PAGE_FAULT) {
                batch.set(EffectColumn.RESULT, row, address);
            }
        }
        calls.interrupted();
    }

    private void effect(EffectKind kind, int columns, long[] words, int first) {
        if (calls.innermost() == null) {
            return;
        }
        if (kind == EffectKind.HYPERCALL) {
            calls.hypercall();
        }
        RowBatch<EffectColumn> batch = writer.effectBatch();
        int row = effect(batch, kind);
        int at = first;
        for (int left = columns; left != 0; left &= left - 1) {
            batch.set(COLUMNS[Integer.numberOfTrailingZeros(left)], row, words[at++]);
        }
    }

    private void interrupt(int vector) {
        if (calls.innermost() != null) {
            RowBatch<EffectColumn> batch = writer.effectBatch();
            batch.set(EffectColumn.ADDRESS, effect(batch, EffectKind.INTERRUPT), vector);
        }
    }

    /** Appends an effect of the innermost call. */
    private int effect(RowBatch<EffectColumn> batch, EffectKind kind) {
        OpenCall call = calls.innermost();
        int row = batch.append();
        batch.set(EffectColumn.SEQ, row, call.seq);
        batch.set(EffectColumn.ORDINAL, row, call.effects++);
        batch.set(EffectColumn.ICOUNT, row, now.retired());
        batch.set(EffectColumn.KIND, row, kind);
        batch.set(EffectColumn.OUTCOME, row, emulatedAt == now.retired() ? EffectOutcome.EMULATED : EffectOutcome.DONE);
        return row;
    }
}
