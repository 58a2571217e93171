package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.cpu.Supervisor.Origin;
import org.pvdiet.emulator.memory.MemoryFault;

/** Delivery of exceptions and interrupts through the IDT in IA-32e mode (SDM volume 3, sections 6.12 to 6.15). */
public final class Exceptions {
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
        throw new UnsupportedOperationException();
    }

    /** INT n, INT3, INTO, INT1 at RIP, with the address of the instruction after it. */
    public static void software(Cpu cpu, int vector, long next) {
        throw new UnsupportedOperationException();
    }

    /** Delivers an external interrupt through the IDT and ends a halt. The caller has checked that it is taken now. */
    public static void interrupt(Cpu cpu, int vector) {
        throw new UnsupportedOperationException();
    }

    /**
     * To be called before each instruction while {@link Cpu#isStepping}: instruction breakpoints.
     *
     * @return true where #DB was delivered instead
     */
    public static boolean beforeInstruction(Cpu cpu) {
        throw new UnsupportedOperationException();
    }

    /**
     * To be called after each instruction that began while {@link Cpu#isStepping} and did not fault: single step, data
     * breakpoints.
     *
     * @param traced RFLAGS.TF was set when the instruction began
     */
    public static void afterInstruction(Cpu cpu, boolean traced) {
        throw new UnsupportedOperationException();
    }
}
