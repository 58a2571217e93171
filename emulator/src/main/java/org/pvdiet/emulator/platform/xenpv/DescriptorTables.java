package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.Observer;
import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.memory.PhysicalMemory;

/**
 * The GDT and LDT that the processor uses: mapped in Xen's per-domain area, backed by the guest's frames, with Xen's own
 * descriptors in the GDT's last page (public/arch-x86/xen.h; arch/x86/pv/descriptor-tables.c, arch/x86/desc.c). Pages of
 * the LDT are mapped when the processor first reads them.
 */
final class DescriptorTables {
    /** FIRST_RESERVED_GDT_ENTRY: the guest's GDT has at most so many entries. */
    static final int FIRST_RESERVED_ENTRY = 14 * 512;

    static final int KERNEL_CS = 0xe033;
    static final int KERNEL_SS = 0xe02b;
    static final int USER_CS_32 = 0xe023;

    static final long CODE_64 = 0x00af_fb00_0000_ffffL;
    static final long CODE_32 = 0x00cf_fb00_0000_ffffL;
    static final long DATA = 0x00cf_f300_0000_ffffL;

    private static final long XEN_CODE = 0x00af_9b00_0000_ffffL;
    private static final long XEN_DATA = 0x00cf_9300_0000_ffffL;
    private static final int TSS_SELECTOR = 0xe040;
    private static final int LDT_SELECTOR = 0xe050;
    private static final int CPU_SELECTOR = 0xe060;
    private static final long CPU_DESCRIPTOR = 0x0000_9100_0000_0000L;
    private static final int TSS_LIMIT = 0x67;
    private static final int BUSY_TSS = 0x8b;
    private static final int LDT = 0x82;

    /** PERDOMAIN_VIRT_START: the GDT of virtual CPU 0. */
    private static final long GDT_BASE = 0xffff_8200_0000_0000L;

    private static final int GDT_LIMIT = 15 * 4096 - 1;
    private static final int GUEST_PAGES = 14;
    private static final int LDT_PAGES = 16;
    private static final int ENTRIES_PER_PAGE = 512;
    private static final int LDT_SLOT = 16;
    private static final int TSS_SLOT = 32;
    static final long LDT_BASE = GDT_BASE + LDT_SLOT * 4096;

    /** Above the GDT and LDT areas nothing can be a descriptor's address. */
    static final long END = LDT_BASE + LDT_PAGES * 4096;

    private static final long READ_ONLY = Mmu.PRESENT | Mmu.ACCESSED | Mmu.DIRTY | Mmu.GLOBAL | Mmu.NO_EXECUTE;
    private static final long READ_WRITE = READ_ONLY | Mmu.WRITABLE;

    private final Cpu cpu;
    private final PhysicalMemory memory;
    private final FrameTable frames;
    private final PageTables tables;
    private final TlbFlushes flushes;
    private final Vcpu vcpu;

    DescriptorTables(
            Cpu cpu, PhysicalMemory memory, FrameTable frames, PageTables tables, TlbFlushes flushes, Vcpu vcpu) {
        this.cpu = cpu;
        this.memory = memory;
        this.frames = frames;
        this.tables = tables;
        this.flushes = flushes;
        this.vcpu = vcpu;
    }

    /** Fills in what is Xen's and loads the processor's descriptor-table registers. */
    void install() {
        for (int page = 0; page < GUEST_PAGES; page++) {
            map(page, MachineLayout.ZERO, READ_ONLY);
        }
        map(GUEST_PAGES, MachineLayout.RESERVED_GDT, READ_WRITE);
        map(TSS_SLOT, MachineLayout.TSS, READ_WRITE);
        reserve(0xe008, XEN_CODE);
        reserve(0xe010, XEN_DATA);
        reserve(USER_CS_32, CODE_32);
        reserve(KERNEL_SS, DATA);
        reserve(KERNEL_CS, CODE_64);
        reserve(CPU_SELECTOR, CPU_DESCRIPTOR);
        long tss = GDT_BASE + TSS_SLOT * 4096;
        // No I/O bitmap: its offset is beyond the limit (SDM volume 1, section 19.5.2).
        memory.write((MachineLayout.TSS << PhysicalMemory.FRAME_SHIFT) + 0x66, 2, 0x8000);
        cpu.segments.gdtBase = GDT_BASE;
        cpu.segments.gdtLimit = GDT_LIMIT;
        cpu.segments.tr.set(TSS_SELECTOR, tss, TSS_LIMIT, BUSY_TSS);
        loadLdt();
    }

