package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.memory.Mmu;

/**
 * Page-table entries as a PV guest may write them. A 64-bit guest's kernel runs in ring 3, so Xen makes every page of the
 * guest a user page and remembers in a software bit which ones are the kernel's (Xen's asm-x86/x86_64/page.h, pv/mm.h).
 */
final class Pte {
    /** _PAGE_GUEST_KERNEL: the guest meant a supervisor page. */
    static final long GUEST_KERNEL = 1L << 52;

    static final long FLAGS = ~Mmu.FRAME_MASK;

    private static final long AVAILABLE = 0x7ff0_0000_0000_0e00L;

    /** base_disallow_mask of arch/x86/mm.c. */
    private static final long DISALLOWED =
            FLAGS & ~(Mmu.PRESENT | Mmu.WRITABLE | Mmu.USER | Mmu.ACCESSED | Mmu.DIRTY | AVAILABLE | Mmu.NO_EXECUTE);

    /** L1_DISALLOW_MASK of a domain without devices, in a release build of Xen. */
    private static final long DISALLOWED_L1 = DISALLOWED & ~Mmu.GLOBAL;

    /** Flags whose change needs no new validation: FASTPATH_FLAG_WHITELIST of arch/x86/mm.c. */
    private static final long HARMLESS = Mmu.NO_EXECUTE | AVAILABLE | Mmu.GLOBAL | Mmu.DIRTY | Mmu.ACCESSED | Mmu.USER;

    private Pte() {}

    static long frame(long entry) {
        return (entry & Mmu.FRAME_MASK) >>> 12;
    }

    static boolean isPresent(long entry) {
        return (entry & Mmu.PRESENT) != 0;
    }

    static boolean isWritable(long entry) {
        return (entry & Mmu.WRITABLE) != 0;
    }

    /** True where the guest may not set some flag that this present entry has. */
    static boolean isDisallowed(int level, long entry) {
        return (entry & (level == 1 ? DISALLOWED_L1 : DISALLOWED)) != 0;
    }

    /** True where the two differ in something that references or safety depend on. */
    static boolean differ(long a, long b) {
        return ((a ^ b) & ~HARMLESS) != 0;
    }

    /** The entry as Xen puts it into the table: adjust_guest_l*e of arch/x86/pv/mm.h. */
    static long adjust(int level, long entry) {
        if (!isPresent(entry)) {
            return entry;
        }
        long adjusted = entry | Mmu.USER;
        if (level == 4) {
            return adjusted | Mmu.ACCESSED;
        }
        if (level > 1) {
            return adjusted;
        }
        if ((entry & Mmu.USER) == 0) {
            adjusted |= GUEST_KERNEL;
        }
        if ((adjusted & GUEST_KERNEL) == 0) {
            adjusted |= Mmu.GLOBAL;
        }
        return adjusted;
    }
}
