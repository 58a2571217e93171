package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.cpu.InterruptController;

/** No hardware interrupt reaches a PV guest: it gets events. */
final class NoInterrupts implements InterruptController {
    static final InterruptController CONTROLLER = new NoInterrupts();

    private NoInterrupts() {}

    @Override
    public boolean isPending() {
        return false;
    }

    @Override
    public int acknowledge() {
        throw new IllegalStateException("there is no interrupt to acknowledge");
    }
}
