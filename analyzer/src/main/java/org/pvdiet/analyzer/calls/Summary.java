package org.pvdiet.analyzer.calls;

/**
 * What is kept of calls that have been seen. Merging is associative, so that parts of a trace can be summarised on their own;
 * what does not depend on the order of calls is commutative as well.
 *
 * @param <S> the summary's own type
 */
public interface Summary<S extends Summary<S>> {
    /** What this needs of each call, the same for all objects of the class that take part in one reading. */
    default Wanted wanted() {
        return Wanted.ARGS;
    }

    /** Takes a call into account. The call is valid only until this returns. */
    void add(RecordedCall call);

    /** Takes into account what {@code later} has seen, calls after those seen here. {@code later} is used up. */
    void merge(S later);
}
