package org.pvdiet.emulator.cpu;

import static org.objectweb.asm.Opcodes.*;

import java.util.List;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;

/** Writes micro-operations that transfer no control. Their meaning is that of {@link MicroOp#execute}. */
final class MicroOpWriter {
    private final BytecodeWriter to;
    private final MethodVisitor code;
    private BytecodeWriter.Bail bail;
    private boolean flagsHidden;

    MicroOpWriter(BytecodeWriter to) {
        this.to = to;
        this.code = to.code;
    }

    /** True where each of an instruction's operations has bytecode, and none needs to be undone when a later one bails. */
    static boolean canWrite(List<MicroOp> instruction) {
        boolean changed = false;
        int updates = 0;
        for (MicroOp op : instruction) {
            if (!canWrite(op)) {
                return false;
            }
            updates += op instanceof MicroOp.LoadForStore ? 1 : 0;
            boolean store = op instanceof MicroOp.Store && updates > 0;
            if (changed && mayBail(op) && !store || updates > 1) {
                return false;
            }
            changed |= mayChange(op);
        }
        return true;
    }

    /** False where nothing of the processor changes that an instruction's next operation would have to undo. */
    private static boolean mayChange(MicroOp op) {
        if (op instanceof MicroOp.Constant || op instanceof MicroOp.SetIf || op instanceof MicroOp.BitOffset) {
            return ((MicroOp.ToRegister) op).d() < InstructionLowering.FIRST_TEMPORARY;
        }
        return !(op instanceof MicroOp.Load || op instanceof MicroOp.LoadForStore || op instanceof MicroOp.Move);
    }

    static boolean mayBail(MicroOp op) {
        return op instanceof MicroOp.Load
                || op instanceof MicroOp.LoadForStore
                || op instanceof MicroOp.Store
                || op instanceof MicroOp.Push
                || op instanceof MicroOp.Pop
                || op instanceof MicroOp.Divide
                || op instanceof MicroOp.Call
                || op instanceof MicroOp.CallRegister
                || op instanceof MicroOp.JumpRegister
                || op instanceof MicroOp.Return;
    }

    private static boolean canWrite(MicroOp op) {
        if (op instanceof MicroOp.ShiftConstant o) {
            return o.operation() != MicroOp.Turn.RCL && o.operation() != MicroOp.Turn.RCR;
        }
        if (op instanceof MicroOp.Shift o) {
            return o.operation() != MicroOp.Turn.RCL && o.operation() != MicroOp.Turn.RCR;
        }
        if (op instanceof MicroOp.Scan o) {
            return (o.operation() == MicroOp.BitScan.BSF || o.operation() == MicroOp.BitScan.BSR)
                    && o.d() < InstructionLowering.FIRST_TEMPORARY;
        }
        if (op instanceof MicroOp.Load o) {
            return o.address().size() == 8;
        }
        if (op instanceof MicroOp.LoadForStore o) {
            return o.address().size() == 8;
        }
        if (op instanceof MicroOp.Store o) {
            return o.address().size() == 8;
        }
        if (op instanceof MicroOp.Call o) {
            return o.size() == 8;
        }
        if (op instanceof MicroOp.CallRegister o) {
            return o.size() == 8;
        }
        if (op instanceof MicroOp.JumpRegister o) {
            return o.size() == 8;
        }
        if (op instanceof MicroOp.Return o) {
            return o.size() == 8;
        }
        return op instanceof MicroOp.Push
                || op instanceof MicroOp.Pop
                || op instanceof MicroOp.Move
                || op instanceof MicroOp.Constant
                || op instanceof MicroOp.Effective
                || op instanceof MicroOp.Alu2
                || op instanceof MicroOp.AluConstant
                || op instanceof MicroOp.Compare
                || op instanceof MicroOp.CompareConstant
                || op instanceof MicroOp.Extend
                || op instanceof MicroOp.SignFill
                || op instanceof MicroOp.HighByte
                || op instanceof MicroOp.SetHighByte
                || op instanceof MicroOp.Alu1
                || op instanceof MicroOp.Multiply
                || op instanceof MicroOp.MultiplyWide
                || op instanceof MicroOp.Divide
                || op instanceof MicroOp.BitTest
                || op instanceof MicroOp.BitOffset
                || op instanceof MicroOp.Carry
                || op instanceof MicroOp.SetIf
                || op instanceof MicroOp.MoveIf
                || op instanceof MicroOp.CompareExchange
                || op instanceof MicroOp.Jump
                || op instanceof MicroOp.JumpIf;
    }

