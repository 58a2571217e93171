package org.pvdiet.emulator.cpu;

import static org.objectweb.asm.Opcodes.*;
import static org.pvdiet.emulator.memory.PhysicalMemory.FRAME_SIZE;

import com.google.common.base.Ascii;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;
import org.pvdiet.emulator.memory.LinearMemory;
import org.pvdiet.emulator.memory.Ram;

/**
 * Writes what regions are made of: addresses, accesses to memory that is in the translation cache, guest registers and the
 * lazy flags. Within a block registers that have been used are in Java locals, and flags are; what has been written goes to
 * the processor before the block is left, or may be, because most of it is never seen. Everything else is left to the
 * interpreter, by {@link Bail}.
 */
final class BytecodeWriter {
    static final String CPU = Type.getInternalName(Cpu.class);
    static final String MEMORY = Type.getInternalName(LinearMemory.class);
    private static final String RAM = Type.getInternalName(Ram.class);
    static final String ALU = Type.getInternalName(Alu.class);
    private static final String FLAGS = Type.getInternalName(StatusFlags.class);
    private static final String SEGMENTS = Type.getInternalName(SegmentRegisters.class);
    private static final String SEGMENT = Type.getInternalName(SegmentRegister.class);

    /**
     * Whether translated code may use the class whose methods HotSpot knows. Those of {@link sun.misc.Unsafe} only call them, which
     * is a tenth of the compiler's work.
     */
    private static final boolean INTERNAL =
            Object.class.getModule().isExported("jdk.internal.misc", BytecodeWriter.class.getModule());

    private static final String UNSAFE =
            INTERNAL ? "jdk/internal/misc/Unsafe" : Type.getInternalName(Ram.UNSAFE.getClass());

    // Locals. The first are the parameters of Translation.run.
    static final int THE_CPU = 1;
    static final int THE_MEMORY = 2;
    static final int LIMIT = 3;
    static final int ENTRY = 5;
    static final int REGISTERS = 6;
    static final int STATE = 7;
    static final int FLAG_A = 8;
    static final int FLAG_B = 10;
    static final int RETIRED = 12;
    static final int NEXT = 14;
    static final int SCRATCH = 16;
    static final int CARRY = 18;
    private static final int WORDS = 19;
    private static final int LINEAR = 20;
    private static final int CACHE_ENTRY = 22;

    /**
     * From here on a block's own: what no other sees. As few as it needs, because HotSpot's compiler, its verifier and ASM look at
     * each local in each of a method's blocks.
     */
    private static final int FIRST_OF_BLOCK = 23;

    static final int NONE = -1;

    /** Where code goes on that leaves an instruction to the interpreter, with nothing of it done. */
    interface Bail {
        Label label();
    }

    private final String owner;
    final MethodVisitor code;
    private final boolean journaled;

    /** Registers whose locals hold them: a bit set. */
    private int inLocals;

    /** Those of them that the processor's array does not hold. */
    private int changed;

    /** Whether the flags' locals hold them. */
    private boolean flagsInLocals;

    /** Whether the processor's fields do not. */
    private boolean flagsChanged;

    /** The flags' state but for a carry in it, where it is known, or {@link #NONE}. */
    private int known = NONE;

    private Accesses accesses;

    /** Of the block, by register: where it is, or 0 where it has none yet. */
    private final int[] registerLocals = new int[Address.ZERO];

    /** Of the block, by lookup: where in RAM the first byte is of what has been found. */
    private final List<Integer> placeLocals = new ArrayList<>();

    private int nextLocal;

    /**
     * @param owner of the code, a class with {@link #defineConstants}
     * @param journaled whether stores are told to the processor's journal
     */
    BytecodeWriter(String owner, MethodVisitor code, boolean journaled) {
        this.owner = owner;
        this.code = code;
        this.journaled = journaled;
    }

    /** Gives a class what its code refers to. */
    static void defineConstants(ClassWriter writer, String owner) {
        String type = "L" + UNSAFE + ";";
        writer.visitField(ACC_STATIC | ACC_FINAL, "UNSAFE", type, null, null).visitEnd();
        MethodVisitor code = writer.visitMethod(ACC_STATIC, "<clinit>", "()V", null, null);
        code.visitCode();
        if (INTERNAL) {
            code.visitMethodInsn(INVOKESTATIC, UNSAFE, "getUnsafe", "()" + type, false);
        } else {
            code.visitFieldInsn(GETSTATIC, RAM, "UNSAFE", type);
        }
        code.visitFieldInsn(PUTSTATIC, owner, "UNSAFE", type);
        code.visitInsn(RETURN);
        code.visitMaxs(0, 0);
        code.visitEnd();
    }

