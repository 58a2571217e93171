package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.memory.MemoryFault;

final class Exceptions {
    private Exceptions() {}

    static void fault(Cpu cpu, Fault fault) {
        throw fault;
    }

    static void fault(Cpu cpu, MemoryFault fault, boolean stackSegment) {
        throw fault;
    }
}
