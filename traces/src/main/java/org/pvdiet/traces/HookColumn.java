package org.pvdiet.traces;

/** Columns of {@code hooks}: one row per entry of the kernel's table. */
public enum HookColumn implements Column {
    ID(ColumnSpec.int32("", "Number of the hook, from 0, in order of offset")),
    GROUP_NAME(ColumnSpec.string("Group: cpu, irq, mmu, lock ...")),
    NAME(ColumnSpec.string("Name within the group")),
    PROTOTYPE(ColumnSpec.string("C prototype")),
    OFFSET(ColumnSpec.int32("bytes", "Offset of the entry in the kernel's table")),
    CALLEE_SAVE(ColumnSpec.bool("Whether the hook preserves all registers but the result's")),
    ENTRY_ADDRESS(ColumnSpec.uint64("", "Target when the kernel was entered").orNull()),
    ENTRY_SYMBOL(ColumnSpec.string("Its symbol").orNull()),
    SETUP_ADDRESS(ColumnSpec.uint64("", "Target after the platform was set up").orNull()),
    SETUP_SYMBOL(ColumnSpec.string("Its symbol").orNull()),
    PATCHED_ADDRESS(
            ColumnSpec.uint64("", "Target after the kernel patched its sites").orNull()),
    PATCHED_SYMBOL(ColumnSpec.string("Its symbol").orNull()),
    PATCHED_CODE(ColumnSpec.string("Its first instructions, to a return or jump, one a line")
            .orNull()
            .addedLater()),
    PATCHED_SINCE(ColumnSpec.int64(
                    "instructions",
                    "When the first call found that target, of a hook whose calls had found another; null: of others")
            .orNull()
            .addedLater());

    private final ColumnSpec spec;

    HookColumn(ColumnSpec spec) {
        this.spec = spec;
    }

    @Override
    public ColumnSpec spec() {
        return spec;
    }
}