    /** True for an operation that takes less where its flags are hidden. */
    static boolean mayHideFlags(MicroOp op) {
        return op instanceof MicroOp.Alu1
                || op instanceof MicroOp.ShiftConstant
                || op instanceof MicroOp.Shift
                || op instanceof MicroOp.BitTest;
    }

    /** True where nothing can see the flags that were set before these operations. */
    static boolean hideFlags(List<MicroOp> following) {
        for (MicroOp op : following) {
            if (mayBail(op) || !leavesFlags(op) && !keepsCarry(op)) {
                return setsFlags(op);
            }
        }
        return false;
    }

    /** True where nothing can see the flags that an operation sets before these. */
    static boolean hideFlags(MicroOp op, List<MicroOp> following) {
        // Of two the first leaves no trace: the second keeps the carry that was there before both.
        return keepsCarry(op)
                        && following.stream()
                                .dropWhile(next -> leavesFlags(next) && !mayBail(next))
                                .findFirst()
                                .filter(MicroOpWriter::keepsCarry)
                                .isPresent()
                || hideFlags(following);
    }

    /** INC and DEC, which set the other flags. */
    private static boolean keepsCarry(MicroOp op) {
        return op instanceof MicroOp.Alu1 o
                && (o.operation() == MicroOp.Unary.INC || o.operation() == MicroOp.Unary.DEC);
    }

    private static boolean leavesFlags(MicroOp op) {
        return op instanceof MicroOp.Move
                || op instanceof MicroOp.Constant
                || op instanceof MicroOp.Effective
                || op instanceof MicroOp.Extend
                || op instanceof MicroOp.SignFill;
    }

    /** True where all flags become others, and none of them is looked at before. */
    private static boolean setsFlags(MicroOp op) {
        return op instanceof MicroOp.Alu2 o && isPlain(o.operation())
                || op instanceof MicroOp.AluConstant k && isPlain(k.operation())
                || op instanceof MicroOp.Compare
                || op instanceof MicroOp.CompareConstant;
    }

    private static boolean isPlain(MicroOp.Binary operation) {
        return operation != MicroOp.Binary.ADC && operation != MicroOp.Binary.SBB;
    }

