package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.cpu.decode.Instruction;

/**
 * What instructions are made of: a closed set of operations on registers, flags and memory, as data that a translator can
 * read. {@link #execute} is the meaning of each; faster ways to execute may exist, never other meanings.
 *
 * <p>Register numbers are indices into {@link Cpu#r}: 0 to 15, temporaries from 16, and {@link Address#ZERO}. Sizes are bytes.
 * A result of 4 bytes clears the register's upper half, one of 1 or 2 bytes leaves the rest of the register, except in
 * temporaries. A micro-operation that may fault changes nothing when it does, and within one instruction comes before any
 * that changes what the guest can see.
 */
public sealed interface MicroOp {
    void execute(Cpu cpu);

    /** An operation that changes one register and flags at most, and nothing else. */
    sealed interface ToRegister extends MicroOp {
        int d();
    }

    /** Operations with two operands that set all status flags. */
    enum Binary {
        ADD,
        OR,
        ADC,
        SBB,
        AND,
        SUB,
        XOR;

        long apply(Cpu cpu, int size, long a, long b) {
            return switch (this) {
                case ADD -> Alu.add(cpu, size, a, b);
                case OR -> Alu.logic(cpu, size, a | b);
                case ADC -> Alu.adc(cpu, size, a, b);
                case SBB -> Alu.sbb(cpu, size, a, b);
                case AND -> Alu.logic(cpu, size, a & b);
                case SUB -> Alu.sub(cpu, size, a, b);
                case XOR -> Alu.logic(cpu, size, a ^ b);
            };
        }
    }

    /** Operations with one operand. NOT and BSWAP leave the flags; INC and DEC leave CF. */
    enum Unary {
        INC,
        DEC,
        NEG,
        NOT,
        BSWAP,
        /** Swaps the two low bytes; MOVBE. */
        SWAP2;

        long apply(Cpu cpu, int size, long a) {
            return switch (this) {
                case INC -> Alu.inc(cpu, size, a);
                case DEC -> Alu.dec(cpu, size, a);
                case NEG -> Alu.sub(cpu, size, 0, a);
                case NOT -> ~a;
                case BSWAP -> Alu.bswap(size, a);
                case SWAP2 -> Short.reverseBytes((short) a);
            };
        }
    }

    /** Shifts and rotates by a count. */
    enum Turn {
        ROL,
        ROR,
        RCL,
        RCR,
        SHL,
        SHR,
        SAR;

        long apply(Cpu cpu, int size, long a, long count) {
            return switch (this) {
                case ROL -> Alu.rol(cpu, size, a, count);
                case ROR -> Alu.ror(cpu, size, a, count);
                case RCL -> Alu.rcl(cpu, size, a, count);
                case RCR -> Alu.rcr(cpu, size, a, count);
                case SHL -> Alu.shl(cpu, size, a, count);
                case SHR -> Alu.shr(cpu, size, a, count);
                case SAR -> Alu.sar(cpu, size, a, count);
            };
        }
    }

    /** What BT and its relatives do to the bit after it is copied to CF. */
    enum BitChange {
        NONE,
        SET,
        RESET,
        COMPLEMENT;

        long apply(long a, long mask) {
            return switch (this) {
                case NONE -> a;
                case SET -> a | mask;
                case RESET -> a & ~mask;
                case COMPLEMENT -> a ^ mask;
            };
        }
    }

    /** Searches and counts of bits. */
    enum BitScan {
        /** Leaves the destination as it is where there is no bit, as processors do. */
        BSF,
        /** The same. */
        BSR,
        TZCNT,
        LZCNT,
        POPCNT;

        long apply(Cpu cpu, int size, long a) {
            return switch (this) {
                case BSF -> Alu.bsf(cpu, size, a);
                case BSR -> Alu.bsr(cpu, size, a);
                case TZCNT -> Alu.tzcnt(cpu, size, a);
                case LZCNT -> Alu.lzcnt(cpu, size, a);
                case POPCNT -> Alu.popcnt(cpu, size, a);
            };
        }
    }

