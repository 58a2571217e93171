package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.Observer;
import org.pvdiet.emulator.memory.Mmu;

/**
 * Drops translations and counts how often all of them went, so that a frame whose use changes need not cause another flush
 * (Xen's TLB clock, arch/x86/flushtlb.c). Most have gone before, with the entries that they rest on.
 */
final class TlbFlushes {
    private final Cpu cpu;
    private final Mmu mmu;
    private long count;

    TlbFlushes(Cpu cpu) {
        this.cpu = cpu;
        this.mmu = cpu.mmu();
    }

    long count() {
        return count;
    }

    /** Xen flushes for its own reasons; the guest asked for nothing. */
    void flush() {
        count++;
        mmu.flushStale();
    }

    /** The guest asked for all translations to go. */
    void flushForGuest() {
        flush();
        observer().flush(true);
    }

    void invalidateForGuest(long linear) {
        mmu.invalidatePage(linear);
        observer().invalidatePage(linear);
    }

    /** Another page-table root; global pages stay when only the guest's mode changes. */
    void load(long root, boolean keepGlobal) {
        if (!keepGlobal) {
            flush();
        }
        cpu.control.cr3 = root;
        mmu.switchRoot(root);
    }

    private Observer observer() {
        return cpu.observer();
    }
}
