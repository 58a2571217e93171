package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.cpu.decode.Mode;
import org.pvdiet.emulator.cpu.decode.Operand;
import org.pvdiet.emulator.cpu.decode.RegisterFile;
import org.pvdiet.emulator.cpu.decode.Segment;

/** Reads and writes general operands for operations. */
final class Operands {
    private Operands() {}

    static long truncate(long value, int size) {
        return size == 8 ? value : value & (1L << 8 * size) - 1;
    }

    /** Zero-extended. {@code address} is that of the memory operand. */
    static long read(Cpu cpu, Operand operand, long address) {
        return read(cpu, operand, address, operand.size());
    }

    static long read(Cpu cpu, Operand operand, long address, int size) {
        if (operand instanceof Operand.Register register) {
            return register.file() == RegisterFile.GPR_HIGH
                    ? cpu.r[register.number()] >>> 8 & 0xff
                    : truncate(cpu.r[register.number()], size);
        }
        if (operand instanceof Operand.Immediate immediate) {
            return truncate(immediate.value(), size);
        }
        return cpu.memory().load(address, size);
    }

    static void write(Cpu cpu, Operand operand, long address, int size, long value) {
        if (operand instanceof Operand.Register register) {
            writeRegister(cpu, register.number(), size, value);
        } else {
            cpu.memory().store(address, size, value);
        }
    }

    /** Writes of four bytes clear the upper half, shorter ones leave the rest (SDM volume 1, section 3.4.1.1). */
    static void writeRegister(Cpu cpu, int number, int size, long value) {
        cpu.r[number] = switch (size) {
            case 8 -> value;
            case 4 -> value & 0xffff_ffffL;
            case 2 -> cpu.r[number] & ~0xffffL | value & 0xffff;
            default -> cpu.r[number] & ~0xffL | value & 0xff;
        };
    }

    /** The linear address of an offset in a segment, wrapped to the address size. */
    static long linear(Cpu cpu, Segment segment, long offset, int addressSize) {
        long wrapped = truncate(offset, addressSize);
        if (cpu.mode() == Mode.BITS_64) {
            boolean based = segment == Segment.FS || segment == Segment.GS;
            return based ? wrapped + cpu.segments.get(segment).base : wrapped;
        }
        return wrapped + cpu.segments.get(segment).base & 0xffff_ffffL;
    }

    /** The address of the instruction after one of {@code length} bytes at RIP. */
    static long next(Cpu cpu, int length) {
        long next = cpu.rip() + length;
        return cpu.mode() == Mode.BITS_64 ? next : next & 0xffff_ffffL;
    }
}
