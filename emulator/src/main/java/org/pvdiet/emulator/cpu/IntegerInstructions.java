package org.pvdiet.emulator.cpu;

import java.util.function.Consumer;
import org.pvdiet.emulator.cpu.CpuModel.Feature;
import org.pvdiet.emulator.cpu.MicroOp.Binary;
import org.pvdiet.emulator.cpu.MicroOp.BitChange;
import org.pvdiet.emulator.cpu.MicroOp.BitScan;
import org.pvdiet.emulator.cpu.MicroOp.JumpCounted.Counting;
import org.pvdiet.emulator.cpu.MicroOp.Turn;
import org.pvdiet.emulator.cpu.MicroOp.Unary;
import org.pvdiet.emulator.cpu.StringOperation.Repetition;
import org.pvdiet.emulator.cpu.decode.Mnemonic;
import org.pvdiet.emulator.cpu.decode.Operand;
import org.pvdiet.emulator.cpu.decode.Prefixes;

/** The meanings of the general-purpose instructions (SDM volume 1, section 5.1). */
final class IntegerInstructions {
    private static final int EQUAL = 4;
    private static final int NOT_EQUAL = 5;

    private final InstructionSet set;
    private final CpuModel model;

    private IntegerInstructions(InstructionSet set, CpuModel model) {
        this.set = set;
        this.model = model;
    }

    /**
     * @param model tells which extensions there are: without them TZCNT is BSF, LZCNT is BSR, others are undefined
     */
    static void define(InstructionSet set, CpuModel model) {
        IntegerInstructions instructions = new IntegerInstructions(set, model);
        instructions.moves();
        instructions.arithmetic();
        instructions.bits();
        instructions.control();
        instructions.strings();
        instructions.others();
    }

    private void define(Mnemonic mnemonic, Consumer<Lowering> meaning) {
        set.define(mnemonic, (instruction, emitter) -> meaning.accept(new Lowering(instruction, emitter)));
    }

    private void moves() {
        define(Mnemonic.MOV, IntegerInstructions::move);
        define(Mnemonic.PUSH, IntegerInstructions::push);
        define(Mnemonic.POP, IntegerInstructions::pop);
        define(Mnemonic.MOVNTI, IntegerInstructions::move);
        define(Mnemonic.MOVZX, l -> extend(l, false));
        define(Mnemonic.MOVSX, l -> extend(l, true));
        define(Mnemonic.MOVSXD, l -> extend(l, true));
        define(Mnemonic.LEA, l -> l.emit(new MicroOp.Effective(l.size(0), l.register(0), l.address(1))));
        define(Mnemonic.XCHG, IntegerInstructions::exchange);
        define(Mnemonic.XADD, IntegerInstructions::exchangeAdd);
        define(Mnemonic.CMPXCHG, IntegerInstructions::compareExchange);
        define(Mnemonic.CMPXCHG8B, l -> compareExchangePair(l, 4));
        define(Mnemonic.CMPXCHG16B, l -> compareExchangePair(l, 8));
        define(Mnemonic.CMOVCC, l -> {
            int from = l.read(1);
            l.emit(new MicroOp.MoveIf(l.instruction.condition(), l.size(0), l.register(0), from));
        });
        define(Mnemonic.SETCC, l -> {
            if (l.isMemory(0)) {
                // The store may fault, but before it nothing changes that the guest can see.
                int t = l.temporary();
                l.emit(new MicroOp.SetIf(l.instruction.condition(), t));
                l.write(0, t);
                return;
            }
            int to = l.target(0);
            l.emit(new MicroOp.SetIf(l.instruction.condition(), to));
            l.write(0, to);
        });
        define(Mnemonic.XLAT, l -> {
            Address table = l.address(0);
            int t = l.temporary();
            l.emit(new MicroOp.Extend(false, 1, 8, t, Cpu.RAX));
            l.emit(new MicroOp.Load(
                    1,
                    Cpu.RAX,
                    new Address(
                            table.segment(), table.base(), t, 0, table.displacement(), table.size(), table.narrow())));
        });
        define(Mnemonic.LEAVE, l -> {
            int size = l.instruction.operandSize();
            int t = l.temporary();
            l.emit(new MicroOp.Load(size, t, l.stack(Cpu.RBP, 0)));
            l.emit(new MicroOp.Effective(l.top().size(), Cpu.RSP, l.stack(Cpu.RBP, size)));
            l.emit(new MicroOp.Move(size, Cpu.RBP, t));
        });
        define(Mnemonic.ENTER, IntegerInstructions::enter);
        define(Mnemonic.PUSHA, l -> {
            int size = l.instruction.operandSize();
            // All eight stores, the lowest address first, so that a fault comes before RSP changes.
            for (int i = 7; i >= 0; i--) {
                l.emit(new MicroOp.Store(size, i, l.stack(Cpu.RSP, -size * (i + 1L))));
            }
            l.emit(new MicroOp.Effective(4, Cpu.RSP, l.stack(Cpu.RSP, -size * 8L)));
        });
        define(Mnemonic.POPA, l -> {
            int size = l.instruction.operandSize();
            int[] values = new int[8];
            for (int i = 7; i >= 0; i--) {
                if (i != Cpu.RSP) {
                    values[i] = l.temporary();
                    l.emit(new MicroOp.Load(size, values[i], l.stack(Cpu.RSP, size * (7L - i))));
                }
            }
            l.emit(new MicroOp.Effective(4, Cpu.RSP, l.stack(Cpu.RSP, size * 8L)));
            for (int i = 0; i < 8; i++) {
                if (i != Cpu.RSP) {
                    l.emit(new MicroOp.Move(size, i, values[i]));
                }
            }
        });
        if (model.has(Feature.MOVBE)) {
            define(Mnemonic.MOVBE, l -> {
                int from = l.read(1);
                int size = l.size(0);
                int t = l.temporary();
                l.emit(new MicroOp.Alu1(size == 2 ? Unary.SWAP2 : Unary.BSWAP, size, t, from));
                l.write(0, t);
            });
        } else {
            undefined(Mnemonic.MOVBE);
        }
    }

