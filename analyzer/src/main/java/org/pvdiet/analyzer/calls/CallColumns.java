package org.pvdiet.analyzer.calls;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.pvdiet.traces.CallColumn;

/** The wanted columns of one trace's calls. */
final class CallColumns {
    private final boolean[] isWanted = new boolean[CallColumn.values().length];
    private final boolean[] isPresent = new boolean[CallColumn.values().length];
    private final Set<CallColumn> present;

    /**
     * @param recorded the columns that the trace has
     */
    CallColumns(Wanted wanted, Set<CallColumn> recorded) {
        EnumSet<CallColumn> columns = EnumSet.copyOf(wanted.columns());
        columns.retainAll(recorded);
        present = Collections.unmodifiableSet(columns);
        wanted.columns().forEach(column -> isWanted[column.ordinal()] = true);
        present.forEach(column -> isPresent[column.ordinal()] = true);
    }

    /** Those to be read. */
    Set<CallColumn> present() {
        return present;
    }

    /** Whether a column was recorded; it is an error to ask for one that was not wanted. */
    boolean isPresent(CallColumn column) {
        if (!isWanted[column.ordinal()]) {
            throw new IllegalArgumentException("nobody wanted column " + column.columnName());
        }
        return isPresent[column.ordinal()];
    }
}
