package org.pvdiet.emulator.cpu;

/**
 * CR0, CR2, CR3, CR4, CR8, EFER and XCR0 as they are. Whoever sets them directly, as a loader does, calls
 * {@link Cpu#applyControl} afterwards.
 */
public final class ControlRegisters {
    public long cr0;
    public long cr2;
    public long cr3;
    public long cr4;
    public long cr8;
    public long efer;
    public long xcr0 = 1;

    ControlRegisters() {}

    /**
     * To be called first by x87 instructions.
     *
     * @throws Fault #NM where CR0.EM or CR0.TS is set
     */
    public void requireX87() {
        if ((cr0 & (Cr0.EM | Cr0.TS)) != 0) {
            throw Fault.deviceNotAvailable();
        }
    }

    /**
     * To be called first by FWAIT.
     *
     * @throws Fault #NM where CR0.MP and CR0.TS are set
     */
    public void requireWait() {
        if ((cr0 & Cr0.MP) != 0 && (cr0 & Cr0.TS) != 0) {
            throw Fault.deviceNotAvailable();
        }
    }

    /**
     * To be called first by MMX instructions.
     *
     * @throws Fault #UD where CR0.EM is set, #NM where CR0.TS is
     */
    public void requireMmx() {
        if ((cr0 & Cr0.EM) != 0) {
            throw Fault.invalidOpcode();
        }
        if ((cr0 & Cr0.TS) != 0) {
            throw Fault.deviceNotAvailable();
        }
    }

    /**
     * To be called first by SSE instructions.
     *
     * @throws Fault #UD where CR0.EM is set or CR4.OSFXSR is not, #NM where CR0.TS is
     */
    public void requireSse() {
        if ((cr4 & Cr4.OSFXSR) == 0) {
            throw Fault.invalidOpcode();
        }
        requireMmx();
    }
}