    private void undefined(Mnemonic mnemonic) {
        define(mnemonic, l -> l.emit(new MicroOp.Raise(Fault.invalidOpcode())));
    }

    private static void move(Lowering l) {
        int size = l.size(0);
        int to = l.register(0);
        if (to >= 0 && l.isMemory(1)) {
            l.emit(new MicroOp.Load(size, to, l.address(1)));
        } else if (to >= 0 && l.isConstant(1) && size >= 4) {
            l.emit(new MicroOp.Constant(to, Alu.zeroExtend(size, l.constant(1))));
        } else if (to >= 0 && l.register(1) >= 0) {
            l.emit(new MicroOp.Move(size, to, l.register(1)));
        } else {
            l.write(0, l.read(1));
        }
    }

    private static void push(Lowering l) {
        l.push(l.instruction.operandSize(), l.read(0));
    }

    private static void pop(Lowering l) {
        int size = l.instruction.operandSize();
        if (!l.isMemory(0)) {
            l.pop(size, l.register(0));
            return;
        }
        int t = l.temporary();
        l.emit(new MicroOp.Load(size, t, l.top()));
        // An address with RSP as its base is computed after RSP is incremented (SDM volume 2, POP).
        Address to = l.address(0);
        l.emit(new MicroOp.Store(size, t, to.base() == Cpu.RSP ? to.plus(size) : to));
        l.emit(new MicroOp.Effective(l.top().size(), Cpu.RSP, l.stack(Cpu.RSP, size)));
    }

    private static void extend(Lowering l, boolean signed) {
        int from = l.read(1);
        l.emit(new MicroOp.Extend(signed, l.size(1), l.size(0), l.register(0), from));
    }

    private static void exchange(Lowering l) {
        int size = l.size(0);
        int memory = l.isMemory(1) ? 1 : 0;
        int other = 1 - memory;
        int a = l.readForWrite(memory);
        int b = l.read(other);
        if (!l.isMemory(memory)) {
            int t = l.temporary();
            l.emit(new MicroOp.Move(size, t, a));
            a = t;
        }
        l.write(memory, b);
        l.write(other, a);
    }

