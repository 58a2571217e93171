package org.pvdiet.analyzer.calls;

import java.util.Collections;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.EffectColumn;

/** Goes through effects in order of happening, and passes over those outside of any call. */
final class EffectCursor {
    private final Iterator<Batch<EffectColumn>> batches;
    private final long from;
    private @Nullable Batch<EffectColumn> batch;
    private int row;
    /** When the next effect happened; {@link Long#MAX_VALUE} if there is none. */
    private long icount = Long.MAX_VALUE;

    /** At the first effect that did not happen before {@code from}. */
    EffectCursor(Iterator<Batch<EffectColumn>> batches, long from) {
        this.batches = batches;
        this.from = from;
        settle();
    }

    /** No effects. */
    static EffectCursor empty() {
        return new EffectCursor(Collections.emptyIterator(), 0);
    }

    /** The first row that did not happen before {@code icount}. */
    static int position(Batch<EffectColumn> batch, long icount) {
        int low = 0;
        int high = batch.rows();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (batch.get(EffectColumn.ICOUNT, middle) < icount) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Whether the next effect happened before call {@code seq}, which began at {@code time}. */
    boolean isBefore(long time, long seq) {
        return icount <= time && batch != null && (icount < time || batch.get(EffectColumn.SEQ, row) < seq);
    }

    /** The next effect, of which there must be one. */
    RecordedEffect next() {
        RecordedEffect effect = RecordedEffect.of(batch, row);
        skip();
        return effect;
    }

    /** Passes over the next effect. */
    void skip() {
        row++;
        settle();
    }

    private void settle() {
        while (true) {
            if (batch == null || row == batch.rows()) {
                batch = batches.hasNext() ? batches.next() : null;
                if (batch == null) {
                    icount = Long.MAX_VALUE;
                    return;
                }
                row = position(batch, from);
            } else if (batch.isNull(EffectColumn.SEQ, row)) {
                row++;
            } else {
                icount = batch.get(EffectColumn.ICOUNT, row);
                return;
            }
        }
    }
}
