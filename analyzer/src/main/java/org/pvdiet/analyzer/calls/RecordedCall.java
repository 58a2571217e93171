package org.pvdiet.analyzer.calls;

import com.google.common.primitives.ImmutableLongArray;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.Outcome;

/**
 * One call and what happened in it: a row of {@code calls}, its effects, and the calls made in it. Whoever reads a trace says
 * which columns they {@linkplain Wanted want}; to ask for the value of another is an error.
 *
 * <p>One object may stand for several calls that are alike in all that was wanted and differ in when they were made:
 * {@link #times} of them. It is valid only as long as its giver says. Its effects may be kept.
 */
public final class RecordedCall {
    private static final Outcome[] OUTCOMES = Outcome.values();

    private final CallColumns columns;
    /** Immutable while nothing has happened in it, as in most calls. */
    private List<RecordedEffect> effects = Collections.emptyList();

    private @Nullable List<RecordedEffect> effectsView;

    private List<Integer> nested = Collections.emptyList();
    /** Where the values are, unless they were copied. */
    private @Nullable Batch<CallColumn> batch;

    private int row;
    /** The values, as {@link Batch#copyRow} gives them. */
    private long[] copy = {};

    private long seq;
    private long parent;
    private long icount;
    /** Between its beginning and its end. */
    private long elapsed;
    /** Of those, the ones of interrupts. */
    private long interruptInstructions;

    private int hook;
    private Lazy lazy = Lazy.NONE;
    private long nestedInstructions;
    /** How many arguments were recorded; -1 until somebody asks. */
    private int argumentCount = -1;

    /** Null until somebody asks. */
    private @Nullable OptionalLong result;

    private int kind = CallOrder.BY_ITSELF;
    private long times = 1;
    private long lastIcount;
    /** Whether an interrupt took the processor elsewhere: what follows is no longer this call's doing. */
    boolean interrupted;

    RecordedCall(CallColumns columns) {
        this.columns = columns;
    }

    /** A call with these values, and none in the other columns. */
    public static RecordedCall of(
            Map<CallColumn, Long> values, Lazy lazy, List<RecordedEffect> effects, List<Integer> nested) {
        RecordedCall call = new RecordedCall(new CallColumns(Wanted.FULL, values.keySet()));
        call.copy = call.columns.room();
        values.forEach((column, value) -> {
            int place = call.columns.place(column);
            call.copy[place] = value;
            call.copy[call.presence(place)] |= 1L << place;
        });
        call.begin(lazy);
        call.effects = new ArrayList<>(effects);
        call.nested = new ArrayList<>(nested);
        return call;
    }

    /** Becomes the call in a row of a batch, without effects yet. */
    void read(Batch<CallColumn> from, int at, Lazy mode) {
        batch = from;
        row = at;
        begin(mode);
    }

    /** Copies the values, so that the batch is no longer needed. */
    void keep() {
        keep(columns.room());
    }

    /** Copies the values to {@link CallColumns#room}: for who asks for many of them, some more than once. */
    void keep(long[] to) {
        if (batch != null) {
            batch.copyRow(row, columns.inOrder(), to);
            copy = to;
            batch = null;
        }
    }

    private void begin(Lazy mode) {
        seq = get(CallColumn.SEQ);
        parent = has(CallColumn.PARENT) ? get(CallColumn.PARENT) : -1;
        icount = get(CallColumn.ICOUNT);
        elapsed = get(CallColumn.INSTRUCTIONS);
        interruptInstructions = has(CallColumn.INTERRUPT_INSTRUCTIONS) ? get(CallColumn.INTERRUPT_INSTRUCTIONS) : 0;
        hook = (int) get(CallColumn.HOOK);
        lazy = mode;
        nestedInstructions = 0;
        argumentCount = -1;
        kind = CallOrder.BY_ITSELF;
        times = 1;
        lastIcount = icount;
        interrupted = false;
        effects = Collections.emptyList();
        effectsView = null;
        nested = Collections.emptyList();
        result = null;
    }

    /** From now on stands for all calls of a kind, of which it is the first. */
    void standsFor(int itsKind, long calls, long icountOfLast) {
        kind = itsKind;
        times = calls;
        lastIcount = icountOfLast;
    }

    /** Whether what happened in both is the same, but for when. */
    boolean sameHappened(RecordedCall other) {
        if (nestedInstructions != other.nestedInstructions
                || effects.size() != other.effects.size()
                || !nested.equals(other.nested)) {
            return false;
        }
        for (int i = 0; i < effects.size(); i++) {
            RecordedEffect mine = effects.get(i);
            RecordedEffect theirs = other.effects.get(i);
            if (mine.seq() - seq != theirs.seq() - other.seq || !mine.isLike(theirs)) {
                return false;
            }
        }
        return true;
    }

