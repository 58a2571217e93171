package org.pvdiet.emulator.cpu.decode;

import java.util.Locale;

/** Segment registers; the ordinal is the number used in ModRM.reg. */
public enum Segment {
    ES,
    CS,
    SS,
    DS,
    FS,
    GS;

    private static final Segment[] BY_NUMBER = values();

    private final String text = name().toLowerCase(Locale.ROOT);

    /** In lower case, as the assembler has it. */
    public String text() {
        return text;
    }

    static Segment of(int number) {
        return BY_NUMBER[number];
    }
}
