package org.pvdiet.emulator.cpu;

/** The x87, MMX and SSE state. MMX register n is the significand of physical x87 register n. */
public final class Fpu {
    /** Two words to a register, the low one first. */
    public final long[] xmm = new long[32];

    public int mxcsr;

    /** Bits of MXCSR that exist, as FXSAVE stores them. */
    static final int MXCSR_MASK = 0xffff;

    // Physical registers; ST(i) is number (top + i) mod 8.
    final long[] significand = new long[8];
    final int[] signExponent = new int[8];

    /** Bit n: physical register n is not empty. */
    int used;

    int controlWord;

    /** Without TOP, which {@link #top} has. */
    int statusWord;

    int top;

    /** Scratch of whatever operation is under way. */
    final long[] scratch = new long[8];

    final Real.Context context = new Real.Context();

    Fpu() {
        reset();
    }

    /** As after power-up (SDM volume 3, table 9-1). */
    public void reset() {
        initialize();
        controlWord = 0x40;
        mxcsr = 0x1f80;
    }

    /** FNINIT. */
    void initialize() {
        controlWord = 0x37f;
        statusWord = 0;
        top = 0;
        used = 0;
    }

    int statusWithTop() {
        return statusWord | top << 11;
    }

    void setStatus(int word) {
        top = word >> 11 & 7;
        statusWord = word & ~0x3800;
    }

    /** Where an MMX instruction has been: all registers valid, TOP zero (SDM volume 1, section 9.5.1). */
    void enterMmx() {
        top = 0;
        used = 0xff;
    }

    long mmx(int number) {
        return significand[number];
    }

    void setMmx(int number, long value) {
        significand[number] = value;
        signExponent[number] = 0xffff;
    }
}
