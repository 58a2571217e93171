package org.pvdiet.emulator.cpu;

/**
 * What runs below the guest and may take over what the architecture would do: nothing on bare metal, a hypervisor
 * elsewhere. Each method answers true where it has done all there is to do, registers and RIP included.
 */
public interface Supervisor {
    /** How an exception came about, which decides where the saved RIP points. */
    enum Origin {
        /** RIP is the instruction that failed. */
        FAULT,
        /** RIP is the instruction after the one that trapped (#DB). */
        TRAP,
        /** INT n, INT3, INTO: RIP is after it; the gate's DPL counts. */
        SOFTWARE
    }

    /** The architecture alone. */
    Supervisor NONE = new Supervisor() {};

    /**
     * An exception is about to be delivered through the IDT.
     *
     * @param address the linear address for a page fault (CR2 is not yet written), else 0
     */
    default boolean exception(Cpu cpu, int vector, int errorCode, long address, Origin origin) {
        return false;
    }

    /** SYSCALL, whatever EFER.SCE says; RIP is the instruction after it. */
    default boolean syscall(Cpu cpu) {
        return false;
    }

    /** SYSENTER; RIP is the instruction after it. */
    default boolean sysenter(Cpu cpu) {
        return false;
    }
}