    /** {@code d = value}, all 64 bits. */
    record Constant(int d, long value) implements ToRegister {
        @Override
        public void execute(Cpu cpu) {
            cpu.r[d] = value;
        }
    }

    record Move(int size, int d, int a) implements ToRegister {
        @Override
        public void execute(Cpu cpu) {
            cpu.write(size, d, cpu.r[a]);
        }
    }

    /** {@code d} = bits 15:8 of {@code a}. */
    record HighByte(int d, int a) implements ToRegister {
        @Override
        public void execute(Cpu cpu) {
            cpu.r[d] = cpu.r[a] >>> 8 & 0xff;
        }
    }

    /** Bits 15:8 of {@code d} = the low byte of {@code a}. */
    record SetHighByte(int d, int a) implements ToRegister {
        @Override
        public void execute(Cpu cpu) {
            cpu.r[d] = cpu.r[d] & ~0xff00L | (cpu.r[a] & 0xff) << 8;
        }
    }

    /** Extends {@code from} bytes of {@code a} to {@code size} bytes. */
    record Extend(boolean signed, int from, int size, int d, int a) implements ToRegister {
        @Override
        public void execute(Cpu cpu) {
            cpu.write(size, d, signed ? Alu.signExtend(from, cpu.r[a]) : Alu.zeroExtend(from, cpu.r[a]));
        }
    }

    /** CWD and its relatives: every bit of {@code d} is the sign of {@code a}. */
    record SignFill(int size, int d, int a) implements ToRegister {
        @Override
        public void execute(Cpu cpu) {
            cpu.write(size, d, Alu.align(size, cpu.r[a]) >> 63);
        }
    }

    /** #GP(0) where the address is not a multiple of {@code alignment}. */
    record RequireAligned(int alignment, Address address) implements MicroOp {
        @Override
        public void execute(Cpu cpu) {
            if ((address.linear(cpu) & alignment - 1) != 0) {
                throw Fault.generalProtection();
            }
        }
    }

    /** LEA: the effective address, without the segment. */
    record Effective(int size, int d, Address address) implements ToRegister {
        @Override
        public void execute(Cpu cpu) {
            cpu.write(size, d, address.offset(cpu));
        }
    }

    record Load(int size, int d, Address address) implements ToRegister {
        @Override
        public void execute(Cpu cpu) {
            cpu.write(size, d, cpu.memory().load(address.linear(cpu), size));
        }
    }

    /** The load of a read-modify-write: faults as the store would, so that the store does not. */
    record LoadForStore(int size, int d, Address address) implements ToRegister {
        @Override
        public void execute(Cpu cpu) {
            cpu.write(size, d, cpu.memory().loadForStore(address.linear(cpu), size));
        }
    }

    record Store(int size, int a, Address address) implements MicroOp {
        @Override
        public void execute(Cpu cpu) {
            cpu.memory().store(address.linear(cpu), size, cpu.r[a]);
        }
    }

    record Alu2(Binary operation, int size, int d, int a, int b) implements ToRegister {
        @Override
        public void execute(Cpu cpu) {
            cpu.write(size, d, operation.apply(cpu, size, cpu.r[a], cpu.r[b]));
        }
    }

    record AluConstant(Binary operation, int size, int d, int a, long value) implements ToRegister {
        @Override
        public void execute(Cpu cpu) {
            cpu.write(size, d, operation.apply(cpu, size, cpu.r[a], value));
        }
    }

    /** CMP (SUB) and TEST (AND): flags only. */
    record Compare(Binary operation, int size, int a, int b) implements MicroOp {
        @Override
        public void execute(Cpu cpu) {
            operation.apply(cpu, size, cpu.r[a], cpu.r[b]);
        }
    }

    /** CMP (SUB) and TEST (AND) with a constant: flags only. */
    record CompareConstant(Binary operation, int size, int a, long value) implements MicroOp {
        @Override
        public void execute(Cpu cpu) {
            operation.apply(cpu, size, cpu.r[a], value);
        }
    }

