package org.pvdiet.emulator.device;

/** A wire to an interrupt controller. */
public interface IrqLine {
    void set(boolean high);
}
