package org.pvdiet.emulator.platform.xenpv;

/** What the guest switched on of VMASST_TYPE_* (public/xen.h). */
final class VmAssists {
    private static final int ENABLE = 0;
    private static final int DISABLE = 1;
    private static final int WRITABLE_PAGE_TABLES = 2;
    private static final int PAE_EXTENDED_CR3 = 3;
    private static final int ARCHITECTURAL_IOPL = 4;
    private static final int RUNSTATE_UPDATE_FLAG = 5;
    private static final int M2P_STRICT = 32;
    private static final long VALID = 0x3f | 1L << M2P_STRICT;

    private long enabled;

    long set(long command, long type) {
        if (type < 0 || type >= 64 || (VALID & 1L << type) == 0) {
            return Errno.EINVAL;
        }
        if (command == ENABLE) {
            enabled |= 1L << type;
            return 0;
        }
        if (command == DISABLE) {
            enabled &= ~(1L << type);
            return 0;
        }
        return Errno.ENOSYS;
    }

    private boolean has(int type) {
        return (enabled & 1L << type) != 0;
    }

    boolean writablePageTables() {
        return has(WRITABLE_PAGE_TABLES);
    }

    boolean extendedCr3() {
        return has(PAE_EXTENDED_CR3);
    }

    boolean architecturalIopl() {
        return has(ARCHITECTURAL_IOPL);
    }

    boolean runstateUpdateFlag() {
        return has(RUNSTATE_UPDATE_FLAG);
    }

    boolean strictMachineToPhys() {
        return has(M2P_STRICT);
    }
}