    record Alu1(Unary operation, int size, int d, int a) implements ToRegister {
        @Override
        public void execute(Cpu cpu) {
            cpu.write(size, d, operation.apply(cpu, size, cpu.r[a]));
        }
    }

    /** A shift or rotate of {@code a} by the low byte of {@code count}. */
    record Shift(Turn operation, int size, int d, int a, int count) implements ToRegister {
        @Override
        public void execute(Cpu cpu) {
            cpu.write(size, d, operation.apply(cpu, size, cpu.r[a], cpu.r[count]));
        }
    }

    record ShiftConstant(Turn operation, int size, int d, int a, int count) implements ToRegister {
        @Override
        public void execute(Cpu cpu) {
            cpu.write(size, d, operation.apply(cpu, size, cpu.r[a], count));
        }
    }

    /** SHLD and SHRD. */
    record DoubleShift(boolean left, int size, int d, int a, int b, int count) implements ToRegister {
        @Override
        public void execute(Cpu cpu) {
            long by = cpu.r[count];
            cpu.write(
                    size,
                    d,
                    left ? Alu.shld(cpu, size, cpu.r[a], cpu.r[b], by) : Alu.shrd(cpu, size, cpu.r[a], cpu.r[b], by));
        }
    }

    /** MUL and IMUL into RDX and the accumulator, or into AX. */
    record MultiplyWide(boolean signed, int size, int a) implements MicroOp {
        @Override
        public void execute(Cpu cpu) {
            if (signed) {
                Alu.imul(cpu, size, cpu.r[a]);
            } else {
                Alu.mul(cpu, size, cpu.r[a]);
            }
        }
    }

    /** IMUL with two or three operands. */
    record Multiply(int size, int d, int a, int b) implements ToRegister {
        @Override
        public void execute(Cpu cpu) {
            cpu.write(size, d, Alu.multiply(cpu, size, cpu.r[a], cpu.r[b]));
        }
    }

    /** DIV and IDIV of RDX and the accumulator, or of AX. */
    record Divide(boolean signed, int size, int a) implements MicroOp {
        @Override
        public void execute(Cpu cpu) {
            if (signed) {
                Alu.idiv(cpu, size, cpu.r[a]);
            } else {
                Alu.div(cpu, size, cpu.r[a]);
            }
        }
    }

    /** BT, BTS, BTR, BTC: the bit of {@code a} that {@code index} names goes to CF, the changed value to {@code d}. */
    record BitTest(BitChange change, int size, int d, int a, int index) implements ToRegister {
        @Override
        public void execute(Cpu cpu) {
            long value = cpu.r[a];
            long at = cpu.r[index];
            Alu.bitTest(cpu, size, value, at);
            if (change != BitChange.NONE) {
                cpu.write(size, d, change.apply(value, Alu.bitMask(size, at)));
            }
        }
    }

    /** The byte offset from a bit string's start of the operand that holds bit {@code a}, a signed number. */
    record BitOffset(int size, int d, int a) implements ToRegister {
        @Override
        public void execute(Cpu cpu) {
            cpu.r[d] = (Alu.signExtend(size, cpu.r[a]) >> Integer.numberOfTrailingZeros(8 * size)) * size;
        }
    }

    record Scan(BitScan operation, int size, int d, int a) implements ToRegister {
        @Override
        public void execute(Cpu cpu) {
            long source = cpu.r[a];
            long result = operation.apply(cpu, size, source);
            boolean searches = operation == BitScan.BSF || operation == BitScan.BSR;
            if (!searches || Alu.align(size, source) != 0) {
                cpu.write(size, d, result);
            }
        }
    }

    record Crc32(int size, int d, int a) implements ToRegister {
        @Override
        public void execute(Cpu cpu) {
            cpu.r[d] = Alu.crc32(size, cpu.r[d], cpu.r[a]);
        }
    }

