package org.pvdiet.emulator.platform.bare;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.Cr0;
import org.pvdiet.emulator.cpu.Cr4;
import org.pvdiet.emulator.cpu.Efer;
import org.pvdiet.emulator.cpu.Flags;
import org.pvdiet.emulator.cpu.SegmentRegister;
import org.pvdiet.emulator.cpu.decode.Segment;
import org.pvdiet.emulator.guest.BzImage;
import org.pvdiet.emulator.guest.ElfImage;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.machine.ConfigurationException;
import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.memory.PhysicalMemory;

/**
 * Starts Linux by the 64-bit boot protocol (Documentation/x86/boot.rst, "64-bit Boot Protocol", Linux 6.1), at the kernel
 * proper: what its wrapper would decompress is laid out in memory at once, where it was linked to run.
 */
final class BootLoader {
    private static final long GDT = 0x1000;
    private static final long BOOT_PARAMS = 0x2000;
    private static final long COMMAND_LINE = 0x3000;
    private static final long PAGE_TABLES = 0x8000;

    private static final int BOOT_CS = 0x10;
    private static final int BOOT_DS = 0x18;
    private static final int CODE_64 = 0xa09b;
    private static final int DATA_32 = 0xc093;
    private static final int BUSY_TSS = 0x8b;

    /** Page tables map the first 4 GiB to themselves, in pages of 2 MiB. */
    private static final int GIGABYTES = 4;

    private static final long LARGE_PAGE = 2 << 20;

    // Offsets in struct boot_params (arch/x86/include/uapi/asm/bootparam.h).
    private static final int E820_ENTRIES = 0x1e8;
    private static final int SETUP_HEADER = 0x1f1;
    private static final int BOOT_FLAG = 0x1fe;
    private static final int HEADER_MAGIC = 0x202;
    private static final int VERSION = 0x206;
    private static final int TYPE_OF_LOADER = 0x210;
    private static final int LOADFLAGS = 0x211;
    private static final int RAMDISK_IMAGE = 0x218;
    private static final int RAMDISK_SIZE = 0x21c;
    private static final int COMMAND_LINE_POINTER = 0x228;
    private static final int E820_TABLE = 0x2d0;

    private static final int UNREGISTERED_LOADER = 0xff;
    private static final int LOADED_HIGH = 1;
    private static final int E820_RAM = 1;
    private static final int E820_RESERVED = 2;

    /** End of conventional memory: the last kilobyte below 640 KiB is the extended BIOS data area. */
    private static final long CONVENTIONAL_END = 0x9fc00;

    private static final long BIOS_END = 0x100000;

    // What an image without a setup header allows (boot.rst, defaults of cmdline_size and initrd_addr_max).
    private static final long DEFAULT_COMMAND_LINE_SIZE = 2047;
    private static final long DEFAULT_INITRD_MAX = 0x7fff_ffff;

    private final PhysicalMemory memory;
    private final KernelImage image;

    BootLoader(PhysicalMemory memory, KernelImage image) {
        this.memory = memory;
        this.image = image;
    }

    /**
     * Lays out the guest in memory and points the processor at its entry.
     *
     * @param initrd may be empty
     * @throws ConfigurationException where memory is too small or the command line too long
     */
    void start(Cpu cpu, String commandLine, byte[] initrd) {
        long kernelEnd = loadKernel(initrd.length);
        memory.clear(BOOT_PARAMS, PhysicalMemory.FRAME_SIZE);
        writeSetupHeader();
        writeCommandLine(commandLine);
        loadInitrd(initrd, kernelEnd);
        writeMemoryMap();
        writeGdt();
        writePageTables();
        point(cpu);
    }

    private long loadKernel(int initrdSize) {
        long end = BIOS_END;
        for (ElfImage.Segment segment : image.elf().segments()) {
            end = Math.max(end, segment.physicalAddress() + segment.memorySize());
        }
        // What the kernel takes for its heap before it reads the memory map counts as part of it.
        Optional<BzImage> wrapper = image.bzImage();
        if (wrapper.isPresent()) {
            end = Math.max(end, wrapper.get().prefAddress() + wrapper.get().initSize());
        }
        long needed = pageUp(end) + pageUp(initrdSize);
        if (needed > memory.size()) {
            throw new ConfigurationException(String.format(
                    "%s: %d MiB of memory are too little: the kernel reaches to %d MiB and the initrd takes %d KiB; give"
                            + " it at least %d MiB",
                    image.path(), memory.size() >> 20, mebibytes(end), initrdSize + 1023 >> 10, mebibytes(needed)));
        }
        for (ElfImage.Segment segment : image.elf().segments()) {
            segment.bytes()
                    .readBy((content, offset, length) ->
                            memory.write(segment.physicalAddress(), content, offset, length));
        }
        return end;
    }

    private static long mebibytes(long bytes) {
        return bytes + (1 << 20) - 1 >> 20;
    }

    private static long pageUp(long address) {
        return address + PhysicalMemory.FRAME_SIZE - 1 & -PhysicalMemory.FRAME_SIZE;
    }

