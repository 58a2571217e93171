package org.pvdiet.emulator.cpu;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pvdiet.emulator.cpu.decode.Segment;
import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.memory.PhysicalMemory;

/**
 * A processor in 64-bit mode with 16 MiB of memory, mapped one to one in 4 KiB pages for user and kernel, a GDT, an IDT
 * whose gates lead to one HLT each, and a TSS: what it takes to run a few instructions at any privilege level and see where
 * they end.
 */
final class BareMachine {
    static final long TABLES = 0x10_0000;
    static final long GDT = 0x8000;
    static final long IDT = 0x9000;
    static final long TSS = 0x1_0000;
    static final long LDT = 0xb000;

    /** A HLT for each vector, {@link #HANDLER_SIZE} bytes apart. */
    static final long HANDLERS = 0xc000;

    static final int HANDLER_SIZE = 16;
    static final long CODE = 0x2_0000;
    static final long USER_STACK = 0x3_0000;
    static final long KERNEL_STACK = 0x4_0000;
    static final long INTERRUPT_STACK_1 = 0x5_0000;
    static final long DATA = 0x6_0000;
    static final int PAGES = 4096;

    static final int KERNEL_CODE = 0x08;
    static final int KERNEL_DATA = 0x10;
    static final int USER_CODE_32 = 0x18 | 3;
    static final int USER_DATA = 0x20 | 3;
    static final int USER_CODE = 0x28 | 3;
    static final int TASK = 0x30;
    static final int LOCAL = 0x40;
    static final int ABSENT = 0x50;
    static final int CONFORMING = 0x58;
    static final int READ_ONLY = 0x60;
    static final int CALL_GATE = 0x70;
    static final int DPL1_CODE = 0x80;
    static final int DPL1_DATA = 0x88;
    static final int GDT_LIMIT = 0x8f;

    final PhysicalMemory memory = new PhysicalMemory(16 << 20);
    final Mmu mmu = new Mmu(memory, 40);
    final Cpu cpu;
    final Map<Integer, Integer> ports = new HashMap<>();
    final List<String> events = new ArrayList<>();
    int pendingVector = -1;

    BareMachine() {
        this("qemu64");
    }

    BareMachine(String model) {
        this(CpuModel.named(model));
    }

    BareMachine(CpuModel model) {
        cpu = new Cpu(model, mmu, portBus(), interruptController());
        mapOneToOne();
        writeTables();
        ControlRegisters control = cpu.control;
        control.cr0 = Cr0.PE | Cr0.PG | Cr0.WP | Cr0.NE | Cr0.ET | Cr0.MP;
        control.cr3 = TABLES;
        control.cr4 = Cr4.PAE | Cr4.PGE | Cr4.OSFXSR;
        control.efer = Efer.LME | Efer.LMA | Efer.SCE | Efer.NXE;
        cpu.applyControl();
        SegmentRegisters segments = cpu.segments;
        segments.gdtBase = GDT;
        segments.gdtLimit = GDT_LIMIT;
        segments.idtBase = IDT;
        segments.idtLimit = 0xfff;
        segments.tr.set(TASK, TSS, 0x2068, 0x8b);
        enterKernel();
    }

    private PortBus portBus() {
        return new PortBus() {
            @Override
            public int in(int port, int size) {
                return ports.getOrDefault(port, -1);
            }

            @Override
            public void out(int port, int size, int value) {
                ports.put(port, value);
            }
        };
    }

    private InterruptController interruptController() {
        return new InterruptController() {
            @Override
            public boolean isPending() {
                return pendingVector >= 0;
            }

            @Override
            public int acknowledge() {
                int vector = pendingVector;
                pendingVector = -1;
                return vector;
            }
        };
    }

    private void mapOneToOne() {
        memory.writeLong(TABLES, TABLES + 0x1000 | 7);
        memory.writeLong(TABLES + 0x1000, TABLES + 0x2000 | 7);
        for (int i = 0; i < PAGES / 512; i++) {
            memory.writeLong(TABLES + 0x2000 + 8L * i, TABLES + 0x3000 + 0x1000L * i | 7);
        }
        for (int page = 0; page < PAGES; page++) {
            setPage(page * 4096L, page * 4096L | 7);
        }
    }

    /** Sets the last-level entry of a linear address below 16 MiB; translations of it stay cached. */
    void setPage(long linear, long entry) {
        memory.writeLong(TABLES + 0x3000 + (linear >>> 12) * 8, entry);
    }

