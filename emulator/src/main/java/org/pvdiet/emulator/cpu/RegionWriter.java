package org.pvdiet.emulator.cpu;

import static org.objectweb.asm.Opcodes.*;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * Writes a region as a class. What could fault, be observed or change what is translated is left to the interpreter: control
 * leaves for it where an access is not to RAM that is in the translation cache, and comes back from it where an instruction
 * has no bytecode and does not end its block. Between blocks, and there, all of the guest's state is in the processor, so
 * that each block can be entered from outside, and ways out have little to do.
 */
final class RegionWriter {
    private static final String TRANSLATION = Type.getInternalName(Translation.class);
    private static final String REGION = Type.getInternalName(Region.class);
    private static final String CONSTRUCTOR = "(L" + REGION + ";)V";

    /** Return addresses that a return is compared with. */
    private static final int MOST_RETURNS = 4;

    /** Instructions that are looked at for who sees flags. */
    private static final int MOST_LOOKED_AT = 3;

    private final Region region;
    private final Block[] blocks;
    private final int blockCount;
    private final List<List<List<MicroOp>>> lowered;
    private final boolean journaled;
    private final String name;
    private final Map<Long, Integer> numbers = new HashMap<>();
    private final List<Integer> returnPoints = new ArrayList<>();
    private int length;

    private BytecodeWriter to;
    private MethodVisitor code;
    private MicroOpWriter operations;
    private Label[] labels;
    private int current;

    // All ways out lead through one end: HotSpot's fast compiler takes long for a return. What is returned is where the
    // entry was.
    private Label endToNext;
    private Label endWithFlags;
    /** Null where nothing leads there. */
    private Label endElsewhere;

    private Label end;

    /** A way out, written after all blocks. */
    private record Stub(Label label, int result, boolean flagsChanged) {}

    private final List<Stub> stubs = new ArrayList<>();

    /**
     * @param count of the first blocks that are to be translated
     * @param lowered micro-operations, by block and instruction
     */
    RegionWriter(Region region, int count, List<List<List<MicroOp>>> lowered, boolean journaled) {
        this.region = region;
        this.blocks = region.blocks;
        this.blockCount = count;
        this.lowered = lowered;
        this.journaled = journaled;
        // Profilers and HotSpot's logs say then which guest code it is.
        this.name = TRANSLATION + "$" + Long.toHexString(blocks[0].start);
        for (int i = 0; i < count; i++) {
            if (blocks[i].probe == null || runsProbe(blocks[i])) {
                numbers.put(blocks[i].start, i);
            }
        }
        for (int i = 0; i < count; i++) {
            MicroOp last = last(i);
            long after = last instanceof MicroOp.Call call
                    ? call.next()
                    : last instanceof MicroOp.CallRegister call ? call.next() : 0;
            Integer point = after == 0 ? null : numbers.get(after);
            if (point != null && returnPoints.size() < MOST_RETURNS && !returnPoints.contains(point)) {
                returnPoints.add(point);
            }
        }
    }

    /** Bytes of bytecode, once written. */
    int length() {
        return length;
    }

