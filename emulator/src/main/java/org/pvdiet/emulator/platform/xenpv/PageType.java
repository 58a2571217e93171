package org.pvdiet.emulator.platform.xenpv;

/** What a frame is used as; uses of different types exclude each other (Xen's asm-x86/mm.h, PGT_*). */
enum PageType {
    NONE,
    L1_TABLE,
    L2_TABLE,
    L3_TABLE,
    L4_TABLE,
    /** A page of a GDT or LDT. */
    SEGMENT_DESCRIPTORS,
    WRITABLE;

    private static final PageType[] ALL = values();

    static PageType table(int level) {
        return ALL[level];
    }

    boolean isTable() {
        return this != NONE && ordinal() <= L4_TABLE.ordinal();
    }

    /** Of a page table: 1 to 4. */
    int level() {
        return ordinal();
    }
}
