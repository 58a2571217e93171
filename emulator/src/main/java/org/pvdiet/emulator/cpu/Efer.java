package org.pvdiet.emulator.cpu;

/** Bits of MSR EFER, SDM volume 3, section 2.2.1, and AMD's. */
public final class Efer {
    public static final long SCE = 1;
    public static final long LME = 1 << 8;
    public static final long LMA = 1 << 10;
    public static final long NXE = 1 << 11;
    public static final long SVME = 1 << 12;
    public static final long FFXSR = 1 << 14;

    private Efer() {}
}
