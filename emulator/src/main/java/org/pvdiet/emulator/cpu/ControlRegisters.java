package org.pvdiet.emulator.cpu;

/** CR0, CR2, CR3, CR4, CR8 and EFER. */
public final class ControlRegisters {
    public long cr0;
    public long cr2;
    public long cr3;
    public long cr4;
    public long cr8;
    public long efer;

    ControlRegisters() {}
}
