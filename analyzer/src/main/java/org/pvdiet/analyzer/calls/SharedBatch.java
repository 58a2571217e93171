package org.pvdiet.analyzer.calls;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.Column;

/** A row group that is needed several times: decoded when it first is, and forgotten when the last user is done with it. */
final class SharedBatch<C extends Enum<C> & Column> implements AutoCloseable {
    private final Supplier<Batch<C>> reading;
    private int users;
    private @Nullable Batch<C> batch;

    SharedBatch(Supplier<Batch<C>> reading) {
        this.reading = reading;
    }

    /** There is one more user, who will {@link #release} it. To be said before any does. */
    void expectUser() {
        users++;
    }

    synchronized Batch<C> get() {
        if (batch == null) {
            batch = reading.get();
        }
        return batch;
    }

    synchronized void release() {
        if (--users == 0) {
            close();
        }
    }

    /** Forgets it, whoever still was to use it. */
    @Override
    public synchronized void close() {
        if (batch != null) {
            batch.close();
            batch = null;
        }
    }
}
