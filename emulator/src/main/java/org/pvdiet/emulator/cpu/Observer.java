package org.pvdiet.emulator.cpu;

/**
 * Sees the architectural effects that no memory access shows. The processor calls it as effects happen; a platform that
 * carries out a privileged operation on the guest's behalf calls it with the values that the guest sees. Methods must not
 * change the machine.
 */
public interface Observer {
    Observer NONE = new Observer() {};

    /** Descriptor-table registers. */
    enum Table {
        GDTR,
        IDTR,
        LDTR,
        TR
    }

    /** @param number 0, 2, 3, 4 or 8 */
    default void controlRegister(int number, long old, long value) {}

    default void debugRegister(int number, long old, long value) {}

    default void msrRead(int index, long value) {}

    default void msrWrite(int index, long old, long value) {}

    /** A write went through without an error, and the register keeps what it held. */
    default void msrWriteIgnored(int index, long kept) {}

    /** LGDT, LIDT, LLDT, LTR; {@code base} and {@code limit} in force afterwards. */
    default void descriptorTable(Table table, int selector, long base, long limit) {}

    /** A frame is in use as a page table of this level from now on; what is in it may be about to be adjusted. */
    default void pageTable(long frame, int level) {}

    /** A segment register was loaded with a selector; registers in the order ES CS SS DS FS GS. */
    default void segment(int register, int selector) {}

    /** All translations but global ones were dropped, or all. */
    default void flush(boolean globalToo) {}

    /** One page's translations were dropped. */
    default void invalidatePage(long linear) {}

    default void portIn(int port, int size, int value) {}

    default void portOut(int port, int size, int value) {}

    /** CPUID was executed; the answer is in the registers. */
    default void cpuid(int leaf, int subleaf) {}

    default void timestamp(long value) {}

    default void halt() {}

    /** An exception, before it is delivered: RIP is still that of the interrupted code; {@code address} as CR2 would get it. */
    default void exception(int vector, int errorCode, long address) {}

    /** A maskable interrupt or a platform's event, before it is delivered: RIP is still that of the interrupted code. */
    default void interrupt(int vector) {}

    /**
     * Control is back in what was interrupted or outside of the kernel, by IRET, SYSRET, SYSEXIT or what a platform has for
     * them: registers are those that it goes on with.
     *
     * @param frame the stack pointer before it; what was pushed up to there is given up
     */
    default void returned(long frame) {}

    /** A privileged instruction or a write that trapped, before what is below the guest carries it out. */
    default void emulated(long rip) {}

    /** A hypercall begins; at most six arguments count. */
    default void hypercall(int number, long[] arguments) {}

    /** One of the operations that the hypercall under way was given a list of is done. */
    default void hypercallOperation(int number, int command, long first, long second, long result) {}

    /** The hypercall that began last and has not ended is done. */
    default void hypercallDone(int number, long result) {}
}
