package org.pvdiet.traces;

/**
 * Columns of {@code calls}: one row per call, by {@link #SEQ}. A plain register name is its value before the call, one
 * with {@code _AFTER} its value when the call ended.
 */
public enum CallColumn implements Column {
    SEQ(ColumnSpec.int64("", "Number of the call, from 0 without gaps, in order of entry; filled in by the writer")
            .encoded(Encoding.DELTA)),
    PARENT(ColumnSpec.int64("", "seq of the call in which this one was made; null: none")
            .orNull()
            .encoded(Encoding.DELTA)),
    DEPTH(ColumnSpec.int32("calls", "Calls under way at entry; 0: outermost")),
    ICOUNT(ColumnSpec.int64("instructions", "Retired by the processor when the call began")
            .encoded(Encoding.DELTA)),
    VCPU(ColumnSpec.int32("", "The virtual processor")),
    HOOK(ColumnSpec.int32("", "hooks.id")),
    SITE(ColumnSpec.int32("", "sites.id")),
    MODE(ColumnSpec.int32(
            "bits",
            "Bits 0-1 privilege level; 2 interrupts enabled; 3 kernel mode of the platform; 4 page table read-only")),
    PHASE(ColumnSpec.int32("", "0 start-up; 1 platform set up; 2 sites patched; 3 user code has run")),
    ARG0(ColumnSpec.uint64("", "Argument 0; null: the hook has fewer").orNull()),
    ARG1(ColumnSpec.uint64("", "Argument 1; null: the hook has fewer").orNull()),
    ARG2(ColumnSpec.uint64("", "Argument 2; null: the hook has fewer").orNull()),
    ARG3(ColumnSpec.uint64("", "Argument 3; null: the hook has fewer").orNull()),
    ARG4(ColumnSpec.uint64("", "Argument 4; null: the hook has fewer").orNull()),
    ARG5(ColumnSpec.uint64("", "Argument 5; null: the hook has fewer").orNull()),
    RESULT(ColumnSpec.uint64("", "What the hook returned; null: nothing, or it did not return")
            .orNull()),
    RFLAGS(ColumnSpec.uint64("", "RFLAGS before the call")),
    CR0(ColumnSpec.uint64("", "CR0 before the call")),
    CR2(ColumnSpec.uint64("", "CR2 before the call")),
    CR3(ColumnSpec.uint64("", "CR3 before the call")),
    CR4(ColumnSpec.uint64("", "CR4 before the call")),
    RFLAGS_AFTER(ColumnSpec.uint64("", "RFLAGS when the call ended; null: there is no state after the call")
            .orNull()),
    CR0_AFTER(ColumnSpec.uint64("", "CR0 when the call ended; null: there is no state after the call")
            .orNull()),
    CR2_AFTER(ColumnSpec.uint64("", "CR2 when the call ended; null: there is no state after the call")
            .orNull()),
    CR3_AFTER(ColumnSpec.uint64("", "CR3 when the call ended; null: there is no state after the call")
            .orNull()),
    CR4_AFTER(ColumnSpec.uint64("", "CR4 when the call ended; null: there is no state after the call")
            .orNull()),
    INSTRUCTIONS(ColumnSpec.int64("instructions", "Retired inside the call, calls within it and interrupts included")),
    HYPERCALLS(ColumnSpec.int32("", "Hypercalls inside the call, calls within it included, interrupts not")),
    TRAPS(ColumnSpec.int32("", "Exceptions and emulated instructions inside the call, likewise")),
    OUTCOME(ColumnSpec.name(Outcome.class, "How the call ended")),
    ENTRY(ColumnSpec.uint64(
                    "",
                    "The page-table entry that an argument points to, before the call, of hooks that return an entry;"
                            + " null: of others")
            .orNull()
            .addedLater()),
    INTERRUPT_INSTRUCTIONS(ColumnSpec.int64(
                    "instructions",
                    "Of those inside the call, the ones from interrupts taken in it to their returns; null: none was taken")
            .orNull()
            .addedLater()),
    RAX(ColumnSpec.uint64("", "RAX before the call").orNull().full()),
    RCX(ColumnSpec.uint64("", "RCX before the call").orNull().full()),
    RDX(ColumnSpec.uint64("", "RDX before the call").orNull().full()),
    RBX(ColumnSpec.uint64("", "RBX before the call").orNull().full()),
    RSP(ColumnSpec.uint64("", "RSP before the call").orNull().full()),
    RBP(ColumnSpec.uint64("", "RBP before the call").orNull().full()),
    RSI(ColumnSpec.uint64("", "RSI before the call").orNull().full()),
    RDI(ColumnSpec.uint64("", "RDI before the call").orNull().full()),
    R8(ColumnSpec.uint64("", "R8 before the call").orNull().full()),
    R9(ColumnSpec.uint64("", "R9 before the call").orNull().full()),
    R10(ColumnSpec.uint64("", "R10 before the call").orNull().full()),
    R11(ColumnSpec.uint64("", "R11 before the call").orNull().full()),
    R12(ColumnSpec.uint64("", "R12 before the call").orNull().full()),
    R13(ColumnSpec.uint64("", "R13 before the call").orNull().full()),
    R14(ColumnSpec.uint64("", "R14 before the call").orNull().full()),
    R15(ColumnSpec.uint64("", "R15 before the call").orNull().full()),
    ES(ColumnSpec.int32("", "ES selector before the call").orNull().full()),
    CS(ColumnSpec.int32("", "CS selector before the call").orNull().full()),
    SS(ColumnSpec.int32("", "SS selector before the call").orNull().full()),
    DS(ColumnSpec.int32("", "DS selector before the call").orNull().full()),
    FS(ColumnSpec.int32("", "FS selector before the call").orNull().full()),
    GS(ColumnSpec.int32("", "GS selector before the call").orNull().full()),
    FS_BASE(ColumnSpec.uint64("", "FS base before the call").orNull().full()),
    GS_BASE(ColumnSpec.uint64("", "GS base before the call").orNull().full()),
    KERNEL_GS_BASE(
            ColumnSpec.uint64("", "Kernel GS base before the call").orNull().full()),
    RAX_AFTER(ColumnSpec.uint64("", "RAX when the call ended; null: as before, if rflags_after is not null")
            .orNull()
            .full()
            .nullIfUnchanged("rax", "rflags_after")),
    RCX_AFTER(ColumnSpec.uint64("", "RCX when the call ended; null: as before, if rflags_after is not null")
            .orNull()
            .full()
            .nullIfUnchanged("rcx", "rflags_after")),
    RDX_AFTER(ColumnSpec.uint64("", "RDX when the call ended; null: as before, if rflags_after is not null")
            .orNull()
            .full()
            .nullIfUnchanged("rdx", "rflags_after")),
    RBX_AFTER(ColumnSpec.uint64("", "RBX when the call ended; null: as before, if rflags_after is not null")
            .orNull()
            .full()
            .nullIfUnchanged("rbx", "rflags_after")),
    RSP_AFTER(ColumnSpec.uint64("", "RSP when the call ended; null: as before, if rflags_after is not null")
            .orNull()
            .full()
            .nullIfUnchanged("rsp", "rflags_after")),
    RBP_AFTER(ColumnSpec.uint64("", "RBP when the call ended; null: as before, if rflags_after is not null")
            .orNull()
            .full()
            .nullIfUnchanged("rbp", "rflags_after")),
    RSI_AFTER(ColumnSpec.uint64("", "RSI when the call ended; null: as before, if rflags_after is not null")
            .orNull()
            .full()
            .nullIfUnchanged("rsi", "rflags_after")),
    RDI_AFTER(ColumnSpec.uint64("", "RDI when the call ended; null: as before, if rflags_after is not null")
            .orNull()
            .full()
            .nullIfUnchanged("rdi", "rflags_after")),
    R8_AFTER(ColumnSpec.uint64("", "R8 when the call ended; null: as before, if rflags_after is not null")
            .orNull()
            .full()
            .nullIfUnchanged("r8", "rflags_after")),
    R9_AFTER(ColumnSpec.uint64("", "R9 when the call ended; null: as before, if rflags_after is not null")
            .orNull()
            .full()
            .nullIfUnchanged("r9", "rflags_after")),
    R10_AFTER(ColumnSpec.uint64("", "R10 when the call ended; null: as before, if rflags_after is not null")
            .orNull()
            .full()
            .nullIfUnchanged("r10", "rflags_after")),
    R11_AFTER(ColumnSpec.uint64("", "R11 when the call ended; null: as before, if rflags_after is not null")
            .orNull()
            .full()
            .nullIfUnchanged("r11", "rflags_after")),
    R12_AFTER(ColumnSpec.uint64("", "R12 when the call ended; null: as before, if rflags_after is not null")
            .orNull()
            .full()
            .nullIfUnchanged("r12", "rflags_after")),
    R13_AFTER(ColumnSpec.uint64("", "R13 when the call ended; null: as before, if rflags_after is not null")
            .orNull()
            .full()
            .nullIfUnchanged("r13", "rflags_after")),
    R14_AFTER(ColumnSpec.uint64("", "R14 when the call ended; null: as before, if rflags_after is not null")
            .orNull()
            .full()
            .nullIfUnchanged("r14", "rflags_after")),
    R15_AFTER(ColumnSpec.uint64("", "R15 when the call ended; null: as before, if rflags_after is not null")
            .orNull()
            .full()
            .nullIfUnchanged("r15", "rflags_after")),
    ES_AFTER(ColumnSpec.int32("", "ES selector when the call ended; null: as before, if rflags_after is not null")
            .orNull()
            .full()
            .nullIfUnchanged("es", "rflags_after")),
    CS_AFTER(ColumnSpec.int32("", "CS selector when the call ended; null: as before, if rflags_after is not null")
            .orNull()
            .full()
            .nullIfUnchanged("cs", "rflags_after")),
    SS_AFTER(ColumnSpec.int32("", "SS selector when the call ended; null: as before, if rflags_after is not null")
            .orNull()
            .full()
            .nullIfUnchanged("ss", "rflags_after")),
    DS_AFTER(ColumnSpec.int32("", "DS selector when the call ended; null: as before, if rflags_after is not null")
            .orNull()
            .full()
            .nullIfUnchanged("ds", "rflags_after")),
    FS_AFTER(ColumnSpec.int32("", "FS selector when the call ended; null: as before, if rflags_after is not null")
            .orNull()
            .full()
            .nullIfUnchanged("fs", "rflags_after")),
    GS_AFTER(ColumnSpec.int32("", "GS selector when the call ended; null: as before, if rflags_after is not null")
            .orNull()
            .full()
            .nullIfUnchanged("gs", "rflags_after")),
    FS_BASE_AFTER(ColumnSpec.uint64("", "FS base when the call ended; null: as before, if rflags_after is not null")
            .orNull()
            .full()
            .nullIfUnchanged("fs_base", "rflags_after")),
    GS_BASE_AFTER(ColumnSpec.uint64("", "GS base when the call ended; null: as before, if rflags_after is not null")
            .orNull()
            .full()
            .nullIfUnchanged("gs_base", "rflags_after")),
    KERNEL_GS_BASE_AFTER(
            ColumnSpec.uint64("", "Kernel GS base when the call ended; null: as before, if rflags_after is not null")
                    .orNull()
                    .full()
                    .nullIfUnchanged("kernel_gs_base", "rflags_after"));

    /** How many arguments a row has room for. */
    public static final int ARGUMENTS = ARG5.ordinal() - ARG0.ordinal() + 1;

    private static final CallColumn[] ALL = values();

    private final ColumnSpec spec;

    CallColumn(ColumnSpec spec) {
        this.spec = spec;
    }

    @Override
    public ColumnSpec spec() {
        return spec;
    }

    /** The column of argument {@code i}, below {@link #ARGUMENTS}. */
    public static CallColumn arg(int i) {
        return ALL[ARG0.ordinal() + i];
    }

    /** The column of general-purpose register {@code i}, 0 to 15 in the processor's numbering, before the call. */
    public static CallColumn gpr(int i) {
        return ALL[RAX.ordinal() + i];
    }

    /** The same register when the call ended. */
    public static CallColumn gprAfter(int i) {
        return ALL[RAX_AFTER.ordinal() + i];
    }

    /** The column of segment selector {@code i}, 0 to 5 for ES, CS, SS, DS, FS, GS, before the call. */
    public static CallColumn segment(int i) {
        return ALL[ES.ordinal() + i];
    }

    /** The same selector when the call ended. */
    public static CallColumn segmentAfter(int i) {
        return ALL[ES_AFTER.ordinal() + i];
    }
}