    /** A constant, so that HotSpot need not see whether it is null. */
    private void unsafe() {
        code.visitFieldInsn(GETSTATIC, owner, "UNSAFE", "L" + UNSAFE + ";");
    }

    /** @param accesses all that the block is going to make */
    void beginBlock(Accesses accesses) {
        this.accesses = accesses;
        Arrays.fill(registerLocals, 0);
        placeLocals.clear();
        nextLocal = FIRST_OF_BLOCK;
        inLocals = 0;
        flagsInLocals = false;
        flagsChanged = false;
        known = NONE;
    }

    /** A register was changed in the processor's array. */
    void forget(int register) {
        inLocals &= ~(1 << register);
    }

    /** Registers that are in locals, for {@link #keep}. */
    int inLocals() {
        return inLocals;
    }

    /** Two ways meet: in locals is what was before them. */
    void keep(int before) {
        inLocals &= before;
    }

    void readField(String name, String type, int local) {
        code.visitVarInsn(ALOAD, THE_CPU);
        code.visitFieldInsn(GETFIELD, CPU, name, type);
        code.visitVarInsn(Type.getType(type).getOpcode(ISTORE), local);
    }

    /** Makes the local for the translation cache hold it. */
    void readCache() {
        code.visitVarInsn(ALOAD, THE_MEMORY);
        code.visitMethodInsn(INVOKEVIRTUAL, MEMORY, "words", "()[J", false);
        code.visitVarInsn(ASTORE, WORDS);
    }

    void writeField(String name, String type, int local) {
        code.visitVarInsn(ALOAD, THE_CPU);
        code.visitVarInsn(Type.getType(type).getOpcode(ILOAD), local);
        code.visitFieldInsn(PUTFIELD, CPU, name, type);
    }

    /** Puts the registers that have been changed to where they are looked for by all others: before the block may be left. */
    void writeRegisters() {
        for (int register = 0; register < InstructionLowering.FIRST_TEMPORARY; register++) {
            if ((changed >> register & 1) != 0) {
                code.visitVarInsn(ALOAD, REGISTERS);
                number(register);
                code.visitVarInsn(LLOAD, local(register));
                code.visitInsn(LASTORE);
            }
        }
        changed = 0;
    }

    private int local(int register) {
        if (registerLocals[register] == 0) {
            registerLocals[register] = newLocal();
        }
        return registerLocals[register];
    }

    private int newLocal() {
        int local = nextLocal;
        nextLocal += Type.LONG_TYPE.getSize();
        return local;
    }

    /** Makes the flags' locals hold them. */
    void readFlags() {
        if (!flagsInLocals) {
            readField("flagState", "I", STATE);
            readField("flagA", "J", FLAG_A);
            readField("flagB", "J", FLAG_B);
            flagsInLocals = true;
        }
    }

    boolean flagsChanged() {
        return flagsChanged;
    }

    /** Puts the flags, where they have been changed, to where they are looked for by all others. */
    void writeFlags() {
        if (flagsChanged) {
            storeFlags();
            flagsChanged = false;
        }
    }

    void storeFlags() {
        writeField("flagState", "I", STATE);
        writeField("flagA", "J", FLAG_A);
        writeField("flagB", "J", FLAG_B);
    }

    // Values.

