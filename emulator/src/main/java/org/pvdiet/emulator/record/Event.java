package org.pvdiet.emulator.record;

/**
 * What the guest's thread tells the one that makes rows of it, as some words: a header, how many instructions had retired, and
 * what the kind says. The header's low byte is the kind, its high half what the event is about.
 */
enum Event {
    /** Control has come to a site: a {@link Moment}, arguments, and the page-table entry if there is one. */
    ENTER,
    /** Control is where a call at a site ends: a moment. */
    LEAVE,
    /** Of a vector: a moment. */
    INTERRUPT,
    /** Of a vector: a moment, error code and address. */
    EXCEPTION,
    /** From an interrupt or exception, or to user mode: a moment and the stack pointer before it. */
    RETURN,
    /** An exception was raised for the platform to stand in for an instruction. */
    EMULATED,
    /** Of the effect's columns that the header has bits for, in the order of the columns: their values. */
    EFFECT,
    PHASE,
    /** All calls end: a moment. */
    END;

    private static final Event[] ALL = values();

    private static final int ABOUT = 32;

    /** A header of this kind. */
    long about(int what) {
        return (long) what << ABOUT | ordinal();
    }

    static Event of(long header) {
        return ALL[(int) header & 0xff];
    }

    static int about(long header) {
        return (int) (header >>> ABOUT);
    }
}