    /**
     * @param hidden whether nothing can see the operation's flags
     * @param otherwise where to go on if the interpreter must execute the instruction
     */
    void write(MicroOp op, boolean hidden, BytecodeWriter.Bail otherwise) {
        bail = otherwise;
        flagsHidden = hidden;
        if (op instanceof MicroOp.Load o) {
            to.write(o.size(), o.d(), () -> to.load(o.size(), o.address(), bail));
        } else if (op instanceof MicroOp.LoadForStore o) {
            to.write(o.size(), o.d(), () -> to.load(o.size(), o.address(), bail));
        } else if (op instanceof MicroOp.Store o) {
            to.store(o.size(), o.address(), bail, () -> to.read(o.a()));
        } else if (op instanceof MicroOp.Push o) {
            to.store(o.size(), o.slot(), bail, () -> to.read(o.a()));
            to.write(8, Cpu.RSP, () -> to.offset(o.slot()));
        } else if (op instanceof MicroOp.Pop o) {
            to.load(o.size(), o.top(), bail);
            code.visitVarInsn(LSTORE, BytecodeWriter.SCRATCH);
            to.write(8, Cpu.RSP, () -> to.offset(o.after()));
            scratchTo(o.size(), o.d());
        } else if (op instanceof MicroOp.Move o) {
            to.write(o.size(), o.d(), () -> to.read(o.a()));
        } else if (op instanceof MicroOp.Constant o) {
            to.write(8, o.d(), () -> to.constant(o.value()));
        } else if (op instanceof MicroOp.Effective o) {
            to.write(o.size(), o.d(), () -> to.offset(o.address()));
        } else if (op instanceof MicroOp.Extend o) {
            extend(o);
        } else if (op instanceof MicroOp.SignFill o) {
            to.write(o.size(), o.d(), () -> {
                to.read(o.a());
                to.align(o.size());
                to.number(63);
                code.visitInsn(LSHR);
            });
        } else if (op instanceof MicroOp.HighByte o) {
            to.write(8, o.d(), () -> {
                to.read(o.a());
                to.number(8);
                code.visitInsn(LUSHR);
                to.zeroExtend(1);
            });
        } else if (op instanceof MicroOp.SetHighByte o) {
            setHighByte(o);
        } else if (op instanceof MicroOp.SetIf o) {
            to.write(1, o.d(), () -> choose(o.condition(), () -> to.constant(1), () -> to.constant(0)));
        } else if (op instanceof MicroOp.MoveIf o) {
            to.write(o.size(), o.d(), () -> choose(o.condition(), () -> to.read(o.a()), () -> to.read(o.d())));
        } else if (op instanceof MicroOp.CompareExchange o) {
            operandFlags(StatusFlags.DIFFERENCE, o.size(), () -> to.read(Cpu.RAX), () -> to.read(o.old()));
            to.write(o.size(), o.d(), () -> choose(4, () -> to.read(o.b()), () -> to.read(o.old())));
        } else {
            arithmetic(op);
        }
    }

    private void arithmetic(MicroOp op) {
        if (op instanceof MicroOp.Alu2 o) {
            binary(o.operation(), o.size(), o.d(), () -> to.read(o.a()), () -> to.read(o.b()));
        } else if (op instanceof MicroOp.AluConstant o) {
            binary(o.operation(), o.size(), o.d(), () -> to.read(o.a()), () -> to.constant(o.value()));
        } else if (op instanceof MicroOp.Compare o) {
            binary(o.operation(), o.size(), BytecodeWriter.NONE, () -> to.read(o.a()), () -> to.read(o.b()));
        } else if (op instanceof MicroOp.CompareConstant o) {
            binary(o.operation(), o.size(), BytecodeWriter.NONE, () -> to.read(o.a()), () -> to.constant(o.value()));
        } else if (op instanceof MicroOp.Alu1 o) {
            unary(o);
        } else if (op instanceof MicroOp.ShiftConstant o) {
            int count = Alu.count(o.size(), o.count());
            if (count == 0) {
                to.write(o.size(), o.d(), () -> to.read(o.a()));
            } else {
                shift(o.operation(), o.size(), o.d(), o.a(), () -> to.number(count));
            }
        } else if (op instanceof MicroOp.Shift o) {
            shiftByRegister(o);
        } else if (op instanceof MicroOp.Multiply o) {
            multiply(o);
        } else if (op instanceof MicroOp.MultiplyWide o) {
            multiplyWide(o);
        } else if (op instanceof MicroOp.Divide o) {
            divide(o);
        } else if (op instanceof MicroOp.BitTest o) {
            bitTest(o);
        } else if (op instanceof MicroOp.BitOffset o) {
            to.write(8, o.d(), () -> {
                to.read(o.a());
                to.signExtend(o.size());
                to.number(Integer.numberOfTrailingZeros(8 * o.size()));
                code.visitInsn(LSHR);
                to.constant(o.size());
                code.visitInsn(LMUL);
            });
        } else if (op instanceof MicroOp.Scan o) {
            scan(o);
        } else if (op instanceof MicroOp.Carry o) {
            carry(o);
        } else {
            throw new IllegalArgumentException("no bytecode for " + op);
        }
    }

