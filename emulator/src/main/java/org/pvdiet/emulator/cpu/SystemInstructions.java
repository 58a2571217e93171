package org.pvdiet.emulator.cpu;

/** The meanings of all system instructions. */
public final class SystemInstructions {
    private SystemInstructions() {}

    public static void define(InstructionSet set) {}
}
