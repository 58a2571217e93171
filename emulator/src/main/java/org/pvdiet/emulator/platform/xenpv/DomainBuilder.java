package org.pvdiet.emulator.platform.xenpv;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.Flags;
import org.pvdiet.emulator.guest.BadImageException;
import org.pvdiet.emulator.guest.ElfImage;
import org.pvdiet.emulator.guest.XenNotes;
import org.pvdiet.emulator.machine.ConfigurationException;
import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.memory.PhysicalMemory;
import org.pvdiet.emulator.platform.Platform.Frames;

/**
 * Lays out a guest as Xen's toolstack does: kernel, start_info, xenstore and console page, page tables, boot stack, initrd and
 * the list of frames, in that order (tools/libs/guest/xg_dom_core.c and xg_dom_x86.c; public/xen.h, start of day). Knows of
 * the image what its notes say.
 */
final class DomainBuilder {
    private static final int PAGE = PhysicalMemory.FRAME_SIZE;

    /** Room that the initial mapping has beyond what is in it: at least 512 KiB, and to a multiple of 4 MiB. */
    private static final int PADDING_PAGES = 512 * 1024 / PAGE;

    private static final long ALIGNMENT = 4 << 20;
    private static final int LONGEST_COMMAND_LINE = 1023;

    /** SIF_MOD_START_PFN: the initrd is given by frame and not mapped. */
    private static final int MOD_START_PFN = 1 << 3;

    private static final long TABLE_FLAGS = Mmu.PRESENT | Mmu.WRITABLE | Mmu.USER | Mmu.ACCESSED | Mmu.DIRTY;
    private static final long PAGE_FLAGS = Mmu.PRESENT | Mmu.WRITABLE | Mmu.ACCESSED;

    private final Domain domain;
    private final PhysicalMemory memory;
    private final ElfImage image;
    private final XenNotes notes;
    private final long[] p2m;
    private final InitialPageTables tables = new InitialPageTables();
    private final long base;
    private long allocated;

    DomainBuilder(Domain domain, ElfImage image, long seed) {
        this.domain = domain;
        this.memory = domain.memory;
        this.image = image;
        this.notes = XenNotes.read(image);
        if (notes.isEmpty() || notes.entry().isEmpty() && notes.phys32Entry().isPresent()) {
            throw new BadImageException(image.file().file()
                    + ": no Xen PV entry in its notes; to run on xen-pv, a kernel with CONFIG_XEN_PV is needed");
        }
        base = notes.virtBase().orElse(0);
        p2m = new long[(int) domain.layout.guestFrames()];
        for (Frames run : domain.layout.assign(seed)) {
            for (long i = 0; i < run.count(); i++) {
                long mfn = run.mfn() + i;
                p2m[(int) (run.pfn() + i)] = mfn;
                domain.frames.assign(mfn);
                domain.machineToPhys.set(mfn, run.pfn() + i);
            }
        }
    }

    /** Where the console's and the store's page are, and their ports. */
    record Rings(long console, long xenstore) {}