    byte[] write() {
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_FRAMES | ClassWriter.COMPUTE_MAXS) {
            @Override
            protected String getCommonSuperClass(String a, String b) {
                return "java/lang/Object";
            }
        };
        writer.visit(V17, ACC_FINAL | ACC_SUPER, name, null, TRANSLATION, null);
        BytecodeWriter.defineConstants(writer, name);
        MethodVisitor constructor = writer.visitMethod(0, "<init>", CONSTRUCTOR, null, null);
        constructor.visitCode();
        constructor.visitVarInsn(ALOAD, 0);
        constructor.visitVarInsn(ALOAD, 1);
        constructor.visitMethodInsn(INVOKESPECIAL, TRANSLATION, "<init>", CONSTRUCTOR, false);
        constructor.visitInsn(RETURN);
        constructor.visitMaxs(0, 0);
        constructor.visitEnd();
        MethodVisitor method = writer.visitMethod(
                0, "run", "(L" + BytecodeWriter.CPU + ";L" + BytecodeWriter.MEMORY + ";JI)I", null, null);
        method.visitCode();
        Label last = region(method);
        method.visitMaxs(0, 0);
        method.visitEnd();
        writer.visitEnd();
        byte[] bytes = writer.toByteArray();
        length = last.getOffset();
        return bytes;
    }

    private Label region(MethodVisitor method) {
        code = method;
        to = new BytecodeWriter(name, method, journaled);
        operations = new MicroOpWriter(to);
        stubs.clear();
        endToNext = new Label();
        endWithFlags = new Label();
        endElsewhere = null;
        end = new Label();
        labels = new Label[blockCount];
        for (int i = 0; i < blockCount; i++) {
            labels[i] = new Label();
        }
        enter();
        for (int i = 0; i < blockCount; i++) {
            block(i);
        }
        for (Stub stub : stubs) {
            code.visitLabel(stub.label);
            leave(stub.result, stub.flagsChanged ? endWithFlags : end);
        }
        if (endElsewhere != null) {
            // What was called has put the processor where control is.
            code.visitLabel(endElsewhere);
            to.readField("retired", "J", BytecodeWriter.RETIRED);
            leave(Translation.OUT_OF_TIME, end);
        }
        code.visitLabel(endToNext);
        to.writeField("rip", "J", BytecodeWriter.NEXT);
        code.visitJumpInsn(GOTO, end);
        code.visitLabel(endWithFlags);
        to.storeFlags();
        code.visitLabel(end);
        to.writeField("retired", "J", BytecodeWriter.RETIRED);
        code.visitVarInsn(ILOAD, BytecodeWriter.ENTRY);
        code.visitInsn(IRETURN);
        Label last = new Label();
        code.visitLabel(last);
        return last;
    }

    private void enter() {
        Label somewhere = new Label();
        code.visitVarInsn(ILOAD, BytecodeWriter.ENTRY);
        code.visitJumpInsn(IFGE, somewhere);
        to.number(Translation.OUT_OF_TIME);
        code.visitInsn(IRETURN);
        code.visitLabel(somewhere);
        to.readField("r", "[J", BytecodeWriter.REGISTERS);
        to.readField("retired", "J", BytecodeWriter.RETIRED);
        to.readCache();
        // The parameter becomes the most instructions that may have retired where the region begins again.
        code.visitVarInsn(LLOAD, BytecodeWriter.LIMIT);
        to.constant(region.longest());
        code.visitInsn(LSUB);
        code.visitVarInsn(LSTORE, BytecodeWriter.LIMIT);
        code.visitVarInsn(LLOAD, BytecodeWriter.RETIRED);
        code.visitVarInsn(LLOAD, BytecodeWriter.LIMIT);
        code.visitInsn(LCMP);
        Label inTime = new Label();
        code.visitJumpInsn(IFLE, inTime);
        to.number(Translation.OUT_OF_TIME);
        code.visitInsn(IRETURN);
        code.visitLabel(inTime);
        Label absent = new Label();
        code.visitVarInsn(ILOAD, BytecodeWriter.ENTRY);
        code.visitTableSwitchInsn(0, blockCount - 1, absent, labels);
        code.visitLabel(absent);
        leaveAbsent();
    }

    /** The block is not among those that are translated: as {@link Translation#place} of its first instruction. */
    private void leaveAbsent() {
        if (Stream.of(blocks).skip(blockCount).anyMatch(this::runsProbe)) {
            probe(() -> code.visitVarInsn(ILOAD, BytecodeWriter.ENTRY));
        }
        code.visitVarInsn(ILOAD, BytecodeWriter.ENTRY);
        to.number(-Translation.MOST_INSTRUCTIONS);
        code.visitInsn(IMUL);
        to.number(1);
        code.visitInsn(ISUB);
        code.visitInsn(IRETURN);
    }

    /** What is taken back and done again is seen once: there probes run outside. */
    private boolean runsProbe(Block block) {
        return block.probe != null && !journaled;
    }

    /** Goes on if the probe of a block lets it, in whose place the processor is. */
    private void probe(Runnable number) {
        ifRegionGoesOn("goesOn", "(L" + BytecodeWriter.CPU + ";I)Z", number);
    }

    /** Has the interpreter execute an instruction that has no bytecode, the processor having all of the state. */
    private void interpret(int block, int instruction) {
        to.writeField("retired", "J", BytecodeWriter.RETIRED);
        ifRegionGoesOn("interpret", "(L" + BytecodeWriter.CPU + ";II)Z", () -> {
            to.number(block);
            to.number(instruction);
        });
    }

    private void ifRegionGoesOn(String method, String descriptor, Runnable arguments) {
        code.visitVarInsn(ALOAD, 0);
        code.visitFieldInsn(GETFIELD, TRANSLATION, "region", "L" + REGION + ";");
        code.visitVarInsn(ALOAD, BytecodeWriter.THE_CPU);
        arguments.run();
        code.visitMethodInsn(INVOKEVIRTUAL, REGION, method, descriptor, false);
        if (endElsewhere == null) {
            endElsewhere = new Label();
        }
        code.visitJumpInsn(IFEQ, endElsewhere);
    }

    // Blocks, and the ways between them.

    private MicroOp last(int block) {
        List<List<MicroOp>> instructions = lowered.get(block);
        return lastOf(instructions.get(instructions.size() - 1));
    }

    private static MicroOp lastOf(List<MicroOp> instruction) {
        return instruction.isEmpty() ? null : instruction.get(instruction.size() - 1);
    }

    private void block(int number) {
        current = number;
        Block block = blocks[number];
        code.visitLabel(labels[number]);
        if (runsProbe(block)) {
            to.constant(block.start);
            code.visitVarInsn(LSTORE, BytecodeWriter.NEXT);
            to.writeField("rip", "J", BytecodeWriter.NEXT);
            to.writeField("retired", "J", BytecodeWriter.RETIRED);
            probe(() -> to.number(number));
        }
        List<List<MicroOp>> instructions = lowered.get(number);
        int written = 0;
        while (written < block.count) {
            int begin = written;
            while (written < block.count && MicroOpWriter.canWrite(instructions.get(written))) {
                written++;
            }
            write(number, instructions, begin, written);
            if (written < block.count) {
                to.writeRegisters();
                to.writeFlags();
                if (journaled || !block.goesOnAfter(written)) {
                    leave(Translation.place(number, written), end);
                    return;
                }
                interpret(number, written++);
            }
        }
        MicroOp last = last(number);
        if (transfers(last)) {
            transfer(block, last, () -> stub(Translation.place(number, block.count - 1)));
            return;
        }
        retire(block, block.address(block.count));
        go(block.address(block.count), 0);
    }

    /** Instructions {@code from} (inclusive) to {@code end} (exclusive), all of which have bytecode. */
    private void write(int number, List<List<MicroOp>> instructions, int from, int end) {
        to.beginBlock(new Accesses(instructions.subList(from, end)));
        for (int i = from; i < end; i++) {
            List<MicroOp> of = instructions.get(i);
            int place = Translation.place(number, i);
            for (int k = 0; k < of.size(); k++) {
                MicroOp op = of.get(k);
                if (!transfers(op)) {
                    boolean hidden =
                            MicroOpWriter.mayHideFlags(op) && MicroOpWriter.hideFlags(op, after(instructions, i, k));
                    operations.write(op, hidden, () -> stub(place));
                }
            }
        }
    }

    /** The operations after one, as far as it takes. */
    private static List<MicroOp> after(List<List<MicroOp>> instructions, int instruction, int operation) {
        List<MicroOp> following = new ArrayList<>(instructions
                .get(instruction)
                .subList(operation + 1, instructions.get(instruction).size()));
        following.addAll(beginning(instructions, instruction + 1));
        return following;
    }

    private static List<MicroOp> beginning(List<List<MicroOp>> instructions, int from) {
        return instructions.stream()
                .skip(from)
                .limit(MOST_LOOKED_AT)
                .takeWhile(MicroOpWriter::canWrite)
                .flatMap(List::stream)
                .toList();
    }

    /** True where a block of the region follows that sets all flags before anything can see what they were. */
    private boolean hidesFlags(long target) {
        Integer number = numbers.get(target);
        return number != null
                && !runsProbe(blocks[number])
                && MicroOpWriter.hideFlags(beginning(lowered.get(number), 0));
    }

    private Label stub(int result) {
        Label label = new Label();
        stubs.add(new Stub(label, result, to.flagsChanged()));
        return label;
    }

    private static boolean transfers(MicroOp op) {
        return op instanceof MicroOp.JumpIf
                || op instanceof MicroOp.Jump
                || op instanceof MicroOp.Call
                || op instanceof MicroOp.Return
                || op instanceof MicroOp.JumpRegister
                || op instanceof MicroOp.CallRegister;
    }

    private void transfer(Block block, MicroOp op, BytecodeWriter.Bail bail) {
        if (op instanceof MicroOp.JumpIf o) {
            retire(block, o.next(), o.target());
            Label taken = new Label();
            to.jumpIf(o.condition(), taken);
            go(o.next(), 0);
            code.visitLabel(taken);
            go(o.target(), 1);
        } else if (op instanceof MicroOp.Jump o) {
            retire(block, o.target());
            go(o.target(), 0);
        } else if (op instanceof MicroOp.Call o) {
            to.store(8, o.slot(), bail, () -> to.constant(o.next()));
            to.write(8, Cpu.RSP, () -> to.offset(o.slot()));
            retire(block, o.target());
            go(o.target(), 0);
        } else if (op instanceof MicroOp.Return o) {
            to.load(8, o.top(), bail);
            canonical(bail);
            to.write(8, Cpu.RSP, () -> to.offset(o.after()));
            retire(block);
            goBack();
        } else if (op instanceof MicroOp.JumpRegister o) {
            to.read(o.a());
            canonical(bail);
            retire(block);
            leaveToNext();
        } else if (op instanceof MicroOp.CallRegister o) {
            to.read(o.a());
            canonical(bail);
            to.store(8, o.slot(), bail, () -> to.constant(o.next()));
            to.write(8, Cpu.RSP, () -> to.offset(o.slot()));
            retire(block);
            leaveToNext();
        }
    }

    /** The target on the stack is the next instruction pointer; the interpreter raises #GP where it is not canonical. */
    private void canonical(BytecodeWriter.Bail bail) {
        code.visitInsn(DUP2);
        code.visitVarInsn(LSTORE, BytecodeWriter.NEXT);
        to.writeRegisters();
        to.number(16);
        code.visitInsn(LSHL);
        to.number(16);
        code.visitInsn(LSHR);
        code.visitVarInsn(LLOAD, BytecodeWriter.NEXT);
        code.visitInsn(LCMP);
        code.visitJumpInsn(IFNE, bail.label());
    }

    /**
     * The block's end: all that it has done is where the next looks for it.
     *
     * @param targets where control can go, as far as that is known: flags that one of them hides are left to {@link #go}
     */
    private void retire(Block block, long... targets) {
        to.writeRegisters();
        if (LongStream.of(targets).noneMatch(this::hidesFlags)) {
            to.writeFlags();
        }
        code.visitVarInsn(LLOAD, BytecodeWriter.RETIRED);
        to.constant(block.count);
        code.visitInsn(LADD);
        code.visitVarInsn(LSTORE, BytecodeWriter.RETIRED);
    }

    /** Control goes on at an address. */
    private void go(long target, int way) {
        boolean hidden = hidesFlags(target);
        if (to.flagsChanged() && !hidden) {
            to.storeFlags();
        }
        Integer number = numbers.get(target);
        if (number != null) {
            goTo(number, to.flagsChanged() && hidden);
            return;
        }
        leaveTo(target, exit(way));
    }

    /** Backwards only while there is time for all of the region. */
    private void goTo(int number, boolean flagsLeft) {
        if (number <= current) {
            code.visitVarInsn(LLOAD, BytecodeWriter.RETIRED);
            code.visitVarInsn(LLOAD, BytecodeWriter.LIMIT);
            code.visitInsn(LCMP);
            Label inTime = new Label();
            // Not a conditional jump backwards: HotSpot would keep for it what was compared.
            code.visitJumpInsn(IFLE, inTime);
            if (flagsLeft) {
                to.storeFlags();
            }
            leaveTo(blocks[number].start, Translation.OUT_OF_TIME);
            code.visitLabel(inTime);
        }
        code.visitJumpInsn(GOTO, labels[number]);
    }

    /** After a return, whose target is the next instruction pointer. */
    private void goBack() {
        for (int point : returnPoints) {
            Label no = new Label();
            code.visitVarInsn(LLOAD, BytecodeWriter.NEXT);
            to.constant(blocks[point].start);
            code.visitInsn(LCMP);
            code.visitJumpInsn(IFNE, no);
            goTo(point, false);
            code.visitLabel(no);
        }
        leaveToNext();
    }

    private int exit(int way) {
        return current * Translation.EXITS + way;
    }

    private void leaveTo(long target, int result) {
        to.constant(target);
        code.visitVarInsn(LSTORE, BytecodeWriter.NEXT);
        leave(result, endToNext);
    }

    /** To where the block's last instruction says. */
    private void leaveToNext() {
        leave(exit(0), endToNext);
    }

    private void leave(int result, Label through) {
        to.number(result);
        code.visitVarInsn(ISTORE, BytecodeWriter.ENTRY);
        code.visitJumpInsn(GOTO, through);
    }
}
