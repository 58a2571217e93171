package org.pvdiet.traces;

/** Told when a row that is still open has to be written. */
@FunctionalInterface
public interface OpenCalls {
    /** Marks rows as {@link Outcome#ABANDONED}, with nothing else that is known at the end of a call. */
    OpenCalls ABANDON = (batch, row) -> {
        batch.set(CallColumn.INSTRUCTIONS, row, 0);
        batch.set(CallColumn.HYPERCALLS, row, 0);
        batch.set(CallColumn.TRAPS, row, 0);
        batch.set(CallColumn.OUTCOME, row, Outcome.ABANDONED);
    };

    /**
     * Completes a row: sets all columns that must have a value, among them the outcome, and forgets batch and row, which
     * will hold other calls. Called on the thread that fills batches.
     */
    void abandon(RowBatch<CallColumn> batch, int row);
}