    /**
     * Builds the domain and points the processor at the kernel's entry.
     *
     * @param initrd may be empty
     * @param consolePort event channel that the guest is told of, and likewise {@code xenstorePort}
     * @return machine addresses of the two rings
     * @throws ConfigurationException where the guest does not fit
     */
    Rings build(String commandLine, byte[] initrd, int consolePort, int xenstorePort) {
        if (commandLine.length() > LONGEST_COMMAND_LINE) {
            throw new ConfigurationException(String.format(
                    "the command line has %d bytes, and a Xen PV guest takes at most %d",
                    commandLine.length(), LONGEST_COMMAND_LINE));
        }
        loadKernel();
        boolean unmapped = notes.modStartPfn();
        long initrdPfn = initrd.length > 0 && !unmapped ? load(initrd) : -1;
        long p2mPages = (p2m.length * 8L + PAGE - 1) / PAGE;
        OptionalLong p2mBase = notes.initP2m();
        boolean separate = p2mBase.isPresent()
                && Long.compareUnsigned(p2mBase.getAsLong(), base) < 0
                && p2mBase.getAsLong() % PAGE == 0;
        long p2mPfn = separate ? -1 : allocate(p2mPages);
        long startInfo = allocate(1);
        long xenstore = allocate(1);
        long console = allocate(1);
        long last = lastMapped();
        long tableCount = tables.count(base, last);
        long tablePfn = allocate(tableCount);
        tables.add(base, last, 0, tablePfn);
        long stack = allocate(1);
        allocate((last + 1 - base) / PAGE - allocated);
        if (initrd.length > 0 && unmapped) {
            initrdPfn = load(initrd);
        }
        long p2mFrames = 0;
        if (separate) {
            long end = p2mBase.getAsLong() + p2mPages * PAGE - 1;
            p2mFrames = p2mPages + tables.count(p2mBase.getAsLong(), end);
            p2mPfn = allocate(p2mFrames);
            tables.add(p2mBase.getAsLong(), end, p2mPfn, p2mPfn + p2mPages);
        }
        for (int pfn = 0; pfn < p2m.length; pfn++) {
            memory.writeLong(machine(p2mPfn + pfn / 512) + pfn % 512 * 8L, p2m[pfn]);
        }
        writePageTables();
        fillHypercallPage();

        long info = machine(startInfo);
        writeText(info, "xen-3.0-x86_64");
        memory.writeLong(info + 32, p2m.length);
        memory.writeLong(info + 40, MachineLayout.SHARED_INFO << PhysicalMemory.FRAME_SHIFT);
        memory.writeInt(info + 48, initrdPfn >= 0 && unmapped ? MOD_START_PFN : 0);
        memory.writeLong(info + 56, p2m[(int) xenstore]);
        memory.writeInt(info + 64, xenstorePort);
        memory.writeLong(info + 72, p2m[(int) console]);
        memory.writeInt(info + 80, consolePort);
        memory.writeLong(info + 88, linear(tablePfn));
        memory.writeLong(info + 96, tableCount);
        memory.writeLong(info + 104, separate ? p2mBase.getAsLong() : linear(p2mPfn));
        if (initrdPfn >= 0) {
            memory.writeLong(info + 112, unmapped ? initrdPfn : linear(initrdPfn));
            memory.writeLong(info + 120, (initrd.length + PAGE - 1L) / PAGE * PAGE);
        }
        writeText(info + 128, commandLine);
        memory.writeLong(info + 1152, separate ? p2mPfn : 0);
        memory.writeLong(info + 1160, p2mFrames);

        start(p2m[(int) tablePfn], linear(stack) + PAGE, linear(startInfo));
        return new Rings(machine(console), machine(xenstore));
    }

    private long linear(long pfn) {
        return base + pfn * PAGE;
    }

    /** Machine address of a guest frame. */
    private long machine(long pfn) {
        return p2m[(int) pfn] << PhysicalMemory.FRAME_SHIFT;
    }

    private long allocate(long pages) {
        long first = allocated;
        allocated += Math.max(0, pages);
        if (allocated > p2m.length) {
            throw new ConfigurationException(String.format(
                    "%s: %d MiB of memory are too little for this guest; give it at least %d MiB",
                    image.file().file(), (long) p2m.length * PAGE >> 20, (allocated * PAGE >> 20) + 1));
        }
        return first;
    }

    /** The end of the initial mapping: room for what is allocated, its own page tables, a stack and some more. */
    private long lastMapped() {
        long pages = PADDING_PAGES + 1;
        while (true) {
            long last = linear(allocated + pages) | ALIGNMENT - 1;
            long needed = tables.count(base, last) + PADDING_PAGES + 1L;
            if (linear(allocated + needed) <= last + 1) {
                return last;
            }
            pages = needed;
        }
    }