    private static void exchangeAdd(Lowering l) {
        int size = l.size(0);
        int a = l.readForWrite(0);
        int b = l.read(1);
        int sum = l.temporary();
        int old = a;
        if (!l.isMemory(0)) {
            old = l.temporary();
            l.emit(new MicroOp.Move(size, old, a));
        }
        l.emit(new MicroOp.Alu2(Binary.ADD, size, sum, old, b));
        // With the same register twice the sum stays.
        if (l.isMemory(0)) {
            l.write(0, sum);
            l.write(1, old);
        } else {
            l.write(1, old);
            l.write(0, sum);
        }
    }

    private static void compareExchange(Lowering l) {
        int size = l.size(0);
        int old = l.readForWrite(0);
        int b = l.read(1);
        int to = l.temporary();
        if (!l.isMemory(0)) {
            int t = l.temporary();
            l.emit(new MicroOp.Move(size, t, old));
            old = t;
        }
        l.emit(new MicroOp.CompareExchange(size, to, old, b));
        if (l.register(0) >= 0) {
            // A register that is not exchanged keeps its upper half.
            l.emit(new MicroOp.MoveIf(EQUAL, size == 4 ? 8 : size, l.register(0), to));
        } else {
            l.write(0, to);
        }
        // Last, because the memory operand's address may depend on RAX; only where not equal, so that all 64 bits
        // of RAX stay where they are.
        l.emit(new MicroOp.MoveIf(NOT_EQUAL, size == 4 ? 8 : size, Cpu.RAX, old));
    }

    private static void compareExchangePair(Lowering l, int size) {
        Address low = l.address(0);
        Address high = low.plus(size);
        if (size == 8) {
            l.emit(new MicroOp.RequireAligned(16, low));
        }
        int a = l.temporary();
        int b = l.temporary();
        l.emit(new MicroOp.LoadForStore(size, a, low));
        l.emit(new MicroOp.LoadForStore(size, b, high));
        // The stores' address must not depend on RAX and RDX, which change.
        int at = l.temporary();
        l.emit(new MicroOp.Effective(8, at, low));
        l.emit(new MicroOp.CompareExchangePair(size, a, b));
        Address start = new Address(low.segment(), at, Address.ZERO, 0, 0, low.size(), low.narrow());
        l.emit(new MicroOp.Store(size, a, start));
        l.emit(new MicroOp.Store(size, b, start.plus(size)));
    }

    private static void enter(Lowering l) {
        int size = l.instruction.operandSize();
        int width = l.top().size();
        int level = (int) l.constant(1) & 31;
        long locals = l.constant(0);
        int t = l.temporary();
        for (int i = 1; i < level; i++) {
            l.emit(new MicroOp.Load(size, t, l.stack(Cpu.RBP, -(long) size * i)));
            l.emit(new MicroOp.Store(size, t, l.stack(Cpu.RSP, -size * (i + 1L))));
        }
        int frame = l.temporary();
        l.emit(new MicroOp.Store(size, Cpu.RBP, l.slot(size)));
        l.emit(new MicroOp.Effective(width, frame, l.slot(size)));
        if (level > 0) {
            l.emit(new MicroOp.Store(size, frame, l.stack(Cpu.RSP, -size * (level + 1L))));
        }
        l.emit(new MicroOp.Effective(width, Cpu.RSP, l.stack(Cpu.RSP, -size * (level + 1L) - locals)));
        l.emit(new MicroOp.Move(size, Cpu.RBP, frame));
    }

