package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.cpu.decode.Segment;
import org.pvdiet.emulator.memory.LinearMemory;
import org.pvdiet.emulator.memory.MemoryFault;

/** MOVS, CMPS, STOS, LODS and SCAS (SDM volume 2), repeated or not, as one instruction each. */
public enum StringOperation {
    MOVS,
    CMPS,
    STOS,
    LODS,
    SCAS;

    /** REP, REPE and REPNE; for MOVS, STOS and LODS all of them are REP. */
    public enum Repetition {
        ONCE,
        WHILE_EQUAL,
        WHILE_NOT_EQUAL
    }

    void execute(Cpu cpu, MicroOp.Repeat op) {
        if (op.repetition() == Repetition.ONCE) {
            element(cpu, op);
            return;
        }
        if (this == CMPS || this == SCAS) {
            compare(cpu, op);
            return;
        }
        int addressSize = op.addressSize();
        while (true) {
            long left = Alu.zeroExtend(addressSize, cpu.r[Cpu.RCX]);
            if (left == 0) {
                return;
            }
            long done = bulk(cpu, op, left);
            if (done == 0) {
                element(cpu, op);
                done = 1;
            }
            cpu.write(addressSize, Cpu.RCX, left - done);
        }
    }

    /** A fault leaves the flags as they were before the first element (SDM volume 2, REP). */
    private void compare(Cpu cpu, MicroOp.Repeat op) {
        int addressSize = op.addressSize();
        long flags = cpu.statusFlags();
        try {
            long left = Alu.zeroExtend(addressSize, cpu.r[Cpu.RCX]);
            while (left != 0) {
                element(cpu, op);
                cpu.write(addressSize, Cpu.RCX, --left);
                if (cpu.zero() != (op.repetition() == Repetition.WHILE_EQUAL)) {
                    return;
                }
            }
        } catch (MemoryFault fault) {
            cpu.flags(StatusFlags.BITS, 0, flags);
            throw fault;
        }
    }

    private void element(Cpu cpu, MicroOp.Repeat op) {
        int size = op.size();
        long step = cpu.isDirectionDown() ? -size : size;
        LinearMemory memory = cpu.memory();
        switch (this) {
            case MOVS -> {
                memory.store(destination(cpu, op), size, memory.load(op.source().linear(cpu), size));
                advance(cpu, op, Cpu.RSI, step);
                advance(cpu, op, Cpu.RDI, step);
            }
            case CMPS -> {
                long a = memory.load(op.source().linear(cpu), size);
                long b = memory.load(destination(cpu, op), size);
                Alu.sub(cpu, size, a, b);
                advance(cpu, op, Cpu.RSI, step);
                advance(cpu, op, Cpu.RDI, step);
            }
            case STOS -> {
                memory.store(destination(cpu, op), size, cpu.r[Cpu.RAX]);
                advance(cpu, op, Cpu.RDI, step);
            }
            case LODS -> {
                cpu.write(size, Cpu.RAX, memory.load(op.source().linear(cpu), size));
                advance(cpu, op, Cpu.RSI, step);
            }
            case SCAS -> {
                long b = memory.load(destination(cpu, op), size);
                Alu.sub(cpu, size, cpu.r[Cpu.RAX], b);
                advance(cpu, op, Cpu.RDI, step);
            }
        }
    }

    /** Many elements at once where memory allows; gives how many. */
    private long bulk(Cpu cpu, MicroOp.Repeat op, long left) {
        if (this == LODS || cpu.isDirectionDown() || op.addressSize() != 8 || left < 4) {
            return 0;
        }
        int size = op.size();
        int wanted = (int) Math.min(left, 4096) * size;
        int bytes = this == STOS
                ? cpu.memory().fill(cpu.r[Cpu.RDI], size, cpu.r[Cpu.RAX], wanted)
                : cpu.memory().copy(cpu.r[Cpu.RDI], op.source().linear(cpu), size, wanted);
        if (bytes == 0) {
            return 0;
        }
        cpu.r[Cpu.RDI] += bytes;
        if (this == MOVS) {
            cpu.r[Cpu.RSI] += bytes;
        }
        return bytes / size;
    }

    private static long destination(Cpu cpu, MicroOp.Repeat op) {
        long offset = Alu.zeroExtend(op.addressSize(), cpu.r[Cpu.RDI]);
        return op.source().narrow() ? cpu.segments.get(Segment.ES).base + offset & 0xffffffffL : offset;
    }

    private static void advance(Cpu cpu, MicroOp.Repeat op, int register, long step) {
        cpu.write(op.addressSize(), register, cpu.r[register] + step);
    }
}