    private void loadKernel() {
        boolean byNotes = image.notes().stream().anyMatch(note -> note.owner().equals("Xen"));
        long offset = base - notes.paddrOffset().orElse(byNotes ? 0 : base);
        long end = 0;
        for (ElfImage.Segment segment : image.segments()) {
            long at = segment.physicalAddress() + offset - base;
            if (at < 0 || at + segment.memorySize() > (long) p2m.length * PAGE) {
                throw new ConfigurationException(String.format(
                        "%s: a segment of %d bytes at %#x does not lie in the guest's %d MiB of memory",
                        image.file().file(),
                        segment.memorySize(),
                        segment.physicalAddress() + offset,
                        (long) p2m.length * PAGE >> 20));
            }
            segment.bytes().readBy((content, from, length) -> write(at, content, from, length));
            end = Math.max(end, at + segment.memorySize());
        }
        allocate((end + PAGE - 1) / PAGE);
    }

    private long load(byte[] content) {
        long pfn = allocate((content.length + PAGE - 1L) / PAGE);
        write(pfn * PAGE, content, 0, content.length);
        return pfn;
    }

    /** Writes at a pseudo-physical address. */
    private void write(long at, byte[] content, int from, int length) {
        for (int done = 0; done < length; ) {
            long to = at + done;
            int part = (int) Math.min(length - done, PAGE - to % PAGE);
            memory.write(machine(to / PAGE) + to % PAGE, content, from + done, part);
            done += part;
        }
    }

    private void writeText(long at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        memory.write(at, bytes, 0, bytes.length);
    }

    /** Page tables are mapped read-only, since they cannot be writable and be page tables. */
    private void writePageTables() {
        List<InitialPageTables.Table> all = tables.tables();
        boolean[] isTable = new boolean[p2m.length];
        for (InitialPageTables.Table table : all) {
            isTable[(int) table.pfn()] = true;
        }
        for (InitialPageTables.Table table : all) {
            for (int slot = 0; slot < 512; slot++) {
                long pfn = tables.target(table, slot);
                if (pfn >= 0) {
                    long flags = table.level() > 1
                            ? TABLE_FLAGS
                            : isTable[(int) pfn] ? PAGE_FLAGS & ~Mmu.WRITABLE : PAGE_FLAGS;
                    memory.writeLong(machine(table.pfn()) + slot * 8L, machine(pfn) | flags);
                }
            }
        }
    }

    private void fillHypercallPage() {
        OptionalLong page = notes.hypercallPage();
        if (page.isPresent()) {
            HypercallPage.fill(memory, machine((page.getAsLong() - base) / PAGE));
        }
    }

    /** vcpu_x86_64 of xg_dom_x86.c, arch_set_info_guest of arch/x86/domain.c. */
    private void start(long level4, long stackPointer, long startInfo) {
        Cpu cpu = domain.cpu;
        int error = domain.frames.getWithType(level4, PageType.L4_TABLE);
        if (error != 0) {
            throw new IllegalStateException("the initial page tables do not validate: " + error);
        }
        domain.frames.page(level4).pinned = true;
        error = domain.frames.getWithType(level4, PageType.L4_TABLE);
        if (error != 0) {
            throw new IllegalStateException("the initial page table cannot be used: " + error);
        }
        domain.xenSlots.mapMachineToPhysIn(level4);
        domain.vcpu.kernelTable = level4;
        domain.vcpu.kernelStackPointer = stackPointer;
        domain.descriptors.install();
        domain.flushes.load(level4 << PhysicalMemory.FRAME_SHIFT, false);
        cpu.setCpl(3);
        cpu.setRflags(Flags.FIXED | Flags.IF);
        Descriptor.load(cpu.segments.cs(), DescriptorTables.KERNEL_CS, DescriptorTables.CODE_64);
        Descriptor.load(cpu.segments.ss(), DescriptorTables.KERNEL_SS, DescriptorTables.DATA);
        cpu.r[Cpu.RSP] = stackPointer;
        cpu.r[Cpu.RSI] = startInfo;
        cpu.jump(notes.entry().orElse(image.entry()));
    }
}
