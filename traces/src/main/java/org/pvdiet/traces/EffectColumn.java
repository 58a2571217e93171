package org.pvdiet.traces;

/** Columns of {@code effects}: one row per effect, in order of happening. */
public enum EffectColumn implements Column {
    SEQ(ColumnSpec.int64("", "calls.seq of the innermost call under way; null: outside of any")
            .orNull()
            .encoded(Encoding.DELTA)),
    ORDINAL(ColumnSpec.int32("", "Number of the effect in its call, from 0")),
    ICOUNT(ColumnSpec.int64("instructions", "Retired by the processor when it happened")
            .encoded(Encoding.DELTA)),
    KIND(ColumnSpec.name(EffectKind.class, "What was changed or done")),
    ADDRESS(ColumnSpec.uint64("", "Where: an address, or the number of a register, MSR, port, vector or hypercall")
            .orNull()),
    LEVEL(ColumnSpec.int32("", "Level of the page table, 1 to 5; width in bytes for ports; else null")
            .orNull()),
    OLD(ColumnSpec.uint64("", "Value before").orNull()),
    NEW(ColumnSpec.uint64("", "Value after, or asked for where it was not done").orNull()),
    OUTCOME(ColumnSpec.name(EffectOutcome.class, "What became of it")),
    RESULT(ColumnSpec.uint64("", "What a hypercall returned, or the error").orNull()),
    ARG0(ColumnSpec.uint64("", "Argument 0 of a hypercall").orNull()),
    ARG1(ColumnSpec.uint64("", "Argument 1 of a hypercall").orNull()),
    ARG2(ColumnSpec.uint64("", "Argument 2 of a hypercall").orNull()),
    ARG3(ColumnSpec.uint64("", "Argument 3 of a hypercall").orNull()),
    ARG4(ColumnSpec.uint64("", "Argument 4 of a hypercall").orNull()),
    ARG5(ColumnSpec.uint64("", "Argument 5 of a hypercall").orNull());

    /** How many arguments a row has room for. */
    public static final int ARGUMENTS = ARG5.ordinal() - ARG0.ordinal() + 1;

    private static final EffectColumn[] ALL = values();

    private final ColumnSpec spec;

    EffectColumn(ColumnSpec spec) {
        this.spec = spec;
    }

    @Override
    public ColumnSpec spec() {
        return spec;
    }

    /** The column of hypercall argument {@code i}, below {@link #ARGUMENTS}. */
    public static EffectColumn arg(int i) {
        return ALL[ARG0.ordinal() + i];
    }
}
