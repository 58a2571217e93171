package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.cpu.Supervisor.Origin;
import org.pvdiet.emulator.memory.LinearMemory;
import org.pvdiet.emulator.memory.MemoryFault;

/** Delivery of exceptions and interrupts through the IDT in IA-32e mode (SDM volume 3, sections 6.12 to 6.15). */
public final class Exceptions {
    /** Error-code bit 1: the index is one of the IDT (SDM volume 3, section 6.13). */
    private static final int IDT = 2;

    private static final int NO_ERROR_CODE = -1;

    private Exceptions() {}

    /** Delivers the fault of the instruction at RIP. */
    public static void fault(Cpu cpu, Fault fault) {
        deliver(cpu, fault.vector(), fault.errorCode(), 0, Origin.FAULT);
    }

    /**
     * Delivers the memory fault of the instruction at RIP: #PF, or for an address that is not canonical #GP(0), or #SS(0)
     * where the access was to the stack segment.
     */
    public static void fault(Cpu cpu, MemoryFault fault, boolean stackSegment) {
        if (fault.isPageFault()) {
            deliver(cpu, Vector.PAGE_FAULT, fault.errorCode(), fault.address(), Origin.FAULT);
        } else {
            deliver(cpu, stackSegment ? Vector.STACK_FAULT : Vector.GENERAL_PROTECTION, 0, 0, Origin.FAULT);
        }
    }

    /**
     * Delivers an exception: to the supervisor, or else through the IDT. Faults on the way become #DF or worse.
     *
     * @param address the linear address of a page fault, else 0
     * @throws TripleFault where #DF cannot be delivered
     */
    public static void deliver(Cpu cpu, int vector, int errorCode, long address, Origin origin) {
        // Nothing retires, but time must pass: a handler that cannot even begin would otherwise never let go.
        cpu.idleUntil(cpu.time() + 1);
        if (cpu.supervisor().exception(cpu, vector, errorCode, address, origin)) {
            return;
        }
        cpu.observer().exception(vector, errorCode, address);
        if (vector == Vector.PAGE_FAULT) {
            cpu.control.cr2 = address;
        }
        // A fault restarts its instruction without meeting the same breakpoint again (SDM volume 3, section 17.3.1.1).
        long resume = origin == Origin.FAULT && vector != Vector.DEBUG ? Flags.RF : 0;
        try {
            int pushed = Vector.hasErrorCode(vector) ? errorCode : NO_ERROR_CODE;
            enter(cpu, vector, pushed, cpu.rflags() & ~Flags.RF | resume, false);
        } catch (Fault second) {
            nested(cpu, vector, second.vector(), second.errorCode(), 0);
        } catch (MemoryFault second) {
            boolean page = second.isPageFault();
            nested(
                    cpu,
                    vector,
                    page ? Vector.PAGE_FAULT : Vector.GENERAL_PROTECTION,
                    page ? second.errorCode() : 1,
                    page ? second.address() : 0);
        }
    }

    /** SDM volume 3, table 6-5: what a fault becomes that happens while another exception is delivered. */
    private static void nested(Cpu cpu, int first, int second, int errorCode, long address) {
        if (first == Vector.DOUBLE_FAULT) {
            throw new TripleFault(
                    cpu.rip(),
                    String.format("exception %d, error code %#x, while #DF was delivered", second, errorCode));
        }
        if (second == Vector.PAGE_FAULT) {
            cpu.control.cr2 = address;
        }
        boolean serious = isContributory(second) || first == Vector.PAGE_FAULT && second == Vector.PAGE_FAULT;
        if (serious && (isContributory(first) || first == Vector.PAGE_FAULT)) {
            deliver(cpu, Vector.DOUBLE_FAULT, 0, 0, Origin.FAULT);
        } else {
            deliver(cpu, second, errorCode, address, Origin.FAULT);
        }
    }

    private static boolean isContributory(int vector) {
        return vector == Vector.DIVIDE_ERROR || vector >= Vector.INVALID_TSS && vector <= Vector.GENERAL_PROTECTION;
    }

    /**
     * INT n, INT3 or INTO at RIP: the gate's DPL counts.
     *
     * @param next the address of the instruction after it
     */
    public static void software(Cpu cpu, int vector, long next) {
        long start = cpu.rip();
        cpu.jump(next);
        if (cpu.supervisor().exception(cpu, vector, 0, 0, Origin.SOFTWARE)) {
            return;
        }
        try {
            enter(cpu, vector, NO_ERROR_CODE, cpu.rflags() & ~Flags.RF, true);
            cpu.debug.skipStep();
        } catch (Fault | MemoryFault fault) {
            // INT n is benign: its faults are those of the instruction itself.
            cpu.jump(start);
            throw fault;
        }
    }

    /** Delivers an external interrupt through the IDT and ends a halt. The caller has checked that it is taken now. */
    public static void interrupt(Cpu cpu, int vector) {
        cpu.setHalted(false);
        cpu.observer().interrupt(vector);
        try {
            enter(cpu, vector, NO_ERROR_CODE, cpu.rflags() & ~Flags.RF, false);
        } catch (Fault fault) {
            deliver(cpu, fault.vector(), fault.errorCode(), 0, Origin.FAULT);
        } catch (MemoryFault fault) {
            fault(cpu, fault, false);
        }
    }