    private void writeSetupHeader() {
        Optional<BzImage> wrapper = image.bzImage();
        if (wrapper.isPresent()) {
            byte[] header = wrapper.get().setupHeader().toArray();
            memory.write(BOOT_PARAMS + SETUP_HEADER, header, 0, header.length);
        } else {
            memory.write(BOOT_PARAMS + BOOT_FLAG, 2, 0xaa55);
            memory.writeInt(BOOT_PARAMS + HEADER_MAGIC, 0x53726448);
            memory.write(BOOT_PARAMS + VERSION, 2, 0x020f);
            memory.write(BOOT_PARAMS + LOADFLAGS, 1, LOADED_HIGH);
        }
        memory.write(BOOT_PARAMS + TYPE_OF_LOADER, 1, UNREGISTERED_LOADER);
    }

    private void writeCommandLine(String commandLine) {
        byte[] bytes = commandLine.getBytes(StandardCharsets.UTF_8);
        long longest = image.bzImage().map(BzImage::commandLineSize).orElse(DEFAULT_COMMAND_LINE_SIZE);
        if (bytes.length > longest) {
            throw new ConfigurationException(String.format(
                    "%s: the command line has %d bytes, and this kernel takes at most %d",
                    image.path(), bytes.length, longest));
        }
        memory.write(COMMAND_LINE, bytes, 0, bytes.length);
        memory.write(COMMAND_LINE + bytes.length, 1, 0);
        memory.writeInt(BOOT_PARAMS + COMMAND_LINE_POINTER, (int) COMMAND_LINE);
    }

    /** As high as it may lie, out of the way of everything the kernel allocates early. */
    private void loadInitrd(byte[] initrd, long kernelEnd) {
        if (initrd.length == 0) {
            return;
        }
        long highest = image.bzImage().map(BzImage::initrdAddressMax).orElse(DEFAULT_INITRD_MAX);
        long at = Math.min(memory.size(), highest + 1) - initrd.length & -PhysicalMemory.FRAME_SIZE;
        if (at < kernelEnd) {
            throw new ConfigurationException(String.format(
                    "%s: the initrd of %d bytes does not fit between the kernel's end at %#x and %#x, the highest"
                            + " address this kernel allows",
                    image.path(), initrd.length, kernelEnd, highest));
        }
        memory.write(at, initrd, 0, initrd.length);
        memory.writeInt(BOOT_PARAMS + RAMDISK_IMAGE, (int) at);
        memory.writeInt(BOOT_PARAMS + RAMDISK_SIZE, initrd.length);
    }

    private void writeMemoryMap() {
        writeRegion(0, 0, CONVENTIONAL_END, E820_RAM);
        writeRegion(1, CONVENTIONAL_END, BIOS_END, E820_RESERVED);
        writeRegion(2, BIOS_END, memory.size(), E820_RAM);
        memory.write(BOOT_PARAMS + E820_ENTRIES, 1, 3);
    }

    private void writeRegion(int index, long from, long to, int type) {
        long entry = BOOT_PARAMS + E820_TABLE + index * 20L;
        memory.writeLong(entry, from);
        memory.writeLong(entry + 8, to - from);
        memory.writeInt(entry + 16, type);
    }

    private void writeGdt() {
        memory.writeLong(GDT + BOOT_CS, flatDescriptor(CODE_64));
        memory.writeLong(GDT + BOOT_DS, flatDescriptor(DATA_32));
    }

    /** Base 0, limit 4 GiB. */
    private static long flatDescriptor(int attributes) {
        return (long) attributes << 40 | 0x000f_0000_0000_ffffL;
    }

    private void writePageTables() {
        long level4 = PAGE_TABLES;
        long level3 = level4 + PhysicalMemory.FRAME_SIZE;
        long flags = Mmu.PRESENT | Mmu.WRITABLE;
        memory.writeLong(level4, level3 | flags);
        for (int i = 0; i < GIGABYTES; i++) {
            long level2 = level3 + (i + 1L) * PhysicalMemory.FRAME_SIZE;
            memory.writeLong(level3 + i * 8L, level2 | flags);
            for (int j = 0; j < 512; j++) {
                memory.writeLong(level2 + j * 8L, (i * 512L + j) * LARGE_PAGE | flags | Mmu.PAGE_SIZE);
            }
        }
    }

    private void point(Cpu cpu) {
        cpu.segments.gdtBase = GDT;
        cpu.segments.gdtLimit = BOOT_DS + 7;
        cpu.segments.cs().set(BOOT_CS, 0, 0xffff_ffffL, CODE_64);
        for (Segment name : Segment.values()) {
            SegmentRegister register = cpu.segments.get(name);
            if (name != Segment.CS) {
                register.set(BOOT_DS, 0, 0xffff_ffffL, DATA_32);
            }
        }
        cpu.segments.tr.set(0, 0, 0xffff, BUSY_TSS);
        cpu.control.cr0 = Cr0.PG | Cr0.ET | Cr0.PE;
        cpu.control.cr3 = PAGE_TABLES;
        cpu.control.cr4 = Cr4.PAE;
        cpu.control.efer = Efer.LME | Efer.LMA;
        cpu.applyControl();
        cpu.setCpl(0);
        cpu.setRflags(Flags.FIXED);
        cpu.r[Cpu.RSI] = BOOT_PARAMS;
        cpu.jump(image.elf().entry());
    }
}
