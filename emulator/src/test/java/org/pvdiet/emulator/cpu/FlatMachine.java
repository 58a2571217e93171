package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.cpu.decode.Mode;
import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.memory.PhysicalMemory;

/** A processor with 64 MiB of memory and page tables for user code, and nothing around it. */
final class FlatMachine {
    private static final long TABLES = 0x100000;

    final PhysicalMemory memory = new PhysicalMemory(64 << 20);
    final Mmu mmu = new Mmu(memory, 40);
    final Cpu cpu;
    private long nextTable = TABLES + 4096;

    /** What the last exception was; -1 where none was since this was last set. */
    int vector = -1;

    int errorCode;
    long faultAddress;

    FlatMachine(CpuModel model) {
        this(model, Cpu.instructions(model));
    }

    FlatMachine(CpuModel model, InstructionSet instructions) {
        cpu = new Cpu(model, instructions, mmu, PortBus.NONE, InterruptController.NONE);
        mmu.setRoot(TABLES, false);
        mmu.configure(true, true, false, false, false);
        // As a processor that executes such code has it; what else follows from it is set up by hand.
        cpu.control.efer = Efer.LME | Efer.LMA;
        setMode(Mode.BITS_64);
        cpu.setSupervisor(new Supervisor() {
            @Override
            public boolean exception(Cpu at, int number, int code, long address, Origin origin) {
                vector = number;
                errorCode = code;
                faultAddress = address;
                at.requestExit();
                return true;
            }
        });
    }

    /** User code of a mode. */
    void setMode(Mode mode) {
        int attributes = 0xfb | (mode == Mode.BITS_64 ? 0x2000 : mode == Mode.BITS_32 ? 0x4000 : 0);
        cpu.segments.cs().set(mode == Mode.BITS_64 ? 0x33 : 0x23, 0, 0xffffffffL, attributes);
        cpu.segments.ss().set(0x2b, 0, 0xffffffffL, 0x40f3);
        cpu.setCpl(3);
    }

    /** Maps pages for user code, writable and executable. */
    void map(long linear, long physical, int bytes) {
        for (int done = 0; done < bytes; done += 4096) {
            long table = TABLES;
            for (int level = 4; level > 1; level--) {
                table = table(table + ((linear + done) >>> 12 + 9 * (level - 1) & 511) * 8);
            }
            memory.writeLong(table + ((linear + done) >>> 12 & 511) * 8, physical + done | 7);
        }
    }

    private long table(long entryAddress) {
        long entry = memory.readLong(entryAddress);
        if (entry == 0) {
            entry = nextTable | 7;
            nextTable += 4096;
            memory.writeLong(entryAddress, entry);
        }
        return entry & Mmu.FRAME_MASK;
    }
}