    private void extend(MicroOp.Extend o) {
        to.write(o.size(), o.d(), () -> {
            to.read(o.a());
            if (o.signed()) {
                to.signExtend(o.from());
            } else {
                to.zeroExtend(o.from());
            }
        });
    }

    private void setHighByte(MicroOp.SetHighByte o) {
        to.write(8, o.d(), () -> {
            to.read(o.d());
            to.constant(~0xff00L);
            code.visitInsn(LAND);
            to.read(o.a());
            to.zeroExtend(1);
            to.number(8);
            code.visitInsn(LSHL);
            code.visitInsn(LOR);
        });
    }

    private void choose(int condition, Runnable yes, Runnable no) {
        Label holds = new Label();
        Label done = new Label();
        to.jumpIf(condition, holds);
        int before = to.inLocals();
        no.run();
        to.keep(before);
        code.visitJumpInsn(GOTO, done);
        code.visitLabel(holds);
        yes.run();
        to.keep(before);
        code.visitLabel(done);
    }

    private void operandFlags(int kind, int size, Runnable a, Runnable b) {
        operands(a, b);
        to.flags(StatusFlags.of(kind, size));
    }

    /** The flags of a result that is in the scratch local; the others are 0. */
    private void logicalFlags(int size) {
        to.constant(0);
        code.visitVarInsn(LSTORE, BytecodeWriter.FLAG_B);
        code.visitVarInsn(LLOAD, BytecodeWriter.SCRATCH);
        code.visitVarInsn(LSTORE, BytecodeWriter.FLAG_A);
        to.flags(StatusFlags.of(StatusFlags.LOGICAL, size));
    }

    /** What the flags are computed from if they are read. */
    private void operands(Runnable a, Runnable b) {
        a.run();
        b.run();
        code.visitVarInsn(LSTORE, BytecodeWriter.FLAG_B);
        code.visitVarInsn(LSTORE, BytecodeWriter.FLAG_A);
    }

    private void toCarry() {
        to.pushCarry();
        code.visitVarInsn(ISTORE, BytecodeWriter.CARRY);
    }

    private void toScratch() {
        code.visitVarInsn(LSTORE, BytecodeWriter.SCRATCH);
    }

    private void scratchTo(int size, int d) {
        to.write(size, d, () -> code.visitVarInsn(LLOAD, BytecodeWriter.SCRATCH));
    }

    private void binary(MicroOp.Binary operation, int size, int d, Runnable a, Runnable b) {
        switch (operation) {
            case ADD, SUB -> {
                boolean add = operation == MicroOp.Binary.ADD;
                operandFlags(add ? StatusFlags.SUM : StatusFlags.DIFFERENCE, size, a, b);
                if (d != BytecodeWriter.NONE) {
                    to.write(size, d, () -> {
                        a.run();
                        b.run();
                        code.visitInsn(add ? LADD : LSUB);
                    });
                }
                return;
            }
            case AND, OR, XOR -> {
                a.run();
                b.run();
                code.visitInsn(operation == MicroOp.Binary.AND ? LAND : operation == MicroOp.Binary.OR ? LOR : LXOR);
                toScratch();
                logicalFlags(size);
            }
            case ADC, SBB -> {
                boolean add = operation == MicroOp.Binary.ADC;
                toCarry();
                a.run();
                b.run();
                code.visitInsn(add ? LADD : LSUB);
                code.visitVarInsn(ILOAD, BytecodeWriter.CARRY);
                code.visitInsn(I2L);
                code.visitInsn(add ? LADD : LSUB);
                toScratch();
                operands(a, b);
                to.flagsWithCarry(StatusFlags.of(add ? StatusFlags.ADC : StatusFlags.SBB, size));
            }
        }
        if (d != BytecodeWriter.NONE) {
            scratchTo(size, d);
        }
    }

