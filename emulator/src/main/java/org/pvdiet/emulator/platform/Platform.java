package org.pvdiet.emulator.platform;

import java.util.List;

/** A guest placed on a platform, ready to run. What it says of registers and modes is what the guest would find. */
public interface Platform {
    /**
     * Some of the guest's frames and the machine frames behind them, numbers of 4096-byte frames.
     *
     * @param pfn first pseudo-physical frame
     * @param mfn first machine frame, -1 where there is none
     */
    record Frames(long pfn, long mfn, long count) {}

    /** As users write it: {@code native}, {@code xen-pv}. */
    String name();

    /**
     * Delivers an interrupt or event to the guest if one is pending and the guest takes it now.
     *
     * @return true if the guest's state changed
     */
    boolean deliverInterrupt();

    /** True while the guest's kernel runs, whatever its privilege level. */
    boolean isKernelMode();

    /** Whether the guest takes interrupts or events now. */
    boolean interruptsEnabled();

    /** How many {@link #controlRegisters} gives. */
    int CONTROL_REGISTERS = 4;

    /** Puts CR0, CR2, CR3 and CR4, as the guest's kernel would read them, into {@code values} from {@code at} on. */
    void controlRegisters(long[] values, int at);

    /** How the guest's frames lie in the machine, in runs; empty where both are the same. */
    List<Frames> frames();

    /** What the guest asked for that is not there, each named once, in the order it was first asked for. */
    List<String> unimplemented();
}
