package org.pvdiet.analyzer.calls;

import com.google.common.collect.Sets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.pvdiet.traces.CallColumn;

/** The wanted columns of one trace's calls. */
final class CallColumns {
    private static final int ABSENT = -1;
    private static final int NOT_WANTED = -2;
    /** When a call was made, and in which other: no part of what it is. */
    private static final Set<CallColumn> TIME = EnumSet.of(CallColumn.SEQ, CallColumn.ICOUNT, CallColumn.PARENT);

    private final Wanted wanted;
    private final Set<CallColumn> present;
    private final CallColumn[] inOrder;
    private final int[] places = new int[CallColumn.values().length];

    /**
     * @param recorded the columns that the trace has
     */
    CallColumns(Wanted wanted, Set<CallColumn> recorded) {
        this.wanted = wanted;
        EnumSet<CallColumn> columns = EnumSet.copyOf(Sets.union(wanted.columns(), wanted.withoutArguments()));
        if (wanted.sites()) {
            columns.add(CallColumn.SITE);
        }
        Arrays.fill(places, NOT_WANTED);
        columns.forEach(column -> places[column.ordinal()] = ABSENT);
        columns.retainAll(recorded);
        present = columns;
        inOrder = columns.toArray(CallColumn[]::new);
        for (int i = 0; i < inOrder.length; i++) {
            places[inOrder[i].ordinal()] = i;
        }
    }

    /** Those to be read. */
    Set<CallColumn> present() {
        return present;
    }

    /** The same, each at its {@link #place}. */
    CallColumn[] inOrder() {
        return inOrder;
    }

    /** Those in which calls of one kind have the same values. */
    Set<CallColumn> ofKinds() {
        return Sets.difference(Sets.intersection(present, wanted.columns()), TIME);
    }

    /** Those in which calls of one kind have the same values if they were given no arguments. */
    Set<CallColumn> ofKindsWithoutArguments() {
        return Sets.intersection(present, wanted.withoutArguments());
    }

    boolean hasSites() {
        return wanted.sites();
    }

    /** Room for a row of them: see {@link org.pvdiet.traces.Batch#copyRow}. */
    long[] room() {
        return new long[inOrder.length + (inOrder.length + Long.SIZE - 1) / Long.SIZE];
    }

    /** Where a column is among them; negative if it was not recorded. It is an error to ask for one that was not wanted. */
    int place(CallColumn column) {
        int place = places[column.ordinal()];
        if (place == NOT_WANTED) {
            throw new IllegalArgumentException("nobody wanted column " + column.columnName());
        }
        return place;
    }
}
