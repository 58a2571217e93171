package org.pvdiet.analyzer.calls;

import com.google.common.primitives.ImmutableLongArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.Outcome;

/**
 * One call and what happened in it: a row of {@code calls}, its effects, and the calls made in it. Whoever reads a trace says
 * which columns they {@linkplain Wanted want}; to ask for the value of another is an error.
 *
 * <p>Objects are used again for later calls: one is valid only as long as its giver says. Its effects may be kept.
 */
public final class RecordedCall {
    private static final int COLUMNS = CallColumn.values().length;
    private static final int MOST_ARGUMENTS = 6;
    private static final Outcome[] OUTCOMES = Outcome.values();

    private final CallColumns columns;
    private final long[] values = new long[COLUMNS];
    private final boolean[] present = new boolean[COLUMNS];
    private final List<RecordedEffect> effects = new ArrayList<>(0);
    private final List<Integer> nested = new ArrayList<>(0);
    private Lazy lazy = Lazy.NONE;
    private int argumentCount;
    private long nestedInstructions;
    /** Whether an interrupt took the processor elsewhere: what follows is no longer this call's doing. */
    boolean interrupted;

    RecordedCall(CallColumns columns) {
        this.columns = columns;
    }

    /** A call with these values, and none in the other columns. */
    public static RecordedCall of(
            Map<CallColumn, Long> row, Lazy lazy, List<RecordedEffect> effects, List<Integer> nested) {
        RecordedCall call = new RecordedCall(new CallColumns(Wanted.FULL, row.keySet()));
        row.forEach((column, value) -> {
            call.values[column.ordinal()] = value;
            call.present[column.ordinal()] = true;
        });
        call.begin(lazy);
        call.effects.addAll(effects);
        call.nested.addAll(nested);
        return call;
    }

    /** Becomes the call in a row of a batch, without effects yet. */
    void read(Batch<CallColumn> batch, int row, Lazy lazyMode) {
        List<CallColumn> list = columns.list();
        for (int i = 0; i < list.size(); i++) {
            CallColumn column = list.get(i);
            boolean is = !batch.isNull(column, row);
            present[column.ordinal()] = is;
            values[column.ordinal()] = is ? batch.get(column, row) : 0;
        }
        begin(lazyMode);
    }

    private void begin(Lazy lazyMode) {
        lazy = lazyMode;
        effects.clear();
        nested.clear();
        nestedInstructions = 0;
        interrupted = false;
        argumentCount = 0;
        while (argumentCount < MOST_ARGUMENTS && present[CallColumn.ARG0.ordinal() + argumentCount]) {
            argumentCount++;
        }
    }

    void add(RecordedEffect effect) {
        effects.add(effect);
    }

    void nest(int hook, long instructions) {
        nestedInstructions += instructions;
        if (!interrupted) {
            nested.add(hook);
        }
    }

    private int known(CallColumn column) {
        int c = column.ordinal();
        if (!columns.wanted(c)) {
            throw new IllegalArgumentException("nobody asked for column " + column.columnName());
        }
        return c;
    }

    /** Whether the row has a value in this column. */
    public boolean has(CallColumn column) {
        return present[known(column)];
    }

    /** The value in this column; 0 where there is none. */
    public long get(CallColumn column) {
        return values[known(column)];
    }

    private OptionalLong optional(CallColumn column) {
        return has(column) ? OptionalLong.of(get(column)) : OptionalLong.empty();
    }

    public long seq() {
        return get(CallColumn.SEQ);
    }

    /** The seq of the call in which this one was made, or -1. */
    public long parent() {
        return has(CallColumn.PARENT) ? get(CallColumn.PARENT) : -1;
    }

    public long icount() {
        return get(CallColumn.ICOUNT);
    }

    public int hook() {
        return (int) get(CallColumn.HOOK);
    }

    public int site() {
        return (int) get(CallColumn.SITE);
    }

    public int mode() {
        return (int) get(CallColumn.MODE);
    }

    public int phase() {
        return (int) get(CallColumn.PHASE);
    }

    /** The lazy mode in which it was made. */
    public Lazy lazy() {
        return lazy;
    }

    /** The arguments that were recorded. */
    public ImmutableLongArray arguments() {
        known(CallColumn.ARG0);
        int first = CallColumn.ARG0.ordinal();
        return ImmutableLongArray.copyOf(Arrays.copyOfRange(values, first, first + argumentCount));
    }

    /** How many arguments were recorded. */
    public int argumentCount() {
        known(CallColumn.ARG0);
        return argumentCount;
    }

    /** Argument {@code i}, below {@link #argumentCount}. */
    public long argument(int i) {
        return get(CallColumn.arg(i));
    }

    /** Empty where there is none. */
    public OptionalLong result() {
        return optional(CallColumn.RESULT);
    }

    public long rflags() {
        return get(CallColumn.RFLAGS);
    }

    public long cr0() {
        return get(CallColumn.CR0);
    }

    public long cr2() {
        return get(CallColumn.CR2);
    }

    public long cr3() {
        return get(CallColumn.CR3);
    }

    public long cr4() {
        return get(CallColumn.CR4);
    }

    /** When the call ended; empty where it did not, as far as the recording saw, and so for the registers below. */
    public OptionalLong rflagsAfter() {
        return optional(CallColumn.RFLAGS_AFTER);
    }

    public OptionalLong cr0After() {
        return optional(CallColumn.CR0_AFTER);
    }

    public OptionalLong cr2After() {
        return optional(CallColumn.CR2_AFTER);
    }

    public OptionalLong cr3After() {
        return optional(CallColumn.CR3_AFTER);
    }

    public OptionalLong cr4After() {
        return optional(CallColumn.CR4_AFTER);
    }

    /**
     * General-purpose register {@code i}, 0 to 15 in the processor's numbering, before the call; empty where the trace has
     * only arguments.
     */
    public OptionalLong gpr(int i) {
        return optional(CallColumn.gpr(i));
    }

    /** The same register when the call ended; empty as well where there is no state after the call. */
    public OptionalLong gprAfter(int i) {
        return optional(CallColumn.gprAfter(i));
    }

    /** Retired in it, nested calls included. */
    public long instructions() {
        return get(CallColumn.INSTRUCTIONS);
    }

    /** Retired in it, without those of calls made in it. */
    public long ownInstructions() {
        return instructions() - nestedInstructions;
    }

    public int hypercalls() {
        return (int) get(CallColumn.HYPERCALLS);
    }

    public int traps() {
        return (int) get(CallColumn.TRAPS);
    }

    public Outcome outcome() {
        return OUTCOMES[(int) get(CallColumn.OUTCOME)];
    }

    /** In order, nested calls' included; those of interrupt handlers that happened to run meanwhile are not. */
    public List<RecordedEffect> effects() {
        return Collections.unmodifiableList(effects);
    }

    /** Hooks of the calls made directly in it, in order. */
    public List<Integer> nested() {
        return Collections.unmodifiableList(nested);
    }

    /** The first icount after it. */
    long end() {
        return icount() + instructions();
    }

    @Override
    public String toString() {
        return "call " + values[CallColumn.SEQ.ordinal()] + " of hook " + values[CallColumn.HOOK.ordinal()];
    }
}
