package org.pvdiet.analyzer.calls;

/** Whether the kernel had allowed the platform to put off updates (Linux, arch/x86/kernel/paravirt.c). */
public enum Lazy {
    NONE,
    /** Between {@code lazy_mode.enter} and {@code lazy_mode.leave}. */
    MMU,
    /** Between {@code cpu.start_context_switch} and {@code cpu.end_context_switch}. */
    CPU
}
