package org.pvdiet.analyzer.calls;

/**
 * What is kept of calls that have been seen. Merging is associative, so that parts of a trace can be summarised on their own;
 * what does not depend on the order of calls is commutative as well.
 *
 * <p>Most calls of a run are repetitions. So they are given by kind, and only who asks for {@link #order} looks at each.
 *
 * @param <S> the summary's own type
 */
public interface Summary<S extends Summary<S>> {
    /** What this needs of each call, the same for all objects of the class that take part in one reading. */
    default Wanted wanted() {
        return Wanted.ARGS;
    }

    /**
     * Takes calls into account that are alike: {@code call} is the first of them, and {@link RecordedCall#times} says how
     * many. They need not follow each other. The call is valid only until this returns.
     */
    void add(RecordedCall call);

    /** Takes into account in which order the calls were made that were given to {@link #add} as kinds since the last order. */
    default void order(CallOrder order) {}

    /**
     * All calls with a lower seq than {@code before} have been taken into account, from a trace's first on, but for those that
     * never returned: what only waited for them can be concluded.
     */
    default void settle(long before) {}

    /** Takes into account what {@code later} has seen, calls after those seen here. {@code later} is used up. */
    void merge(S later);
}
