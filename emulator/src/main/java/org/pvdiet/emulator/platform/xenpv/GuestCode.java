package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.decode.Decoder;
import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Mode;
import org.pvdiet.emulator.cpu.decode.Operand;

/** The instruction that trapped, read again from the guest's memory. */
final class GuestCode {
    private GuestCode() {}

    /**
     * The instruction at RIP.
     *
     * @throws BadGuestAddress where it cannot be read
     */
    static Instruction decode(Cpu cpu, GuestMemory guest) {
        long base = cpu.segments.cs().isLong() ? 0 : cpu.segments.cs().base;
        return Decoder.decode(at -> guest.load8(base + at), cpu.rip(), cpu.mode());
    }

    /** The linear address of a memory operand. */
    static long address(Cpu cpu, Instruction instruction, Operand.Memory memory) {
        long offset = memory.displacement();
        if (memory.base() != Operand.NONE) {
            offset += cpu.r[memory.base()];
        }
        if (memory.index() != Operand.NONE) {
            offset += cpu.r[memory.index()] * memory.scale();
        }
        if (memory.addressSize() < 8) {
            offset &= (1L << memory.addressSize() * 8) - 1;
        }
        long base = segmentBase(cpu, instruction, memory);
        return instruction.mode() == Mode.BITS_64 ? base + offset : base + offset & 0xffff_ffffL;
    }

    private static long segmentBase(Cpu cpu, Instruction instruction, Operand.Memory memory) {
        boolean flat = instruction.mode() == Mode.BITS_64;
        return switch (memory.segment()) {
            case FS, GS -> cpu.segments.get(memory.segment()).base;
            case ES, CS, SS, DS -> flat ? 0 : cpu.segments.get(memory.segment()).base;
        };
    }

    /** A register or immediate operand's value, zero-extended. */
    static long value(Cpu cpu, Operand operand) {
        if (operand instanceof Operand.Immediate immediate) {
            return immediate.value();
        }
        if (operand instanceof Operand.Register register) {
            long all = cpu.r[register.number()];
            return switch (register.file()) {
                case GPR_HIGH -> all >>> 8 & 0xff;
                case GPR -> register.size() == 8 ? all : all & (1L << register.size() * 8) - 1;
                case SEGMENT, CONTROL, DEBUG, X87, MMX, XMM ->
                    throw new IllegalArgumentException("not a general register: " + operand);
            };
        }
        throw new IllegalArgumentException("not a value: " + operand);
    }

    /** Sets a general register's part as a result does: 32-bit results clear the upper half. */
    static void set(Cpu cpu, Operand.Register register, long value) {
        int number = register.number();
        switch (register.file()) {
            case GPR_HIGH -> cpu.r[number] = cpu.r[number] & ~0xff00L | (value & 0xff) << 8;
            case GPR -> set(cpu, number, register.size(), value);
            case SEGMENT, CONTROL, DEBUG, X87, MMX, XMM ->
                throw new IllegalArgumentException("not a general register: " + register);
        }
    }

    static void set(Cpu cpu, int number, int size, long value) {
        cpu.r[number] = switch (size) {
            case 8 -> value;
            case 4 -> value & 0xffff_ffffL;
            default -> {
                long mask = (1L << size * 8) - 1;
                yield cpu.r[number] & ~mask | value & mask;
            }
        };
    }
}