    private void unary(MicroOp.Alu1 o) {
        switch (o.operation()) {
            case INC, DEC -> {
                boolean inc = o.operation() == MicroOp.Unary.INC;
                to.read(o.a());
                code.visitInsn(LCONST_1);
                code.visitInsn(inc ? LADD : LSUB);
                toScratch();
                if (!flagsHidden) {
                    toCarry();
                    operands(() -> to.read(o.a()), () -> to.constant(0));
                    to.flagsWithCarry(StatusFlags.of(inc ? StatusFlags.INC : StatusFlags.DEC, o.size()));
                }
                scratchTo(o.size(), o.d());
            }
            case NEG -> {
                operandFlags(StatusFlags.DIFFERENCE, o.size(), () -> to.constant(0), () -> to.read(o.a()));
                to.write(o.size(), o.d(), () -> {
                    to.read(o.a());
                    code.visitInsn(LNEG);
                });
            }
            case NOT ->
                to.write(o.size(), o.d(), () -> {
                    to.read(o.a());
                    to.constant(-1);
                    code.visitInsn(LXOR);
                });
            case BSWAP ->
                to.write(o.size(), o.d(), () -> {
                    to.number(o.size());
                    to.read(o.a());
                    to.alu("bswap", "(IJ)J");
                });
            case SWAP2 ->
                to.write(o.size(), o.d(), () -> {
                    to.read(o.a());
                    code.visitInsn(L2I);
                    code.visitInsn(I2S);
                    code.visitMethodInsn(INVOKESTATIC, "java/lang/Short", "reverseBytes", "(S)S", false);
                    code.visitInsn(I2L);
                });
        }
    }

    /** @param count pushes a number that has been masked and is not 0 */
    private void shift(MicroOp.Turn operation, int size, int d, int a, Runnable count) {
        if (operation == MicroOp.Turn.ROL || operation == MicroOp.Turn.ROR) {
            boolean left = operation == MicroOp.Turn.ROL;
            to.number(size);
            to.read(a);
            count.run();
            to.alu(left ? "rotateLeft" : "rotateRight", "(IJI)J");
            toScratch();
            if (!flagsHidden) {
                to.pushStatus();
                to.number(size);
                code.visitVarInsn(LLOAD, BytecodeWriter.SCRATCH);
                to.alu(left ? "rolFlags" : "rorFlags", "(JIJ)J");
                to.flagBits();
            }
            scratchTo(size, d);
            return;
        }
        to.read(a);
        switch (operation) {
            case SHR -> to.zeroExtend(size);
            case SAR -> to.signExtend(size);
            default -> {}
        }
        count.run();
        code.visitInsn(operation == MicroOp.Turn.SHL ? LSHL : operation == MicroOp.Turn.SHR ? LUSHR : LSHR);
        toScratch();
        operands(() -> to.read(a), () -> {
            count.run();
            code.visitInsn(I2L);
        });
        int kind = switch (operation) {
            case SHL -> StatusFlags.SHL;
            case SHR -> StatusFlags.SHR;
            default -> StatusFlags.SAR;
        };
        to.flags(StatusFlags.of(kind, size));
        scratchTo(size, d);
    }

    private void shiftByRegister(MicroOp.Shift o) {
        Runnable count = () -> {
            to.read(o.count());
            code.visitInsn(L2I);
            to.number(o.size() == 8 ? 63 : 31);
            code.visitInsn(IAND);
        };
        Label nothing = new Label();
        Label done = new Label();
        to.readFlags();
        to.toLocal(o.d());
        count.run();
        code.visitJumpInsn(IFEQ, nothing);
        int before = to.inLocals();
        shift(o.operation(), o.size(), o.d(), o.a(), count);
        to.keep(before);
        code.visitJumpInsn(GOTO, done);
        code.visitLabel(nothing);
        to.write(o.size(), o.d(), () -> to.read(o.a()));
        to.keep(before);
        code.visitLabel(done);
        to.flagsInState();
    }

