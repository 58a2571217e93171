package org.pvdiet.emulator.memory;

/** A level-4 table, and what was translated through it. */
final class KeptRoot {
    final Translations supervisor = new Translations();
    final Translations user = new Translations();

    /** Physical address; -1 before any. */
    long root = -1;

    /** {@link Mmu#generation} while the table is in use. */
    long generation;

    /** How often entries had changed when nothing was translated yet: if that is still so, all is right. */
    long changes;
}