    void number(int value) {
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

    void constant(long value) {
        if (value == 0 || value == 1) {
            code.visitInsn(LCONST_0 + (int) value);
        } else if (value == (short) value) {
            number((int) value);
            code.visitInsn(I2L);
        } else {
            code.visitLdcInsn(value);
        }
    }

    void read(int register) {
        if (register == Address.ZERO) {
            code.visitInsn(LCONST_0);
            return;
        }
        toLocal(register);
        code.visitVarInsn(LLOAD, local(register));
    }

    /** Makes a register's local hold it. */
    void toLocal(int register) {
        if (register < InstructionLowering.FIRST_TEMPORARY && (inLocals >> register & 1) == 0) {
            code.visitVarInsn(ALOAD, REGISTERS);
            number(register);
            code.visitInsn(LALOAD);
            code.visitVarInsn(LSTORE, local(register));
            inLocals |= 1 << register;
        }
    }

    /** As {@link Cpu#write}. */
    void write(int size, int register, Runnable value) {
        boolean temporary = register >= InstructionLowering.FIRST_TEMPORARY;
        value.run();
        zeroExtend(size);
        if (size < 4 && !temporary) {
            read(register);
            constant(-(1L << 8 * size));
            code.visitInsn(LAND);
            code.visitInsn(LOR);
        }
        code.visitVarInsn(LSTORE, local(register));
        if (!temporary) {
            inLocals |= 1 << register;
            changed |= 1 << register;
        }
    }

    void align(int size) {
        if (size < 8) {
            number(64 - 8 * size);
            code.visitInsn(LSHL);
        }
    }

    void zeroExtend(int size) {
        if (size == 4) {
            code.visitLdcInsn(0xffffffffL);
            code.visitInsn(LAND);
        } else if (size < 4) {
            constant((1L << 8 * size) - 1);
            code.visitInsn(LAND);
        }
    }

    void signExtend(int size) {
        if (size == 8) {
            return;
        }
        code.visitInsn(L2I);
        narrow(size);
        code.visitInsn(I2L);
    }

    /** A method of {@link Alu}. */
    void alu(String name, String descriptor) {
        code.visitMethodInsn(INVOKESTATIC, ALU, name, descriptor, false);
    }

    // Memory.

    void offset(Address address) {
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
            String name = address.segment().name().toLowerCase(Locale.ROOT);
            code.visitMethodInsn(INVOKEVIRTUAL, SEGMENTS, name, "()L" + SEGMENT + ";", false);
            code.visitFieldInsn(GETFIELD, SEGMENT, "base", "J");
            code.visitInsn(LADD);
        }
    }

    /** The next of the block's accesses, looked up where it is the first that its lookup is for. */
    private Accesses.Access find(Address address, Bail bail) {
        Accesses.Access access = accesses.next();
        if (access.first()) {
            lookUp(address, access, bail);
        }
        return access;
    }

    /**
     * Looks into the translation cache; what needs more than RAM is left to the interpreter. All is written out here: HotSpot's
     * fast compiler takes longer for a call that it puts inline, and around one that it does not what is in machine registers
     * goes to the stack.
     */
    private void lookUp(Address address, Accesses.Access access, Bail bail) {
        Accesses.Lookup lookup = access.lookup();
        writeRegisters();
        linear(address);
        add(-access.offset());
        code.visitVarInsn(LSTORE, LINEAR);
        // As an int, whose constants are part of instructions; the entry is in its low half.
        int tag = lookup.isWrite() ? LinearMemory.WRITE : LinearMemory.READ;
        code.visitVarInsn(LLOAD, LINEAR);
        code.visitInsn(L2I);
        number(LinearMemory.ENTRY_SHIFT);
        code.visitInsn(IUSHR);
        number(LinearMemory.ENTRY_MASK);
        code.visitInsn(IAND);
        code.visitVarInsn(ISTORE, CACHE_ENTRY);
        cached(tag);
        code.visitVarInsn(LLOAD, LINEAR);
        // The last byte's page: if it is another than the first byte's, this is not its entry.
        add(lookup.bytes() - 1);
        constant(-FRAME_SIZE);
        code.visitInsn(LAND);
        code.visitInsn(LCMP);
        code.visitJumpInsn(IFNE, bail.label());
        cached(LinearMemory.OFFSET);
        code.visitVarInsn(LLOAD, LINEAR);
        code.visitInsn(LADD);
        placeLocals.add(newLocal());
        code.visitVarInsn(LSTORE, placeLocals.get(lookup.number()));
    }

    private void cached(int word) {
        unsafe();
        code.visitVarInsn(ALOAD, WORDS);
        code.visitVarInsn(ILOAD, CACHE_ENTRY);
        number((int) Ram.LONGS + word);
        code.visitInsn(IADD);
        code.visitInsn(I2L);
        get(Type.LONG_TYPE);
    }

    private void get(Type type) {
        String descriptor = Type.getMethodDescriptor(type, Type.getType(Object.class), Type.LONG_TYPE);
        code.visitMethodInsn(INVOKEVIRTUAL, UNSAFE, "get" + name(type), descriptor, false);
    }

