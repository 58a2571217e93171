package org.pvdiet.emulator.cpu;

/** Where maskable interrupts come from. */
public interface InterruptController {
    /** True while an interrupt is requested, whether or not the processor takes it. */
    boolean isPending();

    /** Acknowledges the most urgent request and gives its vector. */
    int acknowledge();
}
