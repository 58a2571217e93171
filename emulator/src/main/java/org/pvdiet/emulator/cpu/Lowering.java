package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Mode;
import org.pvdiet.emulator.cpu.decode.Operand;
import org.pvdiet.emulator.cpu.decode.RegisterFile;
import org.pvdiet.emulator.cpu.decode.Segment;

/** One instruction on its way to micro-operations: reads and writes its operands, wherever they are. */
final class Lowering {
    private static final int NONE = -1;

    final Instruction instruction;
    private final Emitter emitter;

    /** Where the memory operand is, once asked for. */
    private Address memory;

    Lowering(Instruction instruction, Emitter emitter) {
        this.instruction = instruction;
        this.emitter = emitter;
    }

    void emit(MicroOp op) {
        emitter.emit(op);
    }

    void operation(Operation operation) {
        emitter.operation(operation, Emitter.Flow.NEXT);
    }

    int temporary() {
        return emitter.temporary();
    }

    int size(int n) {
        return instruction.operand(n).size();
    }

    boolean isMemory(int n) {
        return instruction.operand(n) instanceof Operand.Memory;
    }

    boolean isRegister(int n, RegisterFile file) {
        return instruction.operand(n) instanceof Operand.Register register && register.file() == file;
    }

    /** The number of a general-purpose register whose low part the operand is, or -1. */
    int register(int n) {
        return instruction.operand(n) instanceof Operand.Register register && register.file() == RegisterFile.GPR
                ? register.number()
                : NONE;
    }

    boolean isConstant(int n) {
        return instruction.operand(n) instanceof Operand.Immediate;
    }

    long constant(int n) {
        return ((Operand.Immediate) instruction.operand(n)).value();
    }

    Address address(int n) {
        if (memory == null) {
            memory = address(instruction, (Operand.Memory) instruction.operand(n));
        }
        return memory;
    }

    static Address address(Instruction instruction, Operand.Memory operand) {
        boolean narrow = instruction.mode() != Mode.BITS_64;
        return new Address(
                base(operand.segment(), narrow),
                operand.base() == Operand.NONE ? Address.ZERO : operand.base(),
                operand.index() == Operand.NONE ? Address.ZERO : operand.index(),
                Integer.numberOfTrailingZeros(operand.scale()),
                operand.displacement(),
                operand.addressSize(),
                narrow);
    }

    /** In 64-bit mode only FS and GS have bases (SDM volume 1, section 3.4.2.1). */
    private static Segment base(Segment segment, boolean narrow) {
        return narrow || segment == Segment.FS || segment == Segment.GS ? segment : null;
    }

    /** A register whose low bytes are the operand's value. */
    int read(int n) {
        return read(n, false);
    }

    /** The same where the operand is going to be written too. */
    int readForWrite(int n) {
        return read(n, true);
    }

    private int read(int n, boolean forWrite) {
        Operand operand = instruction.operand(n);
        if (register(n) != NONE) {
            return register(n);
        }
        int t = temporary();
        if (operand instanceof Operand.Register register && register.file() == RegisterFile.GPR_HIGH) {
            emit(new MicroOp.HighByte(t, register.number()));
        } else if (operand instanceof Operand.Immediate immediate) {
            emit(new MicroOp.Constant(t, immediate.value()));
        } else if (operand instanceof Operand.Memory) {
            emit(
                    forWrite
                            ? new MicroOp.LoadForStore(operand.size(), t, address(n))
                            : new MicroOp.Load(operand.size(), t, address(n)));
        } else {
            throw new IllegalStateException("operand " + n + " of " + instruction + " is not an integer");
        }
        return t;
    }

    /** Where to compute a result that {@link #write} then puts into the operand. */
    int target(int n) {
        return register(n) != NONE ? register(n) : temporary();
    }

    /** Puts what is in {@code from} into the operand; nothing to do where that is the operand itself. */
    void write(int n, int from) {
        Operand operand = instruction.operand(n);
        if (operand instanceof Operand.Memory) {
            emit(new MicroOp.Store(operand.size(), from, address(n)));
        } else if (operand instanceof Operand.Register register) {
            if (register.file() == RegisterFile.GPR_HIGH) {
                emit(new MicroOp.SetHighByte(register.number(), from));
            } else if (register.number() != from) {
                emit(new MicroOp.Move(operand.size(), register.number(), from));
            }
        }
    }

    // The stack, whose pointer is as wide as the mode's addresses.

    private int stackWidth() {
        return instruction.mode() == Mode.BITS_64 ? 8 : 4;
    }

    /** {@code SS:[register + displacement]}, register being RSP or RBP. */
    Address stack(int register, long displacement) {
        boolean narrow = instruction.mode() != Mode.BITS_64;
        return new Address(narrow ? Segment.SS : null, register, Address.ZERO, 0, displacement, stackWidth(), narrow);
    }

    Address slot(int size) {
        return stack(Cpu.RSP, -size);
    }

    Address top() {
        return stack(Cpu.RSP, 0);
    }

    void push(int size, int from) {
        emit(new MicroOp.Push(size, from, slot(size)));
    }

    void pop(int size, int into) {
        emit(new MicroOp.Pop(size, into, top(), stack(Cpu.RSP, size)));
    }
}
