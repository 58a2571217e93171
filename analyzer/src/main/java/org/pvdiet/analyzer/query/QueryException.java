package org.pvdiet.analyzer.query;

/** A query cannot be answered. The message is DuckDB's own, which names the place in the statement. */
public final class QueryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean misunderstood;

    QueryException(String message, boolean misunderstood, Throwable cause) {
        super(message, cause);
        this.misunderstood = misunderstood;
    }

    /** Whether the statement itself is wrong; if not, it failed on the data, for lack of memory or while reading. */
    public boolean misunderstood() {
        return misunderstood;
    }
}
