package org.pvdiet.emulator.cpu;

/** DR0 to DR3, DR6, DR7: breakpoints and what they found (SDM volume 3, section 17.2). */
public final class DebugRegisters {
    /** DR6.BS: single step. */
    public static final long DR6_BS = 1 << 14;

    /** DR6.BD: a debug register was accessed while DR7.GD was set. */
    public static final long DR6_BD = 1 << 13;

    /** DR6 where nothing happened: its reserved ones. */
    public static final long DR6_INITIAL = 0xffff0ff0L;

    public static final long DR7_INITIAL = 0x400;

    /** DR7.GD: general detect. */
    public static final long DR7_GD = 1 << 13;

    private static final int EXECUTE = 0;
    private static final int WRITE = 1;
    private static final int IO = 2;

    private final long[] address = new long[4];
    private long dr6 = DR6_INITIAL;
    private long dr7 = DR7_INITIAL;
    private long hits;
    private boolean stepSkipped;

    DebugRegisters() {}

    /**
     * @param number 0 to 3, 6 or 7
     */
    public long get(int number) {
        return switch (number) {
            case 6 -> dr6;
            case 7 -> dr7;
            default -> address[number];
        };
    }

    /** Sets a register, reserved bits made what they always are. {@code number} is 0 to 3, 6 or 7. */
    public void set(int number, long value) {
        switch (number) {
            case 6 -> dr6 = value & 0xe00fL & ~(1L << 12) | DR6_INITIAL;
            case 7 -> dr7 = value & 0xffff2bffL | DR7_INITIAL;
            default -> address[number] = value;
        }
    }

    /** True where any breakpoint is enabled, so that instructions must be executed one by one. */
    public boolean isArmed() {
        return (dr7 & 0xff) != 0;
    }

    /** True where a breakpoint on memory is enabled. */
    public boolean watchesData() {
        for (int i = 0; i < 4; i++) {
            if (isEnabled(i) && kind(i) != EXECUTE && kind(i) != IO) {
                return true;
            }
        }
        return false;
    }

    private boolean isEnabled(int i) {
        return (dr7 >> 2 * i & 3) != 0;
    }

    private int kind(int i) {
        return (int) (dr7 >> 16 + 4 * i) & 3;
    }

    private int length(int i) {
        return switch ((int) (dr7 >> 18 + 4 * i) & 3) {
            case 0 -> 1;
            case 1 -> 2;
            case 2 -> 8;
            default -> 4;
        };
    }

    /** Bits B0 to B3 of the enabled breakpoints on the instruction at a linear address. */
    public long instructionHits(long linear) {
        long found = 0;
        for (int i = 0; i < 4; i++) {
            if (isEnabled(i) && kind(i) == EXECUTE && address[i] == linear) {
                found |= 1L << i;
            }
        }
        return found;
    }

    /** Remembers the breakpoints that an access to memory meets, until {@link #takeHits}. */
    public void access(long linear, int size, boolean write) {
        for (int i = 0; i < 4; i++) {
            int kind = kind(i);
            if (isEnabled(i) && (kind == 3 || kind == WRITE && write) && overlaps(i, linear, size)) {
                hits |= 1L << i;
            }
        }
    }

    /** Remembers the breakpoints that an access to a port meets; they exist where CR4.DE is set. */
    public void portAccess(int port, int size) {
        for (int i = 0; i < 4; i++) {
            if (isEnabled(i) && kind(i) == IO && overlaps(i, port, size)) {
                hits |= 1L << i;
            }
        }
    }

    private boolean overlaps(int i, long at, int size) {
        long start = address[i] & -length(i);
        return at < start + length(i) && start < at + size;
    }

    /** What data and port breakpoints met since the last call, bits B0 to B3. */
    public long takeHits() {
        long taken = hits;
        hits = 0;
        return taken;
    }

    /** No single-step trap after this instruction: it entered the kernel, which cleared RFLAGS.TF. */
    void skipStep() {
        stepSkipped = true;
    }

    boolean takeSkippedStep() {
        boolean taken = stepSkipped;
        stepSkipped = false;
        return taken;
    }

    /** What #DB does before it is delivered: adds its reasons to DR6, clears DR7.GD. */
    void report(long bits) {
        dr6 |= bits;
        dr7 &= ~DR7_GD;
    }
}