    /**
     * Goes through a gate (SDM volume 3, section 6.14). Throws before it changes any register.
     *
     * @param flags to be saved
     * @param software the gate's DPL counts, and errors are the program's own
     */
    private static void enter(Cpu cpu, int vector, int errorCode, long flags, boolean software) {
        if ((cpu.control.efer & Efer.LMA) == 0) {
            throw new Unimplemented(cpu.rip(), "exception " + vector + " outside IA-32e mode");
        }
        int external = software ? 0 : 1;
        LinearMemory system = cpu.mmu().supervisor();
        SegmentRegisters segments = cpu.segments;
        int index = vector * 8 + IDT;
        if (vector * 16 + 15 > segments.idtLimit) {
            throw Fault.of(Vector.GENERAL_PROTECTION, index + external);
        }
        Descriptor gate = new Descriptor(system.load64(segments.idtBase + vector * 16L));
        boolean interruptGate = gate.isSystem(Descriptor.INTERRUPT_GATE);
        if (!interruptGate && !gate.isSystem(Descriptor.TRAP_GATE) || software && gate.dpl() < cpu.cpl()) {
            throw Fault.of(Vector.GENERAL_PROTECTION, index + external);
        }
        if (!gate.isPresent()) {
            throw Fault.of(Vector.SEGMENT_NOT_PRESENT, index + external);
        }
        long target = gate.gateOffset() | system.load64(segments.idtBase + vector * 16L + 8) << 32;
        int selector = gate.gateSelector();
        Descriptor code = checkHandler(cpu, selector, external);
        int level = code.isConforming() ? cpu.cpl() : code.dpl();

        long rsp = cpu.r[Cpu.RSP];
        if (gate.interruptStack() != 0) {
            rsp = Descriptors.taskStack(cpu, 0x24 + 8 * (gate.interruptStack() - 1), external);
        } else if (level < cpu.cpl()) {
            rsp = Descriptors.taskStack(cpu, Descriptors.taskStackOffset(level), external);
        }
        if (!Descriptors.isCanonical(target)) {
            throw Fault.of(Vector.GENERAL_PROTECTION, external);
        }
        Stack stack = Stack.at(cpu, rsp & -16, level, external);
        stack.push(8, segments.ss().selector);
        stack.push(8, cpu.r[Cpu.RSP]);
        stack.push(8, flags);
        stack.push(8, segments.cs().selector);
        stack.push(8, cpu.rip());
        if (errorCode != NO_ERROR_CODE) {
            stack.push(8, errorCode);
        }
        Descriptors.markAccessed(cpu, selector, code);
        if (software) {
            cpu.observer().exception(vector, 0, 0);
        }

        if (level != cpu.cpl()) {
            Descriptors.setNullStack(segments.ss(), level);
        }
        Descriptors.install(segments.cs(), selector & 0xfffc | level, code);
        cpu.setCpl(level);
        cpu.r[Cpu.RSP] = stack.pointer();
        long cleared = Flags.TF | Flags.NT | Flags.RF | Flags.VM | (interruptGate ? Flags.IF : 0);
        cpu.setRflags(cpu.rflags() & ~cleared);
        cpu.releaseInterrupts();
        cpu.jump(target);
    }

    private static Descriptor checkHandler(Cpu cpu, int selector, int external) {
        if (Descriptors.isNull(selector)) {
            throw Fault.of(Vector.GENERAL_PROTECTION, external);
        }
        Descriptor code = Descriptors.get(cpu, selector, external);
        if (!code.isCode() || code.dpl() > cpu.cpl() || !code.isLong() || code.isBig()) {
            throw Descriptors.fault(Vector.GENERAL_PROTECTION, selector, external);
        }
        if (!code.isPresent()) {
            throw Descriptors.fault(Vector.SEGMENT_NOT_PRESENT, selector, external);
        }
        return code;
    }

    /**
     * To be called before each instruction while {@link Cpu#isStepping}: instruction breakpoints.
     *
     * @return true where #DB was delivered instead
     */
    public static boolean beforeInstruction(Cpu cpu) {
        cpu.debug.takeSkippedStep();
        if ((cpu.rflags() & Flags.RF) != 0) {
            return false;
        }
        long base = cpu.segments.cs().isLong() ? 0 : cpu.segments.cs().base;
        long hits = cpu.debug.instructionHits(base + cpu.rip());
        if (hits == 0) {
            return false;
        }
        debug(cpu, hits, Origin.FAULT);
        return true;
    }

    /**
     * To be called after each instruction that began while {@link Cpu#isStepping} and did not fault: single step, data
     * breakpoints, the end of RFLAGS.RF.
     *
     * @param traced RFLAGS.TF was set when the instruction began
     * @param resumed RFLAGS.RF was set when the instruction began
     */
    public static void afterInstruction(Cpu cpu, boolean traced, boolean resumed) {
        if (resumed) {
            cpu.setRflags(cpu.rflags() & ~Flags.RF);
        }
        boolean step = !cpu.debug.takeSkippedStep() && traced;
        long hits = cpu.debug.takeHits() | (step ? DebugRegisters.DR6_BS : 0);
        if (hits != 0) {
            debug(cpu, hits, Origin.TRAP);
        }
    }

    /** #DB: tells DR6 why, and lets the handler run without general detect (SDM volume 3, section 17.2.4). */
    static void debug(Cpu cpu, long reason, Origin origin) {
        cpu.debug.report(reason);
        deliver(cpu, Vector.DEBUG, 0, 0, origin);
    }
}