    private void arithmetic() {
        define(Mnemonic.ADD, l -> binary(l, Binary.ADD));
        define(Mnemonic.OR, l -> binary(l, Binary.OR));
        define(Mnemonic.ADC, l -> binary(l, Binary.ADC));
        define(Mnemonic.SBB, l -> binary(l, Binary.SBB));
        define(Mnemonic.AND, l -> binary(l, Binary.AND));
        define(Mnemonic.SUB, l -> binary(l, Binary.SUB));
        define(Mnemonic.XOR, l -> binary(l, Binary.XOR));
        define(Mnemonic.CMP, l -> compare(l, Binary.SUB));
        define(Mnemonic.TEST, l -> compare(l, Binary.AND));
        define(Mnemonic.INC, l -> unary(l, Unary.INC));
        define(Mnemonic.DEC, l -> unary(l, Unary.DEC));
        define(Mnemonic.NEG, l -> unary(l, Unary.NEG));
        define(Mnemonic.NOT, l -> unary(l, Unary.NOT));
        define(Mnemonic.BSWAP, l -> unary(l, Unary.BSWAP));
        define(Mnemonic.ROL, l -> shift(l, Turn.ROL));
        define(Mnemonic.ROR, l -> shift(l, Turn.ROR));
        define(Mnemonic.RCL, l -> shift(l, Turn.RCL));
        define(Mnemonic.RCR, l -> shift(l, Turn.RCR));
        define(Mnemonic.SHL, l -> shift(l, Turn.SHL));
        define(Mnemonic.SHR, l -> shift(l, Turn.SHR));
        define(Mnemonic.SAR, l -> shift(l, Turn.SAR));
        define(Mnemonic.SHLD, l -> doubleShift(l, true));
        define(Mnemonic.SHRD, l -> doubleShift(l, false));
        define(Mnemonic.MUL, l -> l.emit(new MicroOp.MultiplyWide(false, l.size(0), l.read(0))));
        define(Mnemonic.IMUL, l -> {
            int size = l.size(0);
            switch (l.instruction.operands().size()) {
                case 1 -> l.emit(new MicroOp.MultiplyWide(true, size, l.read(0)));
                case 2 -> l.emit(new MicroOp.Multiply(size, l.register(0), l.register(0), l.read(1)));
                default -> {
                    int a = l.read(1);
                    l.emit(new MicroOp.Multiply(size, l.register(0), a, l.read(2)));
                }
            }
        });
        define(Mnemonic.DIV, l -> l.emit(new MicroOp.Divide(false, l.size(0), l.read(0))));
        define(Mnemonic.IDIV, l -> l.emit(new MicroOp.Divide(true, l.size(0), l.read(0))));
        define(Mnemonic.CBW, l -> {
            int size = l.instruction.operandSize();
            l.emit(new MicroOp.Extend(true, size / 2, size, Cpu.RAX, Cpu.RAX));
        });
        define(Mnemonic.CWD, l -> l.emit(new MicroOp.SignFill(l.instruction.operandSize(), Cpu.RDX, Cpu.RAX)));
        for (Decimal decimal : Decimal.values()) {
            define(decimal.mnemonic, l -> {
                int operand = l.instruction.operands().isEmpty() ? 10 : (int) l.constant(0);
                l.operation((cpu, address) -> decimal.execute(cpu, operand & 0xff));
            });
        }
    }

    private static void binary(Lowering l, Binary operation) {
        int size = l.size(0);
        int a = l.readForWrite(0);
        if (l.isConstant(1)) {
            int to = l.target(0);
            l.emit(new MicroOp.AluConstant(operation, size, to, a, l.constant(1)));
            l.write(0, to);
            return;
        }
        int b = l.read(1);
        int to = l.target(0);
        l.emit(new MicroOp.Alu2(operation, size, to, a, b));
        l.write(0, to);
    }

    private static void compare(Lowering l, Binary operation) {
        int size = l.size(0);
        int a = l.read(0);
        l.emit(
                l.isConstant(1)
                        ? new MicroOp.CompareConstant(operation, size, a, l.constant(1))
                        : new MicroOp.Compare(operation, size, a, l.read(1)));
    }

    private static void unary(Lowering l, Unary operation) {
        int a = l.readForWrite(0);
        int to = l.target(0);
        l.emit(new MicroOp.Alu1(operation, l.size(0), to, a));
        l.write(0, to);
    }

    private static void shift(Lowering l, Turn operation) {
        int a = l.readForWrite(0);
        if (l.isConstant(1)) {
            int to = l.target(0);
            l.emit(new MicroOp.ShiftConstant(operation, l.size(0), to, a, (int) l.constant(1)));
            l.write(0, to);
        } else {
            int count = l.read(1);
            int to = l.target(0);
            l.emit(new MicroOp.Shift(operation, l.size(0), to, a, count));
            l.write(0, to);
        }
    }

    private static void doubleShift(Lowering l, boolean left) {
        int a = l.readForWrite(0);
        int b = l.read(1);
        int count = l.read(2);
        int to = l.target(0);
        l.emit(new MicroOp.DoubleShift(left, l.size(0), to, a, b, count));
        l.write(0, to);
    }

