package org.pvdiet.emulator.cpu;

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
    public final Fpu fpu = new Fpu();

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

    public Cpu(Mmu mmu, PortBus ports, InterruptController interrupts) {
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
