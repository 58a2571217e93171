package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.cpu.decode.Mode;
import org.pvdiet.emulator.memory.LinearMemory;
import org.pvdiet.emulator.memory.MemoryFault;

/** The stack as one instruction uses it: its pointer becomes RSP only when the instruction cannot fail any more. */
final class Stack {
    private final LinearMemory memory;
    private final long base;
    private final long mask;
    private final int external;
    private long pointer;

    private Stack(LinearMemory memory, long base, long mask, long pointer, int external) {
        this.memory = memory;
        this.base = base;
        this.mask = mask;
        this.pointer = pointer;
        this.external = external;
    }

    /** The current stack, as wide as the mode and SS make it. */
    static Stack of(Cpu cpu) {
        long rsp = cpu.r[Cpu.RSP];
        if (cpu.mode() == Mode.BITS_64) {
            return new Stack(cpu.memory(), 0, -1, rsp, 0);
        }
        SegmentRegister ss = cpu.segments.ss();
        return new Stack(cpu.memory(), ss.base, ss.isBig() ? 0xffff_ffffL : 0xffff, rsp, 0);
    }

    /**
     * A 64-bit stack of the given privilege level.
     *
     * @param external the error code's bit 0 where the stack cannot be used
     */
    static Stack at(Cpu cpu, long pointer, int level, int external) {
        LinearMemory memory = level == 3 ? cpu.mmu().user() : cpu.mmu().supervisor();
        return new Stack(memory, 0, -1, pointer, external);
    }

    private long linear(long offset) {
        return mask == -1 ? offset : base + (offset & mask) & 0xffff_ffffL;
    }

    private void move(long to) {
        pointer = mask == 0xffff ? pointer & ~mask | to & mask : to & mask;
    }

    void push(int size, long value) {
        long to = pointer - size;
        try {
            memory.store(linear(to), size, value);
        } catch (MemoryFault fault) {
            throw stackFault(fault);
        }
        move(to);
    }

    long pop(int size) {
        long value;
        try {
            value = memory.load(linear(pointer), size);
        } catch (MemoryFault fault) {
            throw stackFault(fault);
        }
        move(pointer + size);
        return value;
    }

    private RuntimeException stackFault(MemoryFault fault) {
        return fault.isPageFault() ? fault : Fault.of(Vector.STACK_FAULT, external);
    }

    void skip(long bytes) {
        move(pointer + bytes);
    }

    long pointer() {
        return pointer;
    }
}