    record SetIf(int condition, int d) implements ToRegister {
        @Override
        public void execute(Cpu cpu) {
            cpu.write(1, d, cpu.holds(condition) ? 1 : 0);
        }
    }

    /** CMOVcc: with 4 bytes the upper half is cleared whether or not the condition holds. */
    record MoveIf(int condition, int size, int d, int a) implements ToRegister {
        @Override
        public void execute(Cpu cpu) {
            cpu.write(size, d, cpu.r[cpu.holds(condition) ? a : d]);
        }
    }

    /**
     * CMPXCHG without its memory accesses and its change of the accumulator: compares the accumulator with {@code old};
     * {@code d} becomes {@code b} if they are equal, else {@code old}.
     */
    record CompareExchange(int size, int d, int old, int b) implements ToRegister {
        @Override
        public void execute(Cpu cpu) {
            long found = cpu.r[old];
            Alu.sub(cpu, size, cpu.r[Cpu.RAX], found);
            cpu.write(size, d, cpu.zero() ? cpu.r[b] : found);
        }
    }

    /** CMPXCHG8B and CMPXCHG16B without their memory accesses; {@code size} of each half, 4 or 8. */
    record CompareExchangePair(int size, int low, int high) implements MicroOp {
        @Override
        public void execute(Cpu cpu) {
            long foundLow = cpu.r[low];
            long foundHigh = cpu.r[high];
            boolean equal =
                    Alu.align(size, cpu.r[Cpu.RAX] ^ foundLow) == 0 && Alu.align(size, cpu.r[Cpu.RDX] ^ foundHigh) == 0;
            if (equal) {
                cpu.r[low] = cpu.r[Cpu.RBX];
                cpu.r[high] = cpu.r[Cpu.RCX];
            } else {
                cpu.write(size, Cpu.RAX, foundLow);
                cpu.write(size, Cpu.RDX, foundHigh);
            }
            cpu.flags(StatusFlags.BITS, 0, cpu.statusFlags() & ~Flags.ZF | (equal ? Flags.ZF : 0));
        }
    }

    /** CMC, CLC, STC as {@code CF = CF & keep ^ set}. */
    record Carry(boolean keep, boolean set) implements MicroOp {
        @Override
        public void execute(Cpu cpu) {
            boolean carry = keep && cpu.carry() ^ set || !keep && set;
            cpu.flags(StatusFlags.BITS, 0, cpu.statusFlags() & ~Flags.CF | (carry ? Flags.CF : 0));
        }
    }

    /** CLD and STD. */
    record Direction(boolean down) implements MicroOp {
        @Override
        public void execute(Cpu cpu) {
            cpu.setDirection(down);
        }
    }

    /** {@code d} = the low byte of RFLAGS: LAHF. */
    record ReadFlags(int d) implements ToRegister {
        @Override
        public void execute(Cpu cpu) {
            cpu.r[d] = cpu.rflags() & 0xff;
        }
    }

    /** The low byte of the status flags from {@code a}: SAHF. */
    record WriteFlags(int a) implements MicroOp {
        private static final long LOW = Flags.SF | Flags.ZF | Flags.AF | Flags.PF | Flags.CF;

        @Override
        public void execute(Cpu cpu) {
            cpu.flags(StatusFlags.BITS, 0, cpu.statusFlags() & Flags.OF | cpu.r[a] & LOW);
        }
    }

    // The stack. slot is the address of what is pushed, whose offset is RSP afterwards; top that of what is popped,
    // after the address whose offset is RSP afterwards.

    record Push(int size, int a, Address slot) implements MicroOp {
        @Override
        public void execute(Cpu cpu) {
            cpu.memory().store(slot.linear(cpu), size, cpu.r[a]);
            cpu.writeStackPointer(slot);
        }
    }

    record Pop(int size, int d, Address top, Address after) implements MicroOp {
        @Override
        public void execute(Cpu cpu) {
            long value = cpu.memory().load(top.linear(cpu), size);
            cpu.writeStackPointer(after);
            cpu.write(size, d, value);
        }
    }

    // Control transfers. They end a block.

