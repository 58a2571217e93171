package org.pvdiet.traces;

/** Columns of {@code frames}: which machine frames stood behind the guest's; no rows mean that they are the same. */
public enum FrameColumn implements Column {
    ICOUNT(ColumnSpec.int64("instructions", "From when this holds").encoded(Encoding.DELTA)),
    PFN(ColumnSpec.uint64("frames", "First pseudo-physical frame of the run")),
    MFN(ColumnSpec.uint64("frames", "First machine frame; null: none").orNull()),
    COUNT(ColumnSpec.int64("frames", "Length of the run: pfn + i is behind mfn + i"));

    private final ColumnSpec spec;

    FrameColumn(ColumnSpec spec) {
        this.spec = spec;
    }

    @Override
    public ColumnSpec spec() {
        return spec;
    }
}
