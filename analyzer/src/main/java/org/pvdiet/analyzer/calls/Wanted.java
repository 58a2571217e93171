package org.pvdiet.analyzer.calls;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import java.util.EnumSet;
import java.util.Set;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.RegisterMode;

/**
 * What is to be read of calls: reading less is faster. {@code seq}, {@code parent}, {@code icount}, {@code hook},
 * {@code instructions}, {@code interrupt_instructions} and {@code outcome} always are, since they say which calls and effects
 * belong together.
 *
 * @param columns values to be read; those that the trace was recorded without are empty
 * @param withoutArguments more of them, wanted only of calls that were given no arguments: of others they are unspecified
 * @param sites whether to tell in {@link CallOrder} which site made each call; calls of several sites are of one kind then
 * @param effects whether to read what happened in the calls
 */
public record Wanted(Set<CallColumn> columns, Set<CallColumn> withoutArguments, boolean sites, boolean effects) {
    private static final ImmutableSet<CallColumn> ALWAYS = Sets.immutableEnumSet(
            CallColumn.SEQ,
            CallColumn.PARENT,
            CallColumn.ICOUNT,
            CallColumn.HOOK,
            CallColumn.INSTRUCTIONS,
            CallColumn.INTERRUPT_INSTRUCTIONS,
            CallColumn.OUTCOME);

    private static final ImmutableSet<CallColumn> ARGUMENTS =
            Sets.immutableEnumSet(EnumSet.range(CallColumn.ARG0, CallColumn.ARG5));

    /** All that every trace has: everything but general-purpose registers and segments. */
    public static final Wanted ARGS = new Wanted(columns(RegisterMode.ARGS), Set.of(), false, true);

    /** All that a trace with full registers has. */
    public static final Wanted FULL = new Wanted(columns(RegisterMode.FULL), Set.of(), false, true);

    public Wanted {
        columns = Sets.immutableEnumSet(Sets.union(ALWAYS, columns));
        withoutArguments = Sets.immutableEnumSet(Sets.difference(withoutArguments, columns));
    }

    /** These columns, and no effects. */
    public static Wanted of(CallColumn... columns) {
        return new Wanted(ImmutableSet.copyOf(columns), Set.of(), false, false);
    }

    /** These columns of calls that were given no arguments. */
    public static Wanted withoutArguments(CallColumn... columns) {
        return new Wanted(Set.of(CallColumn.ARG0), ImmutableSet.copyOf(columns), false, false);
    }

    /** The same, and what the calls were given. */
    public Wanted withArguments() {
        return and(new Wanted(ARGUMENTS, Set.of(), false, false));
    }

    /** The same, and in order which site made each call. */
    public Wanted withSites() {
        return new Wanted(columns, withoutArguments, true, effects);
    }

    /** The same, and effects. */
    public Wanted withEffects() {
        return new Wanted(columns, withoutArguments, sites, true);
    }

    /** What either wants. */
    public Wanted and(Wanted other) {
        return new Wanted(
                Sets.union(columns, other.columns),
                Sets.union(withoutArguments, other.withoutArguments),
                sites || other.sites,
                effects || other.effects);
    }

    private static Set<CallColumn> columns(RegisterMode most) {
        EnumSet<CallColumn> columns = EnumSet.allOf(CallColumn.class);
        columns.removeIf(column -> column.spec().registers().compareTo(most) > 0);
        return columns;
    }
}