    /** A hash of what happened in it, the same wherever {@link #sameHappened} holds. */
    long hashOfHappened() {
        long hash = 31 * nestedInstructions + nested.hashCode();
        for (RecordedEffect effect : effects) {
            hash = 31 * hash + effect.hashOfLike();
        }
        return hash;
    }

    void add(RecordedEffect effect) {
        if (effects.isEmpty()) {
            effects = new ArrayList<>(1);
            effectsView = null;
        }
        effects.add(effect);
    }

    /** Whether an interrupt was taken in it: of what it did itself, nothing is known from there on. */
    public boolean isInterrupted() {
        return interrupted;
    }

    void nest(int hookOfNested, long instructionsOfNested) {
        // Of an interrupted call's, those that the handler made are in the interrupt's time already; no saying which.
        if (interruptInstructions == 0) {
            nestedInstructions += instructionsOfNested;
        }
        if (!interrupted) {
            if (nested.isEmpty()) {
                nested = new ArrayList<>(1);
            }
            nested.add(hookOfNested);
        }
    }

    /** Whether the row has a value in this column. */
    public boolean has(CallColumn column) {
        int place = columns.place(column);
        if (place < 0) {
            return false;
        }
        return batch != null ? !batch.isNull(column, row) : (copy[presence(place)] >>> place & 1) != 0;
    }

    /** Where the copy has the bit that says whether there is a value, see {@link Batch#copyRow}. */
    private int presence(int place) {
        return columns.inOrder().length + place / Long.SIZE;
    }

    /** The value in this column; unspecified where there is none. */
    public long get(CallColumn column) {
        if (batch != null) {
            return batch.get(column, row);
        }
        int place = columns.place(column);
        return place < 0 ? 0 : copy[place];
    }

    private OptionalLong optional(CallColumn column) {
        return has(column) ? OptionalLong.of(get(column)) : OptionalLong.empty();
    }

    /** How many calls this stands for: such that were given the same and did the same, and of which it is the first. */
    public long times() {
        return times;
    }

    /** What the calls that it stands for are called in a {@link CallOrder}; {@link CallOrder#BY_ITSELF} if it is in none. */
    public int kind() {
        return kind;
    }

    /** When the last of the calls began that this stands for. */
    public long lastIcount() {
        return lastIcount;
    }

    public long seq() {
        return seq;
    }

    /** The seq of the call in which this one was made, or -1. */
    public long parent() {
        return parent;
    }

    public long icount() {
        return icount;
    }

    public int hook() {
        return hook;
    }

    /** The id of the site that made it. Of a kind it may be the first call's only, see {@link Wanted#sites}. */
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
        ImmutableLongArray.Builder arguments = ImmutableLongArray.builder(CallColumn.ARGUMENTS);
        for (int i = 0; i < argumentCount(); i++) {
            arguments.add(argument(i));
        }
        return arguments.build();
    }

    /** How many arguments were recorded. */
    public int argumentCount() {
        if (argumentCount < 0) {
            int count = 0;
            while (count < CallColumn.ARGUMENTS && has(CallColumn.arg(count))) {
                count++;
            }
            argumentCount = count;
        }
        return argumentCount;
    }

    /** Argument {@code i}, below {@link #argumentCount}. */
    public long argument(int i) {
        return get(CallColumn.arg(i));
    }

    /** Empty where there is none. */
    public OptionalLong result() {
        OptionalLong known = result;
        if (known == null) {
            known = optional(CallColumn.RESULT);
            result = known;
        }
        return known;
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

    public OptionalLong cr3After() {
        return optional(CallColumn.CR3_AFTER);
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

    /** Retired in it, nested calls included, and what interrupts led to not, as far as the trace tells. */
    public long instructions() {
        return elapsed - interruptInstructions;
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
        List<RecordedEffect> view = effectsView;
        if (view == null) {
            // Whoever goes through none needs no iterator of the view around one of the list.
            view = effects.isEmpty() ? effects : Collections.unmodifiableList(effects);
            effectsView = view;
        }
        return view;
    }

    /** Hooks of the calls made directly in it, in order. */
    public List<Integer> nested() {
        return nested.isEmpty() ? nested : Collections.unmodifiableList(nested);
    }

    /** The first icount after it. */
    long end() {
        return icount + elapsed;
    }

    @Override
    public String toString() {
        return "call " + seq + " of hook " + hook;
    }
}
