package org.pvdiet.emulator.cpu.decode;

/** Segment registers; the ordinal is the number used in ModRM.reg. */
public enum Segment {
    ES,
    CS,
    SS,
    DS,
    FS,
    GS;

    private static final Segment[] BY_NUMBER = values();

    static Segment of(int number) {
        return BY_NUMBER[number];
    }
}
