package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.cpu.decode.Mode;
import org.pvdiet.emulator.memory.LinearMemory;
import org.pvdiet.emulator.memory.Mmu;

/** One virtual processor: its registers, and what it is connected to. */
public final class Cpu {
    public static final int RAX = 0;
    public static final int RCX = 1;
    public static final int RDX = 2;
    public static final int RBX = 3;
    public static final int RSP = 4;
    public static final int RBP = 5;
    public static final int RSI = 6;
    public static final int RDI = 7;
    public static final int R8 = 8;
    public static final int R9 = 9;
    public static final int R10 = 10;
    public static final int R11 = 11;
    public static final int R12 = 12;
    public static final int R13 = 13;
    public static final int R14 = 14;
    public static final int R15 = 15;

    /** General-purpose registers 0 to 15; above them, temporaries of micro-operations. */
    public final long[] r = new long[32];

    public final SegmentRegisters segments = new SegmentRegisters();
    public final ControlRegisters control = new ControlRegisters();
    public final DebugRegisters debug = new DebugRegisters();
    public final CpuModel model;
    public final Msrs msrs;

    private final Mmu mmu;
    private final PortBus ports;
    private LinearMemory memory;
    private Supervisor supervisor = Supervisor.NONE;
    private Observer observer = Observer.NONE;
    private InterruptController interrupts;
    private long rip;
    private long rflags = Flags.FIXED;
    private int cpl;
    private long retired;
    private long idle;
    private boolean halted;
    private boolean exitRequested;

    // STI and loads of SS hold interrupts off until this many instructions have retired.
    private long shadowEnd;

    public Cpu(Mmu mmu, PortBus ports, InterruptController interrupts) {
        this(CpuModel.named(CpuModel.DEFAULT), mmu, ports, interrupts);
    }

    public Cpu(CpuModel model, Mmu mmu, PortBus ports, InterruptController interrupts) {
        this.model = model;
        this.msrs = new Msrs(this);
        this.mmu = mmu;
        this.ports = ports;
        this.interrupts = interrupts;
        this.memory = mmu.supervisor();
    }

    public Mmu mmu() {
        return mmu;
    }

    /** Linear memory as the current privilege level sees it. */
    public LinearMemory memory() {
        return memory;
    }

    public PortBus ports() {
        return ports;
    }

    public InterruptController interrupts() {
        return interrupts;
    }

    public Supervisor supervisor() {
        return supervisor;
    }

    public void setSupervisor(Supervisor supervisor) {
        this.supervisor = supervisor;
    }

    public Observer observer() {
        return observer;
    }

    public void setObserver(Observer observer) {
        this.observer = observer;
    }

    /** The instruction pointer: exact in operations, probes, supervisors and between runs. */
    public long rip() {
        return rip;
    }

    /** Continues at {@code target}: for operations that end a block, supervisors, and whoever sets up the machine. */
    public void jump(long target) {
        rip = target;
    }

    /** All of RFLAGS, status flags computed. */
    public long rflags() {
        return rflags;
    }

    public void setRflags(long value) {
        rflags = value;
    }

    public boolean interruptsEnabled() {
        return (rflags() & Flags.IF) != 0;
    }

    /** How instructions are read now, as CS says. */
    public Mode mode() {
        SegmentRegister cs = segments.cs();
        return cs.isLong() ? Mode.BITS_64 : cs.isBig() ? Mode.BITS_32 : Mode.BITS_16;
    }

    /** Tells paging what CR0, CR3, CR4 and EFER say, all translations dropped. */
    public void applyControl() {
        mmu.configure(
                (control.cr0 & Cr0.WP) != 0,
                (control.efer & Efer.NXE) != 0,
                (control.cr4 & Cr4.SMEP) != 0,
                (control.cr4 & Cr4.SMAP) != 0,
                (control.cr4 & Cr4.PGE) != 0);
        mmu.setRoot(control.cr3, false);
    }

    /** Holds maskable interrupts off until the instruction after the current one is done. */
    void holdInterrupts() {
        shadowEnd = retired() + 2;
    }

    void releaseInterrupts() {
        shadowEnd = 0;
    }

    /** True where a pending interrupt is taken before the next instruction. */
    public boolean takesInterrupts() {
        return interruptsEnabled() && retired() >= shadowEnd;
    }

    /** True while instructions must be executed one by one, because each may end in #DB. */
    public boolean isStepping() {
        return (rflags() & Flags.TF) != 0 || debug.isArmed();
    }

    public int cpl() {
        return cpl;
    }

    public void setCpl(int level) {
        cpl = level;
        memory = level == 3 ? mmu.user() : mmu.supervisor();
    }

    /** Instructions retired so far; exact in operations, probes, supervisors and between runs. */
    public long retired() {
        return retired;
    }

    /** Virtual time in nanoseconds: one per retired instruction, plus what passed while halted. */
    public long time() {
        return retired + idle;
    }

    /** Lets virtual time pass while the processor is halted. */
    public void idleUntil(long time) {
        idle += Math.max(0, time - time());
    }

    public boolean isHalted() {
        return halted;
    }

    public void setHalted(boolean halted) {
        this.halted = halted;
        requestExit();
    }

    /** Makes {@link #run} return after the current instruction. */
    public void requestExit() {
        exitRequested = true;
    }

    /**
     * Executes until virtual time reaches {@code deadline}, the processor halts, or somebody asked to exit. Returns at the
     * exact instruction.
     */
    public void run(long deadline) {
        exitRequested = false;
        while (!exitRequested && time() < deadline) {
            throw new UnsupportedOperationException("no interpreter yet");
        }
    }

    /** Runs {@code probe} each time control reaches {@code address}, a linear address. */
    public void setProbe(long address, Probe probe) {
        throw new UnsupportedOperationException("no interpreter yet");
    }
}
