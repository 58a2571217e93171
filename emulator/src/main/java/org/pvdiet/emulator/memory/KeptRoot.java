package org.pvdiet.emulator.memory;

/** A level-4 table, and what was translated through it. */
final class KeptRoot {
    final Translations supervisor = new Translations();
    final Translations user = new Translations();

    /** Physical address, or -1 where nothing is kept. */
    long root = -1;

    /** {@link Mmu#generation} while the table is in use. */
    long generation;
}
