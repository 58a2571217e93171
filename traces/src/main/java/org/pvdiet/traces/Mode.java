package org.pvdiet.traces;

/**
 * The mode in which a call was made, as one small number.
 *
 * <table>
 * <caption>Bits</caption>
 * <tr><td>0-1</td><td>current privilege level</td></tr>
 * <tr><td>2</td><td>interrupts enabled, as the guest's kernel sees it</td></tr>
 * <tr><td>3</td><td>the platform holds the guest to be in kernel mode, whatever its privilege level</td></tr>
 * <tr><td>4</td><td>the page table that the call is about is mapped read-only: the page of the entry that the first such
 * argument points to, where it points; else the top-level table of the last {@code struct mm_struct *}; else the page whose
 * frame number an argument {@code pfn} is, in Linux's mapping of all memory</td></tr>
 * </table>
 */
public final class Mode {
    public static final int PRIVILEGE_MASK = 0x3;
    public static final int INTERRUPTS_ENABLED = 0x4;
    public static final int PLATFORM_KERNEL = 0x8;
    public static final int READ_ONLY_TABLE = 0x10;

    private Mode() {}

    /** Packs a mode. */
    public static int of(int privilegeLevel, boolean interruptsEnabled, boolean platformKernel, boolean readOnlyTable) {
        return (privilegeLevel & PRIVILEGE_MASK)
                | (interruptsEnabled ? INTERRUPTS_ENABLED : 0)
                | (platformKernel ? PLATFORM_KERNEL : 0)
                | (readOnlyTable ? READ_ONLY_TABLE : 0);
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

    public static boolean readOnlyTable(int mode) {
        return (mode & READ_ONLY_TABLE) != 0;
    }
}