    private void multiply(MicroOp.Multiply o) {
        to.read(o.a());
        to.signExtend(o.size());
        to.read(o.b());
        to.signExtend(o.size());
        code.visitInsn(LMUL);
        toScratch();
        operands(() -> to.read(o.a()), () -> to.read(o.b()));
        to.flags(StatusFlags.of(StatusFlags.MULTIPLY, o.size()));
        scratchTo(o.size(), o.d());
    }

    private void multiplyWide(MicroOp.MultiplyWide o) {
        Runnable factors = () -> {
            to.number(o.size());
            to.read(Cpu.RAX);
            to.read(o.a());
        };
        String signed = o.signed() ? "Signed" : "";
        operands(() -> to.read(Cpu.RAX), () -> to.read(o.a()));
        to.flags(StatusFlags.of(o.signed() ? StatusFlags.MULTIPLY : StatusFlags.PRODUCT, o.size()));
        factors.run();
        to.alu("productLow" + signed, "(IJJ)J");
        toScratch();
        if (o.size() > 1) {
            to.write(o.size(), Cpu.RDX, () -> {
                factors.run();
                to.alu("productHigh" + signed, "(IJJ)J");
            });
        }
        scratchTo(o.size() == 1 ? 2 : o.size(), Cpu.RAX);
    }

    private void divide(MicroOp.Divide o) {
        to.writeRegisters();
        code.visitVarInsn(ALOAD, BytecodeWriter.THE_CPU);
        to.number(o.signed() ? 1 : 0);
        to.number(o.size());
        to.read(o.a());
        to.alu("divides", "(L" + BytecodeWriter.CPU + ";ZIJ)Z");
        code.visitJumpInsn(IFEQ, bail.label());
        to.forget(Cpu.RAX);
        to.forget(Cpu.RDX);
    }

    private void bitTest(MicroOp.BitTest o) {
        if (!flagsHidden) {
            to.pushStatus();
            to.number(o.size());
            to.read(o.a());
            to.read(o.index());
            to.alu("bitFlags", "(JIJJ)J");
            to.flagBits();
        }
        if (o.change() != MicroOp.BitChange.NONE) {
            to.write(o.size(), o.d(), () -> {
                to.read(o.a());
                to.number(o.size());
                to.read(o.index());
                to.alu("bitMask", "(IJ)J");
                if (o.change() == MicroOp.BitChange.RESET) {
                    to.constant(-1);
                    code.visitInsn(LXOR);
                }
                code.visitInsn(
                        switch (o.change()) {
                            case SET -> LOR;
                            case RESET -> LAND;
                            default -> LXOR;
                        });
            });
        }
    }

    /** BSF and BSR. */
    private void scan(MicroOp.Scan o) {
        to.read(o.a());
        to.zeroExtend(o.size());
        toScratch();
        logicalFlags(o.size());
        Label none = new Label();
        to.toLocal(o.d());
        code.visitVarInsn(LLOAD, BytecodeWriter.SCRATCH);
        code.visitInsn(LCONST_0);
        code.visitInsn(LCMP);
        code.visitJumpInsn(IFEQ, none);
        int before = to.inLocals();
        to.write(o.size(), o.d(), () -> {
            code.visitVarInsn(LLOAD, BytecodeWriter.SCRATCH);
            to.alu(o.operation() == MicroOp.BitScan.BSF ? "lowestBit" : "highestBit", "(J)J");
        });
        to.keep(before);
        code.visitLabel(none);
    }

    private void carry(MicroOp.Carry o) {
        to.pushStatus();
        if (o.keep()) {
            to.constant(o.set() ? Flags.CF : 0);
            code.visitInsn(LXOR);
        } else {
            to.constant(~Flags.CF);
            code.visitInsn(LAND);
            to.constant(o.set() ? Flags.CF : 0);
            code.visitInsn(LOR);
        }
        to.flagBits();
    }
}