    private void put(Type type) {
        String descriptor = Type.getMethodDescriptor(Type.VOID_TYPE, Type.getType(Object.class), Type.LONG_TYPE, type);
        code.visitMethodInsn(INVOKEVIRTUAL, UNSAFE, "put" + name(type), descriptor, false);
    }

    private void add(int bytes) {
        if (bytes != 0) {
            constant(bytes);
            code.visitInsn(LADD);
        }
    }

    private void place(Accesses.Access access) {
        code.visitVarInsn(LLOAD, placeLocals.get(access.lookup().number()));
        add(access.offset());
    }

    private void inRam(Accesses.Access access) {
        unsafe();
        // In no object: a place is an address.
        code.visitInsn(ACONST_NULL);
        place(access);
    }

    private static Type type(int size) {
        return switch (size) {
            case 1 -> Type.BYTE_TYPE;
            case 2 -> Type.SHORT_TYPE;
            case 4 -> Type.INT_TYPE;
            default -> Type.LONG_TYPE;
        };
    }

    private static String name(Type type) {
        String name = type.getClassName();
        return Ascii.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    /** Leaves the value on the stack, as the class {@code Ram} has it. */
    void load(int size, Address address, Bail bail) {
        inRam(find(address, bail));
        get(type(size));
        if (size < 8) {
            code.visitInsn(I2L);
            zeroExtend(size);
        }
    }

    /** The same of a value that is pushed. */
    void store(int size, Address address, Bail bail, Runnable value) {
        Accesses.Access access = find(address, bail);
        if (journaled) {
            code.visitVarInsn(ALOAD, THE_CPU);
            place(access);
            number(size);
            code.visitMethodInsn(INVOKEVIRTUAL, CPU, "journal", "(JI)V", false);
        }
        inRam(access);
        value.run();
        if (size < 8) {
            code.visitInsn(L2I);
        }
        put(type(size));
    }

    // Flags.

    /** The flags are those of a kind of operation whose operands have been stored. */
    void flags(int state) {
        number(state);
        code.visitVarInsn(ISTORE, STATE);
        flagsInState();
        known = state;
    }

    /** The flags are those of a kind of operation whose operands, and the carry before it, have been stored. */
    void flagsWithCarry(int state) {
        number(state);
        code.visitVarInsn(ILOAD, CARRY);
        number(StatusFlags.CARRY);
        code.visitInsn(ISHL);
        code.visitInsn(IOR);
        code.visitVarInsn(ISTORE, STATE);
        flagsInState();
        known = state;
    }

    /** The flags' state has been stored too. */
    void flagsInState() {
        known = NONE;
        flagsInLocals = true;
        flagsChanged = true;
    }

    /** The flags are the bits on the stack. */
    void flagBits() {
        code.visitVarInsn(LSTORE, FLAG_B);
        code.visitInsn(LCONST_0);
        code.visitVarInsn(LSTORE, FLAG_A);
        flags(StatusFlags.BITS);
    }

    void pushFlags() {
        readFlags();
        code.visitVarInsn(ILOAD, STATE);
        code.visitVarInsn(LLOAD, FLAG_A);
        code.visitVarInsn(LLOAD, FLAG_B);
    }

    void pushStatus() {
        pushFlags();
        code.visitMethodInsn(INVOKESTATIC, FLAGS, "bits", "(IJJ)J", false);
    }

    /** 0 or 1. */
    void pushCarry() {
        if (isKnown(StatusFlags.BITS)) {
            code.visitVarInsn(LLOAD, FLAG_B);
            code.visitInsn(L2I);
            number((int) Flags.CF);
            code.visitInsn(IAND);
        } else if (isKnown(StatusFlags.LOGICAL)) {
            code.visitInsn(ICONST_0);
        } else if (isKnown(StatusFlags.SUM) || isKnown(StatusFlags.DIFFERENCE)) {
            pushOperandsCarry();
        } else {
            pushFlags();
            code.visitMethodInsn(INVOKESTATIC, FLAGS, "carry", "(IJJ)Z", false);
        }
    }

    private void pushOperandsCarry() {
        boolean sum = isKnown(StatusFlags.SUM);
        int size = StatusFlags.size(known);
        code.visitVarInsn(LLOAD, FLAG_A);
        zeroExtend(size);
        code.visitVarInsn(LLOAD, FLAG_B);
        zeroExtend(size);
        if (size < 8) {
            // It stands above the operands' bits.
            code.visitInsn(sum ? LADD : LSUB);
            number(8 * size);
            code.visitInsn(LUSHR);
            code.visitInsn(L2I);
            number(1);
            code.visitInsn(IAND);
            return;
        }
        if (sum) {
            code.visitInsn(LADD);
            code.visitVarInsn(LLOAD, FLAG_A);
        }
        alu("below", "(JJ)I");
    }

    private boolean isKnown(int kind) {
        return known != NONE && StatusFlags.kind(known) == kind;
    }

    void jumpIf(int condition, Label target) {
        boolean not = (condition & 1) != 0;
        int which = condition >> 1;
        if (isKnown(StatusFlags.DIFFERENCE) && which != 0 && which != 4 && which != 5) {
            boolean signed = which != 1 && which != 3;
            pushOperand(FLAG_A, signed);
            pushOperand(FLAG_B, signed);
            int opcode = which == 2 ? IFEQ : which == 1 || which == 6 ? IFLT : IFLE;
            if (StatusFlags.size(known) == 8) {
                code.visitInsn(LCMP);
                jump(opcode, not, target);
            } else {
                // The comparisons of two numbers are numbered as those of one with 0 are.
                jump(opcode + IF_ICMPEQ - IFEQ, not, target);
            }
            return;
        }
        if (which == 2 || which == 4 || isKnown(StatusFlags.LOGICAL) && which >= 6) {
            if (pushResult()) {
                jump(which == 2 ? IFEQ : which == 7 ? IFLE : IFLT, not, target);
                return;
            }
        }
        if (which == 1) {
            pushCarry();
            code.visitJumpInsn(not ? IFEQ : IFNE, target);
            return;
        }
        number(condition);
        pushFlags();
        code.visitMethodInsn(INVOKESTATIC, FLAGS, "holds", "(IIJJ)Z", false);
        code.visitJumpInsn(IFNE, target);
    }

    /** An operand of the known size so that it compares as a number with or without sign, as an int where it fits in one. */
    private void pushOperand(int local, boolean signed) {
        int size = StatusFlags.size(known);
        code.visitVarInsn(LLOAD, local);
        if (size == 8) {
            if (!signed) {
                constant(Long.MIN_VALUE);
                code.visitInsn(LADD);
            }
            return;
        }
        code.visitInsn(L2I);
        if (signed) {
            narrow(size);
        } else if (size == 4) {
            number(Integer.MIN_VALUE);
            code.visitInsn(IADD);
        } else {
            number((1 << 8 * size) - 1);
            code.visitInsn(IAND);
        }
    }

    /** An int that is negative, zero or positive as what zero and sign are those of; false where nothing is known of that. */
    private boolean pushResult() {
        if (known == NONE) {
            return false;
        }
        switch (StatusFlags.kind(known)) {
            case StatusFlags.LOGICAL -> code.visitVarInsn(LLOAD, FLAG_A);
            case StatusFlags.SUM, StatusFlags.DIFFERENCE -> {
                code.visitVarInsn(LLOAD, FLAG_A);
                code.visitVarInsn(LLOAD, FLAG_B);
                code.visitInsn(isKnown(StatusFlags.SUM) ? LADD : LSUB);
            }
            case StatusFlags.INC, StatusFlags.DEC -> {
                code.visitVarInsn(LLOAD, FLAG_A);
                code.visitInsn(LCONST_1);
                code.visitInsn(isKnown(StatusFlags.INC) ? LADD : LSUB);
            }
            default -> {
                return false;
            }
        }
        int size = StatusFlags.size(known);
        if (size == 8) {
            code.visitInsn(LCONST_0);
            code.visitInsn(LCMP);
        } else {
            code.visitInsn(L2I);
            narrow(size);
        }
        return true;
    }

    private void narrow(int size) {
        if (size < 4) {
            code.visitInsn(size == 1 ? I2B : I2S);
        }
    }

    private void jump(int opcode, boolean inverted, Label target) {
        int other = switch (opcode) {
            case IFEQ -> IFNE;
            case IFLT -> IFGE;
            case IFLE -> IFGT;
            case IF_ICMPEQ -> IF_ICMPNE;
            case IF_ICMPLT -> IF_ICMPGE;
            default -> IF_ICMPGT;
        };
        code.visitJumpInsn(inverted ? other : opcode, target);
    }
}
