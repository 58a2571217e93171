package org.pvdiet.analyzer.calls;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.pvdiet.traces.CallColumn;

/** The wanted columns of one trace's calls. */
final class CallColumns {
    private final boolean[] wanted = new boolean[CallColumn.values().length];
    private final Set<CallColumn> present;
    private final List<CallColumn> list;

    /**
     * @param recorded the columns that the trace has
     */
    CallColumns(Wanted wanted, Set<CallColumn> recorded) {
        wanted.columns().forEach(column -> this.wanted[column.ordinal()] = true);
        EnumSet<CallColumn> columns = EnumSet.copyOf(wanted.columns());
        columns.retainAll(recorded);
        this.present = Collections.unmodifiableSet(columns);
        this.list = List.copyOf(columns);
    }

    /** Whether a column's value may be asked for, be it recorded or not. */
    boolean wanted(int ordinal) {
        return wanted[ordinal];
    }

    /** Those to be read. */
    Set<CallColumn> present() {
        return present;
    }

    /** The same, to go through. */
    List<CallColumn> list() {
        return list;
    }
}