    private void bits() {
        define(Mnemonic.BT, l -> bitTest(l, BitChange.NONE));
        define(Mnemonic.BTS, l -> bitTest(l, BitChange.SET));
        define(Mnemonic.BTR, l -> bitTest(l, BitChange.RESET));
        define(Mnemonic.BTC, l -> bitTest(l, BitChange.COMPLEMENT));
        define(Mnemonic.BSF, l -> scan(l, BitScan.BSF));
        define(Mnemonic.BSR, l -> scan(l, BitScan.BSR));
        define(Mnemonic.TZCNT, l -> scan(l, model.has(Feature.BMI1) ? BitScan.TZCNT : BitScan.BSF));
        define(Mnemonic.LZCNT, l -> scan(l, model.has(Feature.LZCNT) ? BitScan.LZCNT : BitScan.BSR));
        if (model.has(Feature.POPCNT)) {
            define(Mnemonic.POPCNT, l -> scan(l, BitScan.POPCNT));
        } else {
            undefined(Mnemonic.POPCNT);
        }
        if (model.has(Feature.SSE4_2)) {
            define(Mnemonic.CRC32, l -> l.emit(new MicroOp.Crc32(l.size(1), l.register(0), l.read(1))));
        } else {
            undefined(Mnemonic.CRC32);
        }
    }

    private static void bitTest(Lowering l, BitChange change) {
        int size = l.size(0);
        boolean string = l.isMemory(0) && !l.isConstant(1);
        if (!string) {
            int a = change == BitChange.NONE ? l.read(0) : l.readForWrite(0);
            int index = l.read(1);
            int to = l.target(0);
            l.emit(new MicroOp.BitTest(change, size, to, a, index));
            if (change != BitChange.NONE) {
                l.write(0, to);
            }
            return;
        }
        // With a register as the index, memory is a bit string: the operand may be far from the address.
        int index = l.register(1);
        Address start = l.address(0);
        int at = l.temporary();
        int offset = l.temporary();
        l.emit(new MicroOp.Effective(8, at, start));
        l.emit(new MicroOp.BitOffset(size, offset, index));
        Address element = new Address(start.segment(), at, offset, 0, 0, start.size(), start.narrow());
        int a = l.temporary();
        if (change == BitChange.NONE) {
            l.emit(new MicroOp.Load(size, a, element));
            l.emit(new MicroOp.BitTest(change, size, a, a, index));
        } else {
            l.emit(new MicroOp.LoadForStore(size, a, element));
            l.emit(new MicroOp.BitTest(change, size, a, a, index));
            l.emit(new MicroOp.Store(size, a, element));
        }
    }

    private static void scan(Lowering l, BitScan operation) {
        int a = l.read(1);
        l.emit(new MicroOp.Scan(operation, l.size(0), l.register(0), a));
    }

    private void control() {
        define(Mnemonic.JMP, l -> {
            if (l.instruction.operand(0) instanceof Operand.Relative relative) {
                l.emit(new MicroOp.Jump(relative.target()));
            } else {
                l.emit(new MicroOp.JumpRegister(l.instruction.operandSize(), l.read(0)));
            }
        });
        define(
                Mnemonic.JCC,
                l -> l.emit(new MicroOp.JumpIf(l.instruction.condition(), target(l), l.instruction.next())));
        define(Mnemonic.CALL, l -> {
            int size = l.instruction.operandSize();
            long next = l.instruction.next();
            if (l.instruction.operand(0) instanceof Operand.Relative relative) {
                l.emit(new MicroOp.Call(size, relative.target(), next, l.slot(size)));
            } else {
                l.emit(new MicroOp.CallRegister(size, l.read(0), next, l.slot(size)));
            }
        });
        define(Mnemonic.RET, l -> {
            int size = l.instruction.operandSize();
            long release = l.instruction.operands().isEmpty() ? 0 : l.constant(0) & 0xffff;
            l.emit(new MicroOp.Return(size, l.top(), l.stack(Cpu.RSP, size + release)));
        });
        define(Mnemonic.JCXZ, l -> counted(l, Counting.ZERO));
        define(Mnemonic.LOOP, l -> counted(l, Counting.LOOP));
        define(Mnemonic.LOOPE, l -> counted(l, Counting.LOOP_EQUAL));
        define(Mnemonic.LOOPNE, l -> counted(l, Counting.LOOP_NOT_EQUAL));
        undefined(Mnemonic.UD0);
        undefined(Mnemonic.UD1);
        undefined(Mnemonic.UD2);
        undefined(Mnemonic.INVALID);
        undefined(Mnemonic.UNKNOWN);
        undefined(Mnemonic.VEX);
        undefined(Mnemonic.EVEX);
        define(Mnemonic.TOO_LONG, l -> l.emit(new MicroOp.Raise(Fault.generalProtection())));
    }