    private void writeTables() {
        setDescriptor(KERNEL_CODE, 0x00af_9b00_0000_ffffL);
        setDescriptor(KERNEL_DATA, 0x00cf_9300_0000_ffffL);
        setDescriptor(USER_CODE_32, 0x00cf_fb00_0000_ffffL);
        setDescriptor(USER_DATA, 0x00cf_f300_0000_ffffL);
        setDescriptor(USER_CODE, 0x00af_fb00_0000_ffffL);
        setDescriptor(TASK, 0x0000_8900_0000_2068L | (TSS & 0xff_ffff) << 16);
        setDescriptor(LOCAL, 0x0000_8200_0000_000fL | LDT << 16);
        setDescriptor(ABSENT, 0x00cf_7300_0000_ffffL);
        setDescriptor(CONFORMING, 0x00af_9f00_0000_ffffL);
        setDescriptor(READ_ONLY, 0x00cf_f100_0000_ffffL);
        setDescriptor(DPL1_CODE, 0x00af_bb00_0000_ffffL);
        setDescriptor(DPL1_DATA, 0x00cf_b300_0000_ffffL);
        // LDT: one 32-bit data segment of user privilege with base 0x60000 and 256 bytes.
        memory.writeLong(LDT, 0x0040_f306_0000_00ffL);
        for (int vector = 0; vector < 256; vector++) {
            setGate(vector, KERNEL_CODE, handler(vector), 0x8e, 0);
            memory.write(handler(vector), 1, 0xf4);
        }
        memory.writeLong(TSS + 4, KERNEL_STACK);
        memory.writeLong(TSS + 12, KERNEL_STACK + 0x1000);
        memory.writeLong(TSS + 0x24, INTERRUPT_STACK_1);
        // The I/O permission bitmap: all ports refused, and its last byte of ones.
        memory.write(TSS + 102, 2, 104);
        for (int i = 0; i <= 8192; i++) {
            memory.write(TSS + 104 + i, 1, 0xff);
        }
    }

    void setDescriptor(int selector, long bits) {
        memory.writeLong(GDT + (selector & 0xfff8), bits);
    }

    static long handler(int vector) {
        return HANDLERS + (long) vector * HANDLER_SIZE;
    }

    /**
     * @param access type, DPL and present bit as in byte 5: 8e for a kernel interrupt gate
     */
    void setGate(int vector, int selector, long target, int access, int interruptStack) {
        long at = IDT + vector * 16L;
        memory.writeLong(
                at,
                target & 0xffff
                        | (long) selector << 16
                        | (long) interruptStack << 32
                        | (long) access << 40
                        | (target & 0xffff_0000L) << 32);
        memory.writeLong(at + 8, target >>> 32);
    }

    void enterKernel() {
        load(Segment.CS, KERNEL_CODE);
        load(Segment.SS, KERNEL_DATA);
        load(Segment.DS, KERNEL_DATA);
        load(Segment.ES, KERNEL_DATA);
        cpu.setCpl(0);
        cpu.r[Cpu.RSP] = KERNEL_STACK;
    }

    void enterUser() {
        enterUser(USER_CODE);
    }

    void enterUser(int code) {
        load(Segment.CS, code);
        load(Segment.SS, USER_DATA);
        load(Segment.DS, USER_DATA);
        load(Segment.ES, USER_DATA);
        cpu.setCpl(3);
        cpu.r[Cpu.RSP] = USER_STACK;
    }

    private void load(Segment segment, int selector) {
        long bits = memory.readLong(GDT + (selector & 0xfff8));
        Descriptors.install(cpu.segments.get(segment), selector, new Descriptor(bits));
    }

    /** Runs what is assembled at {@link #CODE} until it halts, which any exception makes it do. */
    BareMachine run(String source) {
        place(CODE, source);
        cpu.jump(CODE);
        return resume();
    }

    void place(long address, String source) {
        byte[] code = Assembler.assemble(address, source);
        memory.write(address, code, 0, code.length);
    }

    BareMachine resume() {
        cpu.setHalted(false);
        long end = cpu.time() + 10_000;
        while (!cpu.isHalted()) {
            cpu.run(end);
            if (cpu.time() >= end) {
                throw new AssertionError(String.format("still running at %#x", cpu.rip()));
            }
            if (cpu.takesInterrupts() && pendingVector >= 0) {
                int vector = pendingVector;
                pendingVector = -1;
                Exceptions.interrupt(cpu, vector);
            }
        }
        return this;
    }

    /** The vector whose handler the processor halted in, or -1. */
    int vector() {
        long offset = cpu.rip() - 1 - HANDLERS;
        return offset >= 0 && offset < 256 * HANDLER_SIZE && offset % HANDLER_SIZE == 0
                ? (int) (offset / HANDLER_SIZE)
                : -1;
    }

    /** The n-th quadword from the top of the stack. */
    long stacked(int n) {
        return memory.readLong(cpu.r[Cpu.RSP] + 8L * n);
    }
}
