package org.pvdiet.emulator.cpu;

import static org.objectweb.asm.Opcodes.*;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;
import org.pvdiet.emulator.memory.LinearMemory;
import org.pvdiet.emulator.memory.Mmu;

/**
 * Writes a region as a class. Guest registers and the lazy flags are Java locals between the beginning and an exit; in
 * {@link Cpu} they are right at exits, in micro-operations that have no bytecode here, and once a fault has been caught. What
 * accesses to memory can see of the processor without that (retired instructions and RIP at the block's start) is written as
 * blocks begin.
 */
final class RegionWriter {
    private static final String TRANSLATION = Type.getInternalName(Translation.class);
    private static final String CPU = Type.getInternalName(Cpu.class);
    private static final String MEMORY = Type.getInternalName(LinearMemory.class);
    private static final String BLOCK = Type.getInternalName(Block.class);
    private static final String OP = Type.getInternalName(MicroOp.class);
    private static final String ALU = Type.getInternalName(Alu.class);
    private static final String FLAGS = Type.getInternalName(StatusFlags.class);
    private static final String SEGMENTS = Type.getInternalName(SegmentRegisters.class);
    private static final String SEGMENT = Type.getInternalName(SegmentRegister.class);

    // Locals. The first are the parameters of Translation.run.
    private static final int THE_CPU = 1;
    private static final int THE_MEMORY = 2;
    private static final int BLOCKS = 3;
    private static final int OPS = 4;
    private static final int STOP_AT = 5;
    private static final int REGISTERS = 7;

    /** The instruction that may fault or want attention: {@link Translation#place}, inverted where registers are not in locals. */
    private static final int PLACE = 8;

    private static final int STATE = 9;
    private static final int FLAG_A = 10;
    private static final int FLAG_B = 12;
    private static final int RETIRED = 14;
    private static final int NEXT = 16;
    private static final int RESULT = 18;
    private static final int GENERATION = 19;
    private static final int SCRATCH = 21;
    private static final int CAUGHT = 23;
    private static final int FIRST_REGISTER = 24;

    /** Return addresses that a return is compared with. */
    private static final int MOST_RETURNS = 4;

    private static final int PAGE_SHIFT = 12;
    private static final int NONE = -1;

    private final Block[] blocks;
    private final int blockCount;
    private final List<List<List<MicroOp>>> lowered;
    private final Map<Long, Integer> numbers = new HashMap<>();
    private final List<Integer> returnPoints = new ArrayList<>();

    // Found by a first pass: what is read or written in locals, what is written, and which blocks access memory.
    private int used;
    private int written;
    private final boolean[] accessing;

    private MethodVisitor code;
    private final List<MicroOp> ops = new ArrayList<>();
    private int length;

    private Label[] labels;
    private Label exit;
    private Label attention;

    private int current;

    /** The flags' state where it is known, or {@link #NONE}. */
    private int known;

    /** Registers 16 and up whose value is in a local and not in the processor. */
    private int temporaries;

    /** @param count of the first blocks that are to be translated */
    RegionWriter(Block[] blocks, int count, List<List<List<MicroOp>>> lowered) {
        this.blocks = blocks;
        this.blockCount = count;
        this.lowered = lowered;
        this.accessing = new boolean[count];
        for (int i = 0; i < count; i++) {
            numbers.put(blocks[i].start, i);
        }
        for (int i = 0; i < count; i++) {
            MicroOp last = last(i);
            long after = last instanceof MicroOp.Call call
                    ? call.next()
                    : last instanceof MicroOp.CallRegister call ? call.next() : 0;
            Integer point =
                    last instanceof MicroOp.Call || last instanceof MicroOp.CallRegister ? numbers.get(after) : null;
            if (point != null && returnPoints.size() < MOST_RETURNS && !returnPoints.contains(point)) {
                returnPoints.add(point);
            }
        }
    }

    /** Bytes of bytecode, once written. */
    int length() {
        return length;
    }

    MicroOp[] ops() {
        return ops.toArray(new MicroOp[0]);
    }