    private static long target(Lowering l) {
        return ((Operand.Relative) l.instruction.operand(0)).target();
    }

    private static void counted(Lowering l, Counting counting) {
        l.emit(new MicroOp.JumpCounted(counting, l.instruction.addressSize(), target(l), l.instruction.next()));
    }

    private void strings() {
        define(Mnemonic.MOVS, l -> string(l, StringOperation.MOVS, 1));
        define(Mnemonic.CMPS, l -> string(l, StringOperation.CMPS, 0));
        define(Mnemonic.STOS, l -> string(l, StringOperation.STOS, 0));
        define(Mnemonic.LODS, l -> string(l, StringOperation.LODS, 1));
        define(Mnemonic.SCAS, l -> string(l, StringOperation.SCAS, 1));
    }

    private static void string(Lowering l, StringOperation operation, int memory) {
        Prefixes prefixes = l.instruction.prefixes();
        Repetition repetition = prefixes.rep()
                ? Repetition.WHILE_EQUAL
                : prefixes.repne() ? Repetition.WHILE_NOT_EQUAL : Repetition.ONCE;
        l.emit(new MicroOp.Repeat(
                operation, repetition, l.size(memory), l.address(memory), l.instruction.addressSize()));
    }

    private void others() {
        define(Mnemonic.CLC, l -> l.emit(new MicroOp.Carry(false, false)));
        define(Mnemonic.STC, l -> l.emit(new MicroOp.Carry(false, true)));
        define(Mnemonic.CMC, l -> l.emit(new MicroOp.Carry(true, true)));
        define(Mnemonic.CLD, l -> l.emit(new MicroOp.Direction(false)));
        define(Mnemonic.STD, l -> l.emit(new MicroOp.Direction(true)));
        define(Mnemonic.LAHF, l -> {
            int t = l.temporary();
            l.emit(new MicroOp.ReadFlags(t));
            l.emit(new MicroOp.SetHighByte(Cpu.RAX, t));
        });
        define(Mnemonic.SAHF, l -> {
            int t = l.temporary();
            l.emit(new MicroOp.HighByte(t, Cpu.RAX));
            l.emit(new MicroOp.WriteFlags(t));
        });
        define(Mnemonic.SALC, l -> l.operation((cpu, address) -> cpu.write(1, Cpu.RAX, cpu.carry() ? 0xff : 0)));
        define(Mnemonic.BOUND, l -> {
            int size = l.size(0);
            int index = l.register(0);
            l.operation((cpu, address) -> {
                long at = Alu.signExtend(size, cpu.r[index]);
                long low = Alu.signExtend(size, cpu.memory().load(address, size));
                long high = Alu.signExtend(size, cpu.memory().load(address + size, size));
                if (at < low || at > high) {
                    throw Fault.of(Vector.BOUND_RANGE, 0);
                }
            });
        });
        for (Mnemonic hint : new Mnemonic[] {
            Mnemonic.NOP,
            Mnemonic.PAUSE,
            Mnemonic.ENDBR64,
            Mnemonic.ENDBR32,
            Mnemonic.LFENCE,
            Mnemonic.MFENCE,
            Mnemonic.SFENCE,
            Mnemonic.PREFETCHNTA,
            Mnemonic.PREFETCHT0,
            Mnemonic.PREFETCHT1,
            Mnemonic.PREFETCHT2,
            Mnemonic.PREFETCH,
            Mnemonic.PREFETCHW,
            Mnemonic.PREFETCHWT1,
            Mnemonic.CLDEMOTE,
        }) {
            define(hint, l -> {});
        }
        for (Mnemonic absent : new Mnemonic[] {Mnemonic.ADCX, Mnemonic.ADOX, Mnemonic.MOVDIRI, Mnemonic.MOVDIR64B}) {
            undefined(absent);
        }
    }
}
