package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.Flags;
import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Operand;

/**
 * What an instruction whose destination is memory does to it, for those that kernels change page-table entries with: MOV,
 * XCHG, CMPXCHG, AND, OR, XOR, BTS, BTR, BTC.
 */
final class MemoryWrite {
    private final Instruction instruction;
    private final Cpu cpu;
    private final long source;
    private long old;
    private long result;
    private boolean equal;

    private MemoryWrite(Instruction instruction, Cpu cpu) {
        this.instruction = instruction;
        this.cpu = cpu;
        this.source = GuestCode.value(cpu, instruction.operand(1));
    }

    /** Null where the instruction is not one of these. */
    static MemoryWrite of(Instruction instruction, Cpu cpu) {
        return switch (instruction.mnemonic()) {
            case MOV, XCHG, CMPXCHG, AND, OR, XOR, BTS, BTR, BTC ->
                isSimple(instruction) ? new MemoryWrite(instruction, cpu) : null;
            default -> null;
        };
    }

    private static boolean isSimple(Instruction instruction) {
        Operand second = instruction.operand(1);
        return second instanceof Operand.Immediate
                || second instanceof Operand.Register register
                        && switch (register.file()) {
                            case GPR, GPR_HIGH -> true;
                            case SEGMENT, CONTROL, DEBUG, X87, MMX, XMM -> false;
                        };
    }

    private boolean isBitTest() {
        return switch (instruction.mnemonic()) {
            case BTS, BTR, BTC -> true;
            default -> false;
        };
    }

    /** How far from the operand's address the bit is, in bytes: a register's bit offset is signed and not limited. */
    long displacement(int size) {
        if (!isBitTest() || instruction.operand(1) instanceof Operand.Immediate) {
            return 0;
        }
        long offset = size == 8 ? source : source << 64 - size * 8 >> 64 - size * 8;
        return Math.floorDiv(offset, size * 8L) * size;
    }

    long apply(long value, int size) {
        old = value;
        long bit = 1L << (source & size * 8 - 1);
        result = switch (instruction.mnemonic()) {
            case MOV, XCHG -> source;
            case AND -> value & source;
            case OR -> value | source;
            case XOR -> value ^ source;
            case BTS -> value | bit;
            case BTR -> value & ~bit;
            case BTC -> value ^ bit;
            case CMPXCHG -> {
                equal = value == (size == 8 ? cpu.r[Cpu.RAX] : cpu.r[Cpu.RAX] & (1L << size * 8) - 1);
                yield equal ? source : value;
            }
            default -> throw new IllegalStateException(instruction.toString());
        };
        return result;
    }

    /** False where a compare found something else: memory stays. */
    boolean stores() {
        return switch (instruction.mnemonic()) {
            case CMPXCHG -> equal;
            default -> true;
        };
    }

    /** Registers and flags. */
    void finish(int size) {
        switch (instruction.mnemonic()) {
            case XCHG -> GuestCode.set(cpu, (Operand.Register) instruction.operand(1), old);
            case AND, OR, XOR -> setFlags(logicFlags(size), Flags.STATUS);
            case BTS, BTR, BTC -> setFlags((old >>> (source & size * 8 - 1) & 1) != 0 ? Flags.CF : 0, Flags.CF);
            case CMPXCHG -> {
                long accumulator = cpu.r[Cpu.RAX] & (size == 8 ? -1 : (1L << size * 8) - 1);
                setFlags(compareFlags(accumulator, old, size), Flags.STATUS);
                if (!equal) {
                    GuestCode.set(cpu, Cpu.RAX, size, old);
                }
            }
            default -> {
                // MOV changes neither.
            }
        }
    }

    private void setFlags(long set, long mask) {
        cpu.setRflags(cpu.rflags() & ~mask | set);
    }

    private long logicFlags(int size) {
        return resultFlags(result, size);
    }

    private static long resultFlags(long value, int size) {
        long masked = size == 8 ? value : value & (1L << size * 8) - 1;
        long flags = masked == 0 ? Flags.ZF : 0;
        flags |= (masked >>> size * 8 - 1 & 1) != 0 ? Flags.SF : 0;
        return flags | (Long.bitCount(masked & 0xff) % 2 == 0 ? Flags.PF : 0);
    }

    private static long compareFlags(long a, long b, int size) {
        long difference = a - b;
        long flags = resultFlags(difference, size);
        flags |= Long.compareUnsigned(a, b) < 0 ? Flags.CF : 0;
        flags |= ((a ^ b ^ difference) & 0x10) != 0 ? Flags.AF : 0;
        boolean overflow = (((a ^ b) & (a ^ difference)) >>> size * 8 - 1 & 1) != 0;
        return flags | (overflow ? Flags.OF : 0);
    }
}