    private void reserve(int selector, long descriptor) {
        long offset = (selector >> 3) - FIRST_RESERVED_ENTRY;
        memory.writeLong((MachineLayout.RESERVED_GDT << PhysicalMemory.FRAME_SHIFT) + offset * 8, descriptor);
    }

    private void map(int slot, long frame, long flags) {
        cpu.mmu().writeEntry(1, entryAddress(slot), frame << PhysicalMemory.FRAME_SHIFT | flags);
    }

    private static long entryAddress(int slot) {
        return (MachineLayout.PER_DOMAIN_L1 << PhysicalMemory.FRAME_SHIFT) + slot * 8L;
    }

    private long mapped(int slot) {
        return memory.readLong(entryAddress(slot));
    }

    /** set_gdt: the guest's GDT is these frames; zero or a negative error. */
    int setGdt(long[] gdt, int entries) {
        if (entries > FIRST_RESERVED_ENTRY) {
            return Errno.EINVAL;
        }
        for (int i = 0; i < gdt.length; i++) {
            if (frames.getWithType(gdt[i], PageType.SEGMENT_DESCRIPTORS) != 0) {
                while (--i >= 0) {
                    frames.putWithType(gdt[i]);
                }
                return Errno.EINVAL;
            }
        }
        for (int page = 0; page < GUEST_PAGES; page++) {
            long old = Pte.frame(mapped(page));
            if (old != MachineLayout.ZERO) {
                frames.putWithType(old);
            }
            if (page < gdt.length) {
                map(page, gdt[page], READ_WRITE);
            } else {
                map(page, MachineLayout.ZERO, READ_ONLY);
            }
        }
        flushes.flush();
        cpu.observer().descriptorTable(Observer.Table.GDTR, 0, cpu.segments.gdtBase, Math.max(0, entries * 8L - 1));
        return 0;
    }

    /** MMUEXT_SET_LDT, arguments checked. */
    void setLdt(long base, int entries) {
        if (vcpu.ldtEntries != entries || vcpu.ldtBase != base) {
            if (dropLdt()) {
                flushes.flush();
            }
            vcpu.ldtBase = base;
            vcpu.ldtEntries = entries;
            loadLdt();
        }
        // LLDT is Xen's, and what SLDT shows the guest (load_LDT of arch/x86/include/asm/ldt.h).
        cpu.observer()
                .descriptorTable(
                        Observer.Table.LDTR, entries == 0 ? 0 : LDT_SELECTOR, base, Math.max(0, entries * 8L - 1));
    }

    private void loadLdt() {
        if (vcpu.ldtEntries == 0) {
            cpu.segments.ldtr.set(0, 0, 0, 0);
        } else {
            cpu.segments.ldtr.set(LDT_SELECTOR, LDT_BASE, vcpu.ldtEntries * 8L - 1, LDT);
        }
    }

    /** Gives up the mapped pages of the LDT; true where there were some, so that translations must be dropped. */
    boolean dropLdt() {
        boolean any = false;
        for (int page = 0; page < LDT_PAGES; page++) {
            long entry = mapped(LDT_SLOT + page);
            if (Pte.isPresent(entry)) {
                cpu.mmu().writeEntry(1, entryAddress(LDT_SLOT + page), 0);
                frames.putWithType(Pte.frame(entry));
                any = true;
            }
        }
        return any;
    }

    /**
     * Maps the page of the LDT that holds a byte, from the kernel's mapping of it (pv_map_ldt_shadow_page).
     *
     * @return false where the guest has nothing there that can serve as descriptors
     */
    boolean mapLdtPage(long offset) {
        long entry = tables.level1Entry(vcpu.kernelTable, vcpu.ldtBase + offset);
        if (!Pte.isPresent(entry) || frames.getWithType(Pte.frame(entry), PageType.SEGMENT_DESCRIPTORS) != 0) {
            return false;
        }
        int slot = LDT_SLOT + (int) (offset >> PhysicalMemory.FRAME_SHIFT);
        cpu.mmu().writeEntry(1, entryAddress(slot), entry | Mmu.WRITABLE);
        return true;
    }

    /** Where the guest has the byte of its LDT that is so far from the start. */
    long ldtLinear(long offset) {
        return vcpu.ldtBase + offset;
    }

    static int pages(int entries) {
        return (entries + ENTRIES_PER_PAGE - 1) / ENTRIES_PER_PAGE;
    }

    static boolean holds(long linear) {
        return Long.compareUnsigned(linear - GDT_BASE, END - GDT_BASE) < 0;
    }

    /** Offset from the start of the GDT. */
    static long gdtOffset(long linear) {
        return linear - GDT_BASE;
    }
}
