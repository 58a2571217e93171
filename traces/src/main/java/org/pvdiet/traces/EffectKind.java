package org.pvdiet.traces;

/** What an effect changed or did. Says what {@code address}, {@code old} and {@code new} of the row are. */
public enum EffectKind {
    /** Address of the entry; level 1 to 5; old and new entry. */
    PAGE_TABLE_ENTRY,
    /** Number of the control register; old and new value. */
    CONTROL_REGISTER,
    /** Number of the debug register; old and new value. */
    DEBUG_REGISTER,
    /** Index of the MSR; new is what was read. */
    MSR_READ,
    /** Index of the MSR; old and new value. */
    MSR_WRITE,
    /** 0 GDTR, 1 IDTR, 2 LDTR, 3 TR; old and new base, or selector for LDTR and TR. */
    DESCRIPTOR_TABLE,
    /** Address of the descriptor in a table; old and new descriptor. */
    DESCRIPTOR,
    /** 0 ES, 1 CS, 2 SS, 3 DS, 4 FS, 5 GS, 6 FS base, 7 GS base, 8 kernel GS base; old and new value. */
    SEGMENT,
    /** All of the TLB or of an address space; address is the PCID or 0. */
    TLB_FLUSH,
    /** One page's TLB entry; its address. */
    TLB_PAGE,
    /** Port; new is what was read; level is the width in bytes. */
    PORT_IN,
    /** Port; new is what was written; level is the width in bytes. */
    PORT_OUT,
    /** Number of the hypercall; arguments and result. */
    HYPERCALL,
    /** Vector; new is the error code if there is one; result is the faulting address if there is one. */
    EXCEPTION,
    /** Vector. */
    INTERRUPT,
    /** The processor waited; new is how long, in ticks of the run's clock. */
    HALT,
    /** Leaf in address; subleaf in arg0; EAX, EBX, ECX, EDX in arg1 to arg4. */
    CPUID,
    /** The time-stamp counter was read; new is its value. */
    TSC,
    /** RFLAGS.IF or its stand-in changed; old and new are 0 or 1. */
    INTERRUPT_FLAG,
    /** Write of memory shared with the platform, not otherwise named; its address, old and new value. */
    SHARED_MEMORY,
    /**
     * One of the operations that a hypercall was given a list of, of mmuext_op for one; number of the hypercall; level is the
     * operation's command; its arguments and result.
     */
    HYPERCALL_OPERATION
}
