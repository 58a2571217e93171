package org.pvdiet.analyzer.words;

/** Debug registers, SDM volume 3, 17.2.3 and 17.2.4, figure 17-1. */
public final class DebugRegister {
    private static final long STATUS = 6;
    private static final long CONTROL = 7;
    private static final long STATUS_ONES = 0xffff_0ff0L;
    private static final long CONTROL_ONES = 1 << 10;

    private DebugRegister() {}

    /** Reserved bits that are 1 whatever is written. */
    public static long ones(long number) {
        return number == STATUS ? STATUS_ONES : number == CONTROL ? CONTROL_ONES : 0;
    }
}
