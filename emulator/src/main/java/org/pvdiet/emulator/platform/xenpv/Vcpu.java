package org.pvdiet.emulator.platform.xenpv;

import java.util.Arrays;

/** What Xen keeps for the virtual CPU beside the processor's registers (struct pv_vcpu of asm-x86/domain.h). */
final class Vcpu {
    /** A handler that the guest registered for a vector (struct trap_info); address 0 is none. */
    record Trap(int flags, long address) {
        private static final int DPL = 3;
        static final int MASK_EVENTS = 4;
        static final Trap NONE = new Trap(0, 0);

        int dpl() {
            return flags & DPL;
        }

        boolean masksEvents() {
            return (flags & MASK_EVENTS) != 0;
        }
    }

    /** An entry point of the guest's kernel that no vector leads to; address 0 is none. */
    record Callback(long address, boolean masksEvents) {
        static final Callback NONE = new Callback(0, false);
    }

    static final int VECTORS = 256;

    final Trap[] traps = new Trap[VECTORS];
    Callback event = Callback.NONE;
    Callback failsafe = Callback.NONE;
    Callback syscall = Callback.NONE;
    Callback syscall32 = Callback.NONE;
    Callback sysenter = Callback.NONE;

    /** The guest's kernel runs, with its page tables and its GS base. */
    boolean kernelMode = true;

    long kernelStackPointer;

    /** Machine frames of the level-4 tables; the user's is 0 where the guest has set none. */
    long kernelTable;

    long userTable;

    /** GS base of the mode that is not active. */
    long otherGsBase;

    /** Virtual I/O privilege level, in RFLAGS' position. */
    long iopl;

    long ioBitmap;
    int ioBitmapLimit;
    long ldtBase;
    int ldtEntries;

    /** Control registers as the guest reads them; of CR0 only TS is its own. */
    boolean taskSwitched;

    long cr2;
    long cr4;

    Vcpu() {
        Arrays.fill(traps, Trap.NONE);
    }

    long activeTable() {
        return kernelMode ? kernelTable : userTable;
    }
}