    record Jump(long target) implements MicroOp {
        @Override
        public void execute(Cpu cpu) {
            cpu.setRip(target);
        }
    }

    record JumpIf(int condition, long target, long next) implements MicroOp {
        @Override
        public void execute(Cpu cpu) {
            cpu.setRip(cpu.holds(condition) ? target : next);
        }
    }

    /** JRCXZ and LOOPs: {@code size} is that of the counter. */
    record JumpCounted(Counting counting, int size, long target, long next) implements MicroOp {
        enum Counting {
            ZERO,
            LOOP,
            LOOP_EQUAL,
            LOOP_NOT_EQUAL
        }

        @Override
        public void execute(Cpu cpu) {
            if (counting == Counting.ZERO) {
                cpu.setRip(Alu.align(size, cpu.r[Cpu.RCX]) == 0 ? target : next);
                return;
            }
            cpu.write(size, Cpu.RCX, cpu.r[Cpu.RCX] - 1);
            boolean more = Alu.align(size, cpu.r[Cpu.RCX]) != 0;
            if (counting != Counting.LOOP) {
                more &= cpu.zero() == (counting == Counting.LOOP_EQUAL);
            }
            cpu.setRip(more ? target : next);
        }
    }

    /** To the address in {@code a}, of which {@code size} bytes count; #GP(0) where it is not canonical. */
    record JumpRegister(int size, int a) implements MicroOp {
        @Override
        public void execute(Cpu cpu) {
            cpu.setRip(target(cpu.r[a], size));
        }
    }

    private static long target(long address, int size) {
        if (size < 8) {
            return Alu.zeroExtend(size, address);
        }
        if (address << 16 >> 16 != address) {
            throw Fault.generalProtection();
        }
        return address;
    }

    record Call(int size, long target, long next, Address slot) implements MicroOp {
        @Override
        public void execute(Cpu cpu) {
            cpu.memory().store(slot.linear(cpu), size, next);
            cpu.writeStackPointer(slot);
            cpu.setRip(target);
        }
    }

    record CallRegister(int size, int a, long next, Address slot) implements MicroOp {
        @Override
        public void execute(Cpu cpu) {
            long to = target(cpu.r[a], size);
            cpu.memory().store(slot.linear(cpu), size, next);
            cpu.writeStackPointer(slot);
            cpu.setRip(to);
        }
    }

    record Return(int size, Address top, Address after) implements MicroOp {
        @Override
        public void execute(Cpu cpu) {
            long to = target(cpu.memory().load(top.linear(cpu), size), size);
            cpu.writeStackPointer(after);
            cpu.setRip(to);
        }
    }

    /** A string instruction with all its repetitions. Faults leave RCX, RSI and RDI where they are. */
    record Repeat(
            StringOperation operation, StringOperation.Repetition repetition, int size, Address source, int addressSize)
            implements MicroOp {
        @Override
        public void execute(Cpu cpu) {
            operation.execute(cpu, this);
        }
    }

    /** Raises a fault: UD2, undefined opcodes. */
    record Raise(Fault fault) implements MicroOp {
        @Override
        public void execute(Cpu cpu) {
            throw fault;
        }
    }

    /** Stops the run. */
    record Unimplemented(Instruction instruction) implements MicroOp {
        @Override
        public void execute(Cpu cpu) {
            throw new UnimplementedInstruction(instruction);
        }
    }

    /**
     * An instruction in one call.
     *
     * @param rip of the instruction
     * @param index of the instruction in its block
     * @param address null where the instruction has no memory operand
     */
    record Whole(Operation operation, Emitter.Flow flow, long rip, long next, int index, Address address)
            implements MicroOp {
        @Override
        public void execute(Cpu cpu) {
            long linear = address == null ? 0 : address.linear(cpu);
            if (flow == Emitter.Flow.NEXT) {
                cpu.executeWithin(operation, linear, rip, index);
            } else {
                cpu.executeLast(operation, linear, rip, next, index);
            }
        }
    }
}
