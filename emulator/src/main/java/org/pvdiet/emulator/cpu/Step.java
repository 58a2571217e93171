package org.pvdiet.emulator.cpu;

/** Something for the interpreter to execute: a micro-operation, or several of one instruction at once. */
abstract class Step {
    /** May throw {@link Fault} or {@link org.pvdiet.emulator.memory.MemoryFault}. */
    abstract void execute(Cpu cpu);
}