    byte[] write() {
        code = new MethodVisitor(ASM9) {};
        region();
        ops.clear();
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_FRAMES | ClassWriter.COMPUTE_MAXS) {
            @Override
            protected String getCommonSuperClass(String a, String b) {
                return "java/lang/Object";
            }
        };
        writer.visit(V17, ACC_FINAL | ACC_SUPER, TRANSLATION + "Code", null, TRANSLATION, null);
        MethodVisitor constructor = writer.visitMethod(0, "<init>", "()V", null, null);
        constructor.visitCode();
        constructor.visitVarInsn(ALOAD, 0);
        constructor.visitMethodInsn(INVOKESPECIAL, TRANSLATION, "<init>", "()V", false);
        constructor.visitInsn(RETURN);
        constructor.visitMaxs(0, 0);
        constructor.visitEnd();
        code = writer.visitMethod(
                0, "run", "(L" + CPU + ";L" + MEMORY + ";[L" + BLOCK + ";[L" + OP + ";J)I", null, null);
        code.visitCode();
        Label end = region();
        code.visitMaxs(0, 0);
        code.visitEnd();
        writer.visitEnd();
        byte[] bytes = writer.toByteArray();
        length = end.getOffset();
        return bytes;
    }

    private Label region() {
        labels = new Label[blockCount];
        for (int i = 0; i < blockCount; i++) {
            labels[i] = new Label();
        }
        exit = new Label();
        attention = new Label();
        Label begin = new Label();
        Label end = new Label();
        Label caught = new Label();
        enter();
        code.visitTryCatchBlock(begin, end, caught, "java/lang/RuntimeException");
        code.visitLabel(begin);
        for (int i = 0; i < blockCount; i++) {
            block(i);
        }
        code.visitLabel(end);

        code.visitLabel(exit);
        writeBack();
        code.visitVarInsn(ALOAD, THE_CPU);
        code.visitVarInsn(LLOAD, NEXT);
        code.visitFieldInsn(PUTFIELD, CPU, "rip", "J");
        code.visitVarInsn(ALOAD, THE_CPU);
        code.visitVarInsn(LLOAD, RETIRED);
        code.visitFieldInsn(PUTFIELD, CPU, "retired", "J");
        code.visitVarInsn(ILOAD, RESULT);
        code.visitInsn(IRETURN);

        code.visitLabel(attention);
        writeBack();
        code.visitVarInsn(ILOAD, PLACE);
        code.visitMethodInsn(INVOKESTATIC, TRANSLATION, "interruptedAfter", "(I)I", false);
        code.visitInsn(IRETURN);

        code.visitLabel(caught);
        code.visitVarInsn(ASTORE, CAUGHT);
        Label written = new Label();
        code.visitVarInsn(ILOAD, PLACE);
        code.visitJumpInsn(IFLT, written);
        writeBack();
        code.visitLabel(written);
        code.visitVarInsn(ALOAD, THE_CPU);
        code.visitVarInsn(ALOAD, BLOCKS);
        code.visitVarInsn(ILOAD, PLACE);
        code.visitVarInsn(ALOAD, CAUGHT);
        code.visitMethodInsn(
                INVOKESTATIC,
                TRANSLATION,
                "fault",
                "(L" + CPU + ";[L" + BLOCK + ";ILjava/lang/RuntimeException;)I",
                false);
        code.visitInsn(IRETURN);
        Label last = new Label();
        code.visitLabel(last);
        return last;
    }

    private void enter() {
        code.visitVarInsn(ALOAD, THE_CPU);
        code.visitFieldInsn(GETFIELD, CPU, "r", "[J");
        code.visitVarInsn(ASTORE, REGISTERS);
        readAll();
        readRetired();
        code.visitVarInsn(ALOAD, THE_CPU);
        code.visitMethodInsn(INVOKEVIRTUAL, CPU, "mmu", "()L" + Type.getInternalName(Mmu.class) + ";", false);
        code.visitMethodInsn(INVOKEVIRTUAL, Type.getInternalName(Mmu.class), "generation", "()J", false);
        code.visitVarInsn(LSTORE, GENERATION);
        number(0);
        code.visitVarInsn(ISTORE, PLACE);
        number(Translation.LEFT);
        code.visitVarInsn(ISTORE, RESULT);
        code.visitLdcInsn(0L);
        code.visitVarInsn(LSTORE, NEXT);
    }

    private void readRetired() {
        code.visitVarInsn(ALOAD, THE_CPU);
        code.visitFieldInsn(GETFIELD, CPU, "retired", "J");
        code.visitVarInsn(LSTORE, RETIRED);
    }

    /** Registers and flags from the processor. */
    private void readAll() {
        for (int i = 0; i < 16; i++) {
            if ((used >> i & 1) != 0) {
                readProcessor(i);
                code.visitVarInsn(LSTORE, FIRST_REGISTER + 2 * i);
            }
        }
        code.visitVarInsn(ALOAD, THE_CPU);
        code.visitFieldInsn(GETFIELD, CPU, "flagState", "I");
        code.visitVarInsn(ISTORE, STATE);
        code.visitVarInsn(ALOAD, THE_CPU);
        code.visitFieldInsn(GETFIELD, CPU, "flagA", "J");
        code.visitVarInsn(LSTORE, FLAG_A);
        code.visitVarInsn(ALOAD, THE_CPU);
        code.visitFieldInsn(GETFIELD, CPU, "flagB", "J");
        code.visitVarInsn(LSTORE, FLAG_B);
    }

    /** Registers and flags to the processor. */
    private void writeBack() {
        for (int i = 0; i < 16; i++) {
            if ((written >> i & 1) != 0) {
                writeProcessor(i);
            }
        }
        code.visitVarInsn(ALOAD, THE_CPU);
        code.visitVarInsn(ILOAD, STATE);
        code.visitFieldInsn(PUTFIELD, CPU, "flagState", "I");
        code.visitVarInsn(ALOAD, THE_CPU);
        code.visitVarInsn(LLOAD, FLAG_A);
        code.visitFieldInsn(PUTFIELD, CPU, "flagA", "J");
        code.visitVarInsn(ALOAD, THE_CPU);
        code.visitVarInsn(LLOAD, FLAG_B);
        code.visitFieldInsn(PUTFIELD, CPU, "flagB", "J");
    }

    private void readProcessor(int register) {
        code.visitVarInsn(ALOAD, REGISTERS);
        number(register);
        code.visitInsn(LALOAD);
    }

    private void writeProcessor(int register) {
        code.visitVarInsn(ALOAD, REGISTERS);
        number(register);
        code.visitVarInsn(LLOAD, FIRST_REGISTER + 2 * register);
        code.visitInsn(LASTORE);
    }

    // Blocks, and the ways between them.

    private MicroOp last(int block) {
        List<List<MicroOp>> instructions = lowered.get(block);
        List<MicroOp> of = instructions.get(instructions.size() - 1);
        return of.isEmpty() ? null : of.get(of.size() - 1);
    }

    private void block(int number) {
        current = number;
        known = NONE;
        Block block = blocks[number];
        code.visitLabel(labels[number]);
        Label inTime = new Label();
        code.visitVarInsn(LLOAD, RETIRED);
        constant(block.count);
        code.visitInsn(LADD);
        code.visitVarInsn(LLOAD, STOP_AT);
        code.visitInsn(LCMP);
        code.visitJumpInsn(IFLE, inTime);
        constant(block.start);
        code.visitVarInsn(LSTORE, NEXT);
        leave(Translation.LEFT);
        code.visitLabel(inTime);
        if (accessing[number]) {
            code.visitVarInsn(ALOAD, THE_CPU);
            constant(block.start);
            code.visitFieldInsn(PUTFIELD, CPU, "rip", "J");
            code.visitVarInsn(ALOAD, THE_CPU);
            code.visitVarInsn(LLOAD, RETIRED);
            code.visitFieldInsn(PUTFIELD, CPU, "retired", "J");
        }
        List<List<MicroOp>> instructions = lowered.get(number);
        for (int i = 0; i < instructions.size(); i++) {
            temporaries = 0;
            boolean lastInstruction = i == instructions.size() - 1;
            List<MicroOp> of = instructions.get(i);
            boolean accesses = false;
            for (int k = 0; k < of.size(); k++) {
                MicroOp op = of.get(k);
                if (lastInstruction && k == of.size() - 1 && ends(block, op)) {
                    end(block, op, i);
                    return;
                }
                if (accesses(op)) {
                    if (!accesses) {
                        place(i);
                    }
                    accesses = true;
                }
                if (!translated(op)) {
                    call(op, i);
                    accesses = true;
                }
            }
            if (accesses) {
                accessing[number] = true;
                if (!lastInstruction) {
                    lookForAttention(attention);
                }
            }
        }
        retire(block);
        go(block.address(block.count));
    }

    private static boolean ends(Block block, MicroOp op) {
        return block.exit != Block.Exit.DIRECT
                || op instanceof MicroOp.JumpIf
                || op instanceof MicroOp.Jump
                || op instanceof MicroOp.Call
                || op instanceof MicroOp.JumpCounted;
    }

    private void end(Block block, MicroOp op, int instruction) {
        if (op instanceof MicroOp.JumpIf o) {
            retire(block);
            Label taken = new Label();
            jumpIf(o.condition(), taken);
            go(o.next());
            code.visitLabel(taken);
            go(o.target());
        } else if (op instanceof MicroOp.Jump o) {
            retire(block);
            go(o.target());
        } else if (op instanceof MicroOp.Call o && o.size() == 8) {
            accessing[current] = true;
            place(instruction);
            store(8, o.slot(), () -> constant(o.next()));
            write(8, Cpu.RSP, () -> offset(o.slot()));
            retire(block);
            go(o.target());
        } else if (op instanceof MicroOp.Return o && o.size() == 8) {
            accessing[current] = true;
            place(instruction);
            load(8, o.top(), "load");
            canonical();
            write(8, Cpu.RSP, () -> offset(o.after()));
            retire(block);
            goBack();
        } else if (op instanceof MicroOp.JumpRegister o && o.size() == 8) {
            accessing[current] = true;
            place(instruction);
            read(o.a());
            canonical();
            retire(block);
            leave(current);
        } else if (op instanceof MicroOp.CallRegister o && o.size() == 8) {
            accessing[current] = true;
            place(instruction);
            read(o.a());
            canonical();
            store(8, o.slot(), () -> constant(o.next()));
            write(8, Cpu.RSP, () -> offset(o.slot()));
            retire(block);
            leave(current);
        } else {
            call(op, instruction);
            code.visitVarInsn(ALOAD, THE_CPU);
            code.visitFieldInsn(GETFIELD, CPU, "rip", "J");
            code.visitVarInsn(LSTORE, NEXT);
            retire(block);
            leave(current);
        }
    }

    /** The target on the stack is the next instruction pointer. */
    private void canonical() {
        code.visitMethodInsn(INVOKESTATIC, TRANSLATION, "canonical", "(J)J", false);
        code.visitVarInsn(LSTORE, NEXT);
    }

    private void retire(Block block) {
        code.visitVarInsn(LLOAD, RETIRED);
        constant(block.count);
        code.visitInsn(LADD);
        code.visitVarInsn(LSTORE, RETIRED);
    }

    /** Control goes on at an address. */
    private void go(long target) {
        Integer number = numbers.get(target);
        Label out = new Label();
        if (number != null) {
            goTo(number, out);
        }
        code.visitLabel(out);
        constant(target);
        code.visitVarInsn(LSTORE, NEXT);
        leave(current);
    }

    /** Goes to a block of the region, or to {@code otherwise} where something must be looked at before. */
    private void goTo(int number, Label otherwise) {
        if (accessing[current]) {
            lookForAttention(otherwise);
        }
        if (blocks[number].start >>> PAGE_SHIFT != blocks[current].start >>> PAGE_SHIFT) {
            code.visitVarInsn(ALOAD, BLOCKS);
            number(number);
            code.visitInsn(AALOAD);
            code.visitFieldInsn(GETFIELD, BLOCK, "generation", "J");
            code.visitVarInsn(LLOAD, GENERATION);
            code.visitInsn(LCMP);
            code.visitJumpInsn(IFNE, otherwise);
        }
        code.visitJumpInsn(GOTO, labels[number]);
    }

    /** After a return, whose target is in {@link #NEXT}. */
    private void goBack() {
        Label out = new Label();
        for (int point : returnPoints) {
            Label no = new Label();
            code.visitVarInsn(LLOAD, NEXT);
            constant(blocks[point].start);
            code.visitInsn(LCMP);
            code.visitJumpInsn(IFNE, no);
            goTo(point, out);
            code.visitLabel(no);
        }
        code.visitLabel(out);
        leave(current);
    }

    private void leave(int result) {
        number(result);
        code.visitVarInsn(ISTORE, RESULT);
        code.visitJumpInsn(GOTO, exit);
    }

    private void lookForAttention(Label due) {
        code.visitVarInsn(ALOAD, THE_CPU);
        code.visitFieldInsn(GETFIELD, CPU, "attention", "Z");
        code.visitJumpInsn(IFNE, due);
    }

    private void place(int instruction) {
        number(Translation.place(current, instruction));
        code.visitVarInsn(ISTORE, PLACE);
    }

    /** Has the interpreter's code execute a micro-operation. */
    private void call(MicroOp op, int instruction) {
        accessing[current] = true;
        writeBack();
        for (int i = InstructionLowering.FIRST_TEMPORARY; i < Address.ZERO; i++) {
            if ((temporaries >> i & 1) != 0) {
                writeProcessor(i);
            }
        }
        temporaries = 0;
        number(~Translation.place(current, instruction));
        code.visitVarInsn(ISTORE, PLACE);
        code.visitVarInsn(ALOAD, OPS);
        number(ops.size());
        code.visitInsn(AALOAD);
        code.visitVarInsn(ALOAD, THE_CPU);
        code.visitMethodInsn(INVOKEINTERFACE, OP, "execute", "(L" + CPU + ";)V", true);
        ops.add(op);
        readAll();
        readRetired();
        place(instruction);
        known = NONE;
    }

    // Values.

    private void number(int value) {
        if (value >= -1 && value <= 5) {
            code.visitInsn(ICONST_0 + value);
        } else if (value == (byte) value) {
            code.visitIntInsn(BIPUSH, value);
        } else if (value == (short) value) {
            code.visitIntInsn(SIPUSH, value);
        } else {
            code.visitLdcInsn(value);
        }
    }

    private void constant(long value) {
        if (value == 0 || value == 1) {
            code.visitInsn(LCONST_0 + (int) value);
        } else if (value == (short) value) {
            number((int) value);
            code.visitInsn(I2L);
        } else {
            code.visitLdcInsn(value);
        }
    }

    private void read(int register) {
        if (register == Address.ZERO) {
            code.visitInsn(LCONST_0);
        } else if (register < InstructionLowering.FIRST_TEMPORARY || (temporaries >> register & 1) != 0) {
            used |= register < InstructionLowering.FIRST_TEMPORARY ? 1 << register : 0;
            code.visitVarInsn(LLOAD, FIRST_REGISTER + 2 * register);
        } else {
            readProcessor(register);
        }
    }

    /** As {@link Cpu#write}. */
    private void write(int size, int register, Runnable value) {
        boolean temporary = register >= InstructionLowering.FIRST_TEMPORARY;
        value.run();
        if (size == 4) {
            code.visitLdcInsn(0xffffffffL);
            code.visitInsn(LAND);
        } else if (size < 4) {
            constant((1L << 8 * size) - 1);
            code.visitInsn(LAND);
            if (!temporary) {
                read(register);
                constant(-(1L << 8 * size));
                code.visitInsn(LAND);
                code.visitInsn(LOR);
            }
        }
        code.visitVarInsn(LSTORE, FIRST_REGISTER + 2 * register);
        if (temporary) {
            temporaries |= 1 << register;
        } else {
            used |= 1 << register;
            written |= 1 << register;
        }
    }

    private void align(int size) {
        if (size < 8) {
            number(64 - 8 * size);
            code.visitInsn(LSHL);
        }
    }

    private void zeroExtend(int size) {
        if (size == 4) {
            code.visitLdcInsn(0xffffffffL);
            code.visitInsn(LAND);
        } else if (size < 4) {
            constant((1L << 8 * size) - 1);
            code.visitInsn(LAND);
        }
    }

    private void signExtend(int size) {
        switch (size) {
            case 1 -> {
                code.visitInsn(L2I);
                code.visitInsn(I2B);
                code.visitInsn(I2L);
            }
            case 2 -> {
                code.visitInsn(L2I);
                code.visitInsn(I2S);
                code.visitInsn(I2L);
            }
            case 4 -> {
                code.visitInsn(L2I);
                code.visitInsn(I2L);
            }
            default -> {}
        }
    }

    // Memory.

    private void offset(Address address) {
        boolean empty = true;
        if (address.base() != Address.ZERO) {
            read(address.base());
            empty = false;
        }
        if (address.index() != Address.ZERO) {
            read(address.index());
            if (address.shift() != 0) {
                number(address.shift());
                code.visitInsn(LSHL);
            }
            if (!empty) {
                code.visitInsn(LADD);
            }
            empty = false;
        }
        if (empty) {
            constant(address.displacement());
        } else if (address.displacement() != 0) {
            constant(address.displacement());
            code.visitInsn(LADD);
        }
        zeroExtend(address.size());
    }

    private void linear(Address address) {
        offset(address);
        if (address.segment() != null) {
            code.visitVarInsn(ALOAD, THE_CPU);
            code.visitFieldInsn(GETFIELD, CPU, "segments", "L" + SEGMENTS + ";");
            String name = address.segment().name().toLowerCase(java.util.Locale.ROOT);
            code.visitMethodInsn(INVOKEVIRTUAL, SEGMENTS, name, "()L" + SEGMENT + ";", false);
            code.visitFieldInsn(GETFIELD, SEGMENT, "base", "J");
            code.visitInsn(LADD);
        }
    }

    private void load(int size, Address address, String kind) {
        code.visitVarInsn(ALOAD, THE_MEMORY);
        linear(address);
        code.visitMethodInsn(INVOKEVIRTUAL, MEMORY, kind + 8 * size, "(J)J", false);
    }

    private void store(int size, Address address, Runnable value) {
        code.visitVarInsn(ALOAD, THE_MEMORY);
        linear(address);
        value.run();
        code.visitMethodInsn(INVOKEVIRTUAL, MEMORY, "store" + 8 * size, "(JJ)V", false);
    }

    private static boolean accesses(MicroOp op) {
        return op instanceof MicroOp.Load
                || op instanceof MicroOp.LoadForStore
                || op instanceof MicroOp.Store
                || op instanceof MicroOp.Push
                || op instanceof MicroOp.Pop
                || op instanceof MicroOp.RequireAligned;
    }

    // Flags.

    private void flags(int kind, int size) {
        known = StatusFlags.of(kind, size);
        number(known);
        code.visitVarInsn(ISTORE, STATE);
    }

    private void pushFlags() {
        code.visitVarInsn(ILOAD, STATE);
        code.visitVarInsn(LLOAD, FLAG_A);
        code.visitVarInsn(LLOAD, FLAG_B);
    }

    private void pushCarry() {
        pushFlags();
        code.visitMethodInsn(INVOKESTATIC, FLAGS, "carry", "(IJJ)Z", false);
    }

    private boolean isKnown(int kind) {
        return known != NONE && (known & 3) == kind;
    }

    private void jumpIf(int condition, Label target) {
        boolean not = (condition & 1) != 0;
        if (isKnown(StatusFlags.SUB)) {
            switch (condition >> 1) {
                case 1, 3 -> {
                    code.visitVarInsn(LLOAD, FLAG_A);
                    code.visitVarInsn(LLOAD, FLAG_B);
                    code.visitMethodInsn(INVOKESTATIC, "java/lang/Long", "compareUnsigned", "(JJ)I", false);
                    int less = condition >> 1 == 1 ? IFLT : IFLE;
                    code.visitJumpInsn(not ? inverse(less) : less, target);
                    return;
                }
                case 2, 6, 7 -> {
                    code.visitVarInsn(LLOAD, FLAG_A);
                    code.visitVarInsn(LLOAD, FLAG_B);
                    code.visitInsn(LCMP);
                    int holds = condition >> 1 == 2 ? IFEQ : condition >> 1 == 6 ? IFLT : IFLE;
                    code.visitJumpInsn(not ? inverse(holds) : holds, target);
                    return;
                }
                default -> {}
            }
        }
        if (isKnown(StatusFlags.RESULT) && (condition >> 1 == 2 || condition >> 1 == 4)) {
            code.visitVarInsn(LLOAD, FLAG_A);
            code.visitInsn(LCONST_0);
            code.visitInsn(LCMP);
            int holds = condition >> 1 == 2 ? IFEQ : IFLT;
            code.visitJumpInsn(not ? inverse(holds) : holds, target);
            return;
        }
        number(condition);
        pushFlags();
        code.visitMethodInsn(INVOKESTATIC, FLAGS, "holds", "(IIJJ)Z", false);
        code.visitJumpInsn(IFNE, target);
    }

    private static int inverse(int jump) {
        return switch (jump) {
            case IFEQ -> IFNE;
            case IFLT -> IFGE;
            case IFLE -> IFGT;
            default -> throw new IllegalArgumentException("jump " + jump);
        };
    }

    // Micro-operations within a block.

    /** False, and nothing written, where there is no bytecode for it. */
    private boolean translated(MicroOp op) {
        if (op instanceof MicroOp.Load o) {
            write(o.size(), o.d(), () -> load(o.size(), o.address(), "load"));
        } else if (op instanceof MicroOp.LoadForStore o) {
            write(o.size(), o.d(), () -> load(o.size(), o.address(), "loadForStore"));
        } else if (op instanceof MicroOp.Store o) {
            store(o.size(), o.address(), () -> read(o.a()));
        } else if (op instanceof MicroOp.Push o) {
            store(o.size(), o.slot(), () -> read(o.a()));
            write(8, Cpu.RSP, () -> offset(o.slot()));
        } else if (op instanceof MicroOp.Pop o) {
            load(o.size(), o.top(), "load");
            code.visitVarInsn(LSTORE, SCRATCH);
            write(8, Cpu.RSP, () -> offset(o.after()));
            write(o.size(), o.d(), () -> code.visitVarInsn(LLOAD, SCRATCH));
        } else if (op instanceof MicroOp.Move o) {
            write(o.size(), o.d(), () -> read(o.a()));
        } else if (op instanceof MicroOp.Constant o) {
            write(8, o.d(), () -> constant(o.value()));
        } else if (op instanceof MicroOp.Effective o) {
            write(o.size(), o.d(), () -> offset(o.address()));
        } else if (op instanceof MicroOp.Alu2 o) {
            binary(o.operation(), o.size(), o.d(), () -> read(o.a()), () -> read(o.b()));
        } else if (op instanceof MicroOp.AluConstant o) {
            binary(o.operation(), o.size(), o.d(), () -> read(o.a()), () -> constant(o.value()));
        } else if (op instanceof MicroOp.Compare o) {
            binary(o.operation(), o.size(), NONE, () -> read(o.a()), () -> read(o.b()));
        } else if (op instanceof MicroOp.CompareConstant o) {
            binary(o.operation(), o.size(), NONE, () -> read(o.a()), () -> constant(o.value()));
        } else if (op instanceof MicroOp.Extend o) {
            write(o.size(), o.d(), () -> {
                read(o.a());
                if (o.signed()) {
                    signExtend(o.from());
                } else {
                    zeroExtend(o.from());
                }
            });
        } else if (op instanceof MicroOp.SignFill o) {
            write(o.size(), o.d(), () -> {
                read(o.a());
                align(o.size());
                number(63);
                code.visitInsn(LSHR);
            });
        } else if (op instanceof MicroOp.HighByte o) {
            write(8, o.d(), () -> {
                read(o.a());
                number(8);
                code.visitInsn(LUSHR);
                zeroExtend(1);
            });
        } else if (op instanceof MicroOp.Alu1 o) {
            unary(o);
        } else if (op instanceof MicroOp.ShiftConstant o) {
            return shift(o);
        } else if (op instanceof MicroOp.Multiply o) {
            multiply(o);
        } else if (op instanceof MicroOp.BitTest o) {
            bitTest(o);
        } else if (op instanceof MicroOp.SetIf o) {
            write(1, o.d(), () -> choose(o.condition(), () -> constant(1), () -> constant(0)));
        } else if (op instanceof MicroOp.MoveIf o) {
            write(o.size(), o.d(), () -> choose(o.condition(), () -> read(o.a()), () -> read(o.d())));
        } else if (op instanceof MicroOp.CompareExchange o) {
            subtractFlags(o.size(), () -> read(Cpu.RAX), () -> read(o.old()));
            write(o.size(), o.d(), () -> choose(4, () -> read(o.b()), () -> read(o.old())));
        } else {
            return false;
        }
        return true;
    }

    private void choose(int condition, Runnable yes, Runnable no) {
        Label holds = new Label();
        Label done = new Label();
        jumpIf(condition, holds);
        no.run();
        code.visitJumpInsn(GOTO, done);
        code.visitLabel(holds);
        yes.run();
        code.visitLabel(done);
    }

    private void subtractFlags(int size, Runnable a, Runnable b) {
        operandFlags(StatusFlags.SUB, size, a, b);
    }

    private void operandFlags(int kind, int size, Runnable a, Runnable b) {
        a.run();
        align(size);
        code.visitVarInsn(LSTORE, FLAG_A);
        b.run();
        align(size);
        code.visitVarInsn(LSTORE, FLAG_B);
        flags(kind, size);
    }

    /** The flags of a result that is in {@link #SCRATCH}; the others are on the stack. */
    private void resultFlags(int size) {
        code.visitVarInsn(LSTORE, FLAG_B);
        code.visitVarInsn(LLOAD, SCRATCH);
        align(size);
        code.visitVarInsn(LSTORE, FLAG_A);
        flags(StatusFlags.RESULT, size);
    }

    private void scratchTo(int size, int d) {
        write(size, d, () -> code.visitVarInsn(LLOAD, SCRATCH));
    }

    private void binary(MicroOp.Binary operation, int size, int d, Runnable a, Runnable b) {
        switch (operation) {
            case ADD, SUB -> {
                boolean add = operation == MicroOp.Binary.ADD;
                operandFlags(add ? StatusFlags.ADD : StatusFlags.SUB, size, a, b);
                if (d != NONE) {
                    write(size, d, () -> {
                        a.run();
                        b.run();
                        code.visitInsn(add ? LADD : LSUB);
                    });
                }
            }
            case AND, OR, XOR -> {
                a.run();
                b.run();
                code.visitInsn(operation == MicroOp.Binary.AND ? LAND : operation == MicroOp.Binary.OR ? LOR : LXOR);
                code.visitVarInsn(LSTORE, SCRATCH);
                code.visitInsn(LCONST_0);
                resultFlags(size);
                if (d != NONE) {
                    scratchTo(size, d);
                }
            }
            case ADC, SBB -> {
                boolean add = operation == MicroOp.Binary.ADC;
                a.run();
                b.run();
                code.visitInsn(add ? LADD : LSUB);
                pushCarry();
                code.visitInsn(I2L);
                code.visitInsn(add ? LADD : LSUB);
                code.visitVarInsn(LSTORE, SCRATCH);
                number(size);
                a.run();
                b.run();
                code.visitVarInsn(LLOAD, SCRATCH);
                code.visitMethodInsn(INVOKESTATIC, ALU, add ? "adcFlags" : "sbbFlags", "(IJJJ)J", false);
                resultFlags(size);
                if (d != NONE) {
                    scratchTo(size, d);
                }
            }
        }
    }

    private void unary(MicroOp.Alu1 o) {
        switch (o.operation()) {
            case INC, DEC -> {
                boolean inc = o.operation() == MicroOp.Unary.INC;
                read(o.a());
                code.visitInsn(LCONST_1);
                code.visitInsn(inc ? LADD : LSUB);
                code.visitVarInsn(LSTORE, SCRATCH);
                number(o.size());
                read(o.a());
                pushCarry();
                code.visitMethodInsn(INVOKESTATIC, ALU, inc ? "incFlags" : "decFlags", "(IJZ)J", false);
                resultFlags(o.size());
                scratchTo(o.size(), o.d());
            }
            case NEG -> {
                operandFlags(StatusFlags.SUB, o.size(), () -> constant(0), () -> read(o.a()));
                write(o.size(), o.d(), () -> {
                    read(o.a());
                    code.visitInsn(LNEG);
                });
            }
            case NOT ->
                write(o.size(), o.d(), () -> {
                    read(o.a());
                    constant(-1);
                    code.visitInsn(LXOR);
                });
            case BSWAP ->
                write(o.size(), o.d(), () -> {
                    number(o.size());
                    read(o.a());
                    code.visitMethodInsn(INVOKESTATIC, ALU, "bswap", "(IJ)J", false);
                });
            case SWAP2 ->
                write(o.size(), o.d(), () -> {
                    read(o.a());
                    code.visitInsn(L2I);
                    code.visitInsn(I2S);
                    code.visitMethodInsn(INVOKESTATIC, "java/lang/Short", "reverseBytes", "(S)S", false);
                    code.visitInsn(I2L);
                });
        }
    }

    private boolean shift(MicroOp.ShiftConstant o) {
        int count = Alu.count(o.size(), o.count());
        String flags = switch (o.operation()) {
            case SHL -> "shlFlags";
            case SHR -> "shrFlags";
            case SAR -> "sarFlags";
            default -> null;
        };
        if (flags == null || count == 0) {
            return false;
        }
        read(o.a());
        switch (o.operation()) {
            case SHR -> zeroExtend(o.size());
            case SAR -> signExtend(o.size());
            default -> {}
        }
        number(count);
        code.visitInsn(o.operation() == MicroOp.Turn.SHL ? LSHL : o.operation() == MicroOp.Turn.SHR ? LUSHR : LSHR);
        code.visitVarInsn(LSTORE, SCRATCH);
        number(o.size());
        read(o.a());
        number(count);
        code.visitMethodInsn(INVOKESTATIC, ALU, flags, "(IJI)J", false);
        resultFlags(o.size());
        scratchTo(o.size(), o.d());
        return true;
    }

    private void multiply(MicroOp.Multiply o) {
        read(o.a());
        signExtend(o.size());
        read(o.b());
        signExtend(o.size());
        code.visitInsn(LMUL);
        code.visitVarInsn(LSTORE, SCRATCH);
        number(o.size());
        read(o.a());
        read(o.b());
        code.visitMethodInsn(INVOKESTATIC, ALU, "multiplyFlags", "(IJJ)J", false);
        resultFlags(o.size());
        scratchTo(o.size(), o.d());
    }

    private void bitTest(MicroOp.BitTest o) {
        pushFlags();
        code.visitMethodInsn(INVOKESTATIC, FLAGS, "bits", "(IJJ)J", false);
        number(o.size());
        read(o.a());
        read(o.index());
        code.visitMethodInsn(INVOKESTATIC, ALU, "bitFlags", "(JIJJ)J", false);
        code.visitVarInsn(LSTORE, FLAG_B);
        code.visitInsn(LCONST_0);
        code.visitVarInsn(LSTORE, FLAG_A);
        known = StatusFlags.BITS;
        number(known);
        code.visitVarInsn(ISTORE, STATE);
        if (o.change() != MicroOp.BitChange.NONE) {
            write(o.size(), o.d(), () -> {
                read(o.a());
                number(o.size());
                read(o.index());
                code.visitMethodInsn(INVOKESTATIC, ALU, "bitMask", "(IJ)J", false);
                if (o.change() == MicroOp.BitChange.RESET) {
                    constant(-1);
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
}
