package org.pvdiet.traces;

/**
 * The mode in which a call was made, as one small number.
 *
 * <table>
 * <caption>Bits</caption>
 * <tr><td>0-1</td><td>current privilege level</td></tr>
 * <tr><td>2</td><td>interrupts enabled, as the guest's kernel sees it</td></tr>
 * <tr><td>3</td><td>the platform holds the guest to be in kernel mode, whatever its privilege level</td></tr>
 * </table>
 */
public final class Mode {
    public static final int PRIVILEGE_MASK = 0x3;
    public static final int INTERRUPTS_ENABLED = 0x4;
    public static final int PLATFORM_KERNEL = 0x8;

    private Mode() {}

    /** Packs a mode. */
    public static int of(int privilegeLevel, boolean interruptsEnabled, boolean platformKernel) {
        return (privilegeLevel & PRIVILEGE_MASK)
                | (interruptsEnabled ? INTERRUPTS_ENABLED : 0)
                | (platformKernel ? PLATFORM_KERNEL : 0);
    }

    public static int privilegeLevel(int mode) {
        return mode & PRIVILEGE_MASK;
    }

    public static boolean interruptsEnabled(int mode) {
        return (mode & INTERRUPTS_ENABLED) != 0;
    }

    public static boolean platformKernel(int mode) {
        return (mode & PLATFORM_KERNEL) != 0;
    }
}
