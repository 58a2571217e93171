package org.pvdiet.emulator.platform;

import java.util.Arrays;
import java.util.List;

/** A platform around a bare processor that delivers nothing and keeps no registers of its own. */
public final class TestPlatform implements Platform {
    private boolean kernelMode = true;

    /** Says whether the guest's kernel runs; it does unless this was called. */
    public void setKernelMode(boolean isKernel) {
        kernelMode = isKernel;
    }

    @Override
    public String name() {
        return "test";
    }

    @Override
    public boolean deliverInterrupt() {
        return false;
    }

    @Override
    public boolean isKernelMode() {
        return kernelMode;
    }

    @Override
    public boolean interruptsEnabled() {
        return false;
    }

    @Override
    public void controlRegisters(long[] values, int at) {
        Arrays.fill(values, at, at + 4, 0);
    }

    @Override
    public List<Frames> frames() {
        return List.of();
    }

    @Override
    public List<String> unimplemented() {
        return List.of();
    }
}
