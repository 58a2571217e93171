package org.pvdiet.emulator.cpu;

import static org.pvdiet.emulator.cpu.ControlInstructions.requireNoUmip;
import static org.pvdiet.emulator.cpu.ControlInstructions.requirePrivilege;

import org.pvdiet.emulator.cpu.Emitter.Flow;
import org.pvdiet.emulator.cpu.Observer.Table;
import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Mnemonic;
import org.pvdiet.emulator.cpu.decode.Mode;
import org.pvdiet.emulator.cpu.decode.Operand;
import org.pvdiet.emulator.cpu.decode.RegisterFile;
import org.pvdiet.emulator.cpu.decode.Segment;
import org.pvdiet.emulator.memory.LinearMemory;

/** Segment registers, descriptor tables and the bases of FS and GS. */
final class SegmentInstructions {
    private SegmentInstructions() {}

    static void define(InstructionSet set) {
        set.define(Mnemonic.MOV, RegisterFile.SEGMENT, SegmentInstructions::move);
        set.define(Mnemonic.PUSH, RegisterFile.SEGMENT, SegmentInstructions::push);
        set.define(Mnemonic.POP, RegisterFile.SEGMENT, SegmentInstructions::pop);
        set.define(Mnemonic.LDS, (i, e) -> loadFar(i, e, Segment.DS));
        set.define(Mnemonic.LES, (i, e) -> loadFar(i, e, Segment.ES));
        set.define(Mnemonic.LFS, (i, e) -> loadFar(i, e, Segment.FS));
        set.define(Mnemonic.LGS, (i, e) -> loadFar(i, e, Segment.GS));
        set.define(Mnemonic.LSS, (i, e) -> loadFar(i, e, Segment.SS));
        set.define(Mnemonic.LGDT, (i, e) -> loadTable(i, e, Table.GDTR));
        set.define(Mnemonic.LIDT, (i, e) -> loadTable(i, e, Table.IDTR));
        set.define(Mnemonic.SGDT, (i, e) -> storeTable(i, e, Table.GDTR));
        set.define(Mnemonic.SIDT, (i, e) -> storeTable(i, e, Table.IDTR));
        set.define(Mnemonic.LLDT, (i, e) -> loadSystem(i, e, Table.LDTR));
        set.define(Mnemonic.LTR, (i, e) -> loadSystem(i, e, Table.TR));
        set.define(Mnemonic.SLDT, (i, e) -> storeSystem(i, e, Table.LDTR));
        set.define(Mnemonic.STR, (i, e) -> storeSystem(i, e, Table.TR));
        set.define(Mnemonic.LAR, SegmentInstructions::lar);
        set.define(Mnemonic.LSL, SegmentInstructions::lsl);
        set.define(Mnemonic.VERR, (i, e) -> verify(i, e, false));
        set.define(Mnemonic.VERW, (i, e) -> verify(i, e, true));
        set.define(Mnemonic.ARPL, SegmentInstructions::arpl);
        set.define(Mnemonic.SWAPGS, (i, e) -> e.operation(SegmentInstructions::swapgs, Flow.END));
        set.define(Mnemonic.RDFSBASE, (i, e) -> readBase(i, e, Segment.FS));
        set.define(Mnemonic.RDGSBASE, (i, e) -> readBase(i, e, Segment.GS));
        set.define(Mnemonic.WRFSBASE, (i, e) -> writeBase(i, e, Segment.FS));
        set.define(Mnemonic.WRGSBASE, (i, e) -> writeBase(i, e, Segment.GS));
    }

    private static boolean isSegment(Operand operand) {
        return operand instanceof Operand.Register register && register.file() == RegisterFile.SEGMENT;
    }

    private static Segment segment(Operand operand) {
        return Segment.values()[((Operand.Register) operand).number()];
    }

    /** MOV where one operand is a segment register. */
    private static void move(Instruction instruction, Emitter emitter) {
        Operand to = instruction.operand(0);
        Operand from = instruction.operand(1);
        if (isSegment(to)) {
            Segment segment = segment(to);
            emitter.operation(
                    (cpu, address) -> load(cpu, segment, (int) Operands.read(cpu, from, address, 2)), Flow.END);
        } else {
            Segment segment = segment(from);
            int size = to instanceof Operand.Register ? instruction.operandSize() : 2;
            emitter.operation(
                    (cpu, address) -> Operands.write(cpu, to, address, size, cpu.segments.get(segment).selector),
                    Flow.NEXT);
        }
    }

    private static void load(Cpu cpu, Segment segment, int selector) {
        if (segment == Segment.CS) {
            throw Fault.invalidOpcode();
        }
        Descriptors.load(cpu, segment, selector);
        if (segment == Segment.SS) {
            cpu.holdInterrupts();
        }
    }

    /** PUSH of a segment register. */
    private static void push(Instruction instruction, Emitter emitter) {
        Segment segment = segment(instruction.operand(0));
        int size = instruction.operandSize();
        emitter.operation(
                (cpu, address) -> {
                    Stack stack = Stack.of(cpu);
                    stack.push(size, cpu.segments.get(segment).selector);
                    cpu.r[Cpu.RSP] = stack.pointer();
                },
                Flow.NEXT);
    }

    /** POP to a segment register. */
    private static void pop(Instruction instruction, Emitter emitter) {
        Segment segment = segment(instruction.operand(0));
        int size = instruction.operandSize();
        emitter.operation(
                (cpu, address) -> {
                    Stack stack = Stack.of(cpu);
                    int selector = (int) stack.pop(size) & 0xffff;
                    load(cpu, segment, selector);
                    cpu.r[Cpu.RSP] = stack.pointer();
                },
                Flow.END);
    }

    private static void loadFar(Instruction instruction, Emitter emitter, Segment segment) {
        Operand.Register to = (Operand.Register) instruction.operand(0);
        int size = instruction.operandSize();
        emitter.operation(
                (cpu, address) -> {
                    long offset = cpu.memory().load(address, size);
                    load(cpu, segment, (int) cpu.memory().load16(address + size));
                    Operands.writeRegister(cpu, to.number(), size, offset);
                },
                Flow.END);
    }

    private static void loadTable(Instruction instruction, Emitter emitter, Table table) {
        boolean wide = instruction.mode() == Mode.BITS_64;
        long mask = wide ? -1 : instruction.operandSize() == 2 ? 0xff_ffffL : 0xffff_ffffL;
        emitter.operation(
                (cpu, address) -> {
                    requirePrivilege(cpu);
                    int limit = (int) cpu.memory().load16(address);
                    long base = cpu.memory().load(address + 2, wide ? 8 : 4) & mask;
                    if (!Descriptors.isCanonical(base)) {
                        throw Fault.generalProtection();
                    }
                    SegmentRegisters segments = cpu.segments;
                    if (table == Table.GDTR) {
                        segments.gdtBase = base;
                        segments.gdtLimit = limit;
                    } else {
                        segments.idtBase = base;
                        segments.idtLimit = limit;
                    }
                    cpu.observer().descriptorTable(table, 0, base, limit);
                },
                Flow.END);
    }

    private static void storeTable(Instruction instruction, Emitter emitter, Table table) {
        int size = instruction.mode() == Mode.BITS_64 ? 8 : 4;
        emitter.operation(
                (cpu, address) -> {
                    requireNoUmip(cpu);
                    SegmentRegisters segments = cpu.segments;
                    boolean global = table == Table.GDTR;
                    cpu.memory().checkWrite(address, size + 2);
                    cpu.memory().store16(address, global ? segments.gdtLimit : segments.idtLimit);
                    cpu.memory().store(address + 2, size, global ? segments.gdtBase : segments.idtBase);
                },
                Flow.NEXT);
    }

    private static void loadSystem(Instruction instruction, Emitter emitter, Table table) {
        Operand source = instruction.operand(0);
        emitter.operation(
                (cpu, address) -> {
                    requirePrivilege(cpu);
                    int selector = (int) Operands.read(cpu, source, address, 2);
                    if (table == Table.TR) {
                        loadTask(cpu, selector);
                    } else {
                        loadLocal(cpu, selector);
                    }
                },
                Flow.END);
    }

    private static void loadLocal(Cpu cpu, int selector) {
        SegmentRegister ldtr = cpu.segments.ldtr;
        if (Descriptors.isNull(selector)) {
            ldtr.set(selector, 0, 0, 0);
        } else {
            installSystem(cpu, ldtr, selector, Descriptor.LDT);
        }
        cpu.observer().descriptorTable(Table.LDTR, selector, ldtr.base, ldtr.limit);
    }

    private static void loadTask(Cpu cpu, int selector) {
        SegmentRegister tr = cpu.segments.tr;
        if (Descriptors.isNull(selector)) {
            throw Fault.generalProtection();
        }
        installSystem(cpu, tr, selector, Descriptor.TSS_AVAILABLE);
        cpu.observer().descriptorTable(Table.TR, selector, tr.base, tr.limit);
    }

    private static void installSystem(Cpu cpu, SegmentRegister register, int selector, int type) {
        long at = (selector & 4) != 0 ? -1 : Descriptors.address(cpu, selector, 16);
        if (at == -1) {
            throw Descriptors.fault(Vector.GENERAL_PROTECTION, selector, 0);
        }
        LinearMemory system = cpu.mmu().supervisor();
        Descriptor low = new Descriptor(system.load64(at));
        long high = system.load64(at + 8);
        if (!low.isSystem(type) || (high >>> 40 & 0x1f) != 0) {
            throw Descriptors.fault(Vector.GENERAL_PROTECTION, selector, 0);
        }
        if (!low.isPresent()) {
            throw Descriptors.fault(Vector.SEGMENT_NOT_PRESENT, selector, 0);
        }
        long base = low.base() | high << 32;
        if (!Descriptors.isCanonical(base)) {
            throw Descriptors.fault(Vector.GENERAL_PROTECTION, selector, 0);
        }
        int attributes = low.attributes();
        if (type == Descriptor.TSS_AVAILABLE) {
            attributes |= Descriptor.TSS_BUSY;
            system.store8(at + 5, attributes & 0xff);
        }
        register.set(selector, base, low.limit(), attributes);
    }

    private static void storeSystem(Instruction instruction, Emitter emitter, Table table) {
        Operand to = instruction.operand(0);
        int size = to instanceof Operand.Register ? instruction.operandSize() : 2;
        emitter.operation(
                (cpu, address) -> {
                    requireNoUmip(cpu);
                    SegmentRegisters segments = cpu.segments;
                    int selector = (table == Table.LDTR ? segments.ldtr : segments.tr).selector;
                    Operands.write(cpu, to, address, size, selector);
                },
                Flow.NEXT);
    }

    /** The descriptor, where LAR and its kin may tell of it at this privilege; else null. */
    private static Descriptor visible(Cpu cpu, int selector) {
        Descriptor descriptor = Descriptors.isNull(selector) ? null : Descriptors.find(cpu, selector);
        boolean hidden = descriptor == null
                || !descriptor.isConforming() && descriptor.dpl() < Math.max(cpu.cpl(), selector & 3);
        return hidden ? null : descriptor;
    }

    private static void setZero(Cpu cpu, boolean zero) {
        cpu.setRflags(zero ? cpu.rflags() | Flags.ZF : cpu.rflags() & ~Flags.ZF);
    }

    private static void lar(Instruction instruction, Emitter emitter) {
        inspect(instruction, emitter, true);
    }

    private static void lsl(Instruction instruction, Emitter emitter) {
        inspect(instruction, emitter, false);
    }

    /** SDM volume 2, LAR and LSL: their tables of types that are valid in IA-32e mode. */
    private static void inspect(Instruction instruction, Emitter emitter, boolean access) {
        Operand.Register to = (Operand.Register) instruction.operand(0);
        Operand from = instruction.operand(1);
        int size = instruction.operandSize();
        emitter.operation(
                (cpu, address) -> {
                    Descriptor descriptor = visible(cpu, (int) Operands.read(cpu, from, address, 2));
                    boolean valid = descriptor != null
                            && (!descriptor.isSystem()
                                    || descriptor.type() == Descriptor.LDT
                                    || descriptor.type() == Descriptor.TSS_AVAILABLE
                                    || descriptor.type() == Descriptor.TSS_BUSY
                                    || access && descriptor.type() == Descriptor.CALL_GATE);
                    if (valid) {
                        long value = access ? descriptor.bits() >>> 32 & 0x00f0_ff00L : descriptor.limit();
                        Operands.writeRegister(cpu, to.number(), size, value);
                    }
                    setZero(cpu, valid);
                },
                Flow.END);
    }

    private static void verify(Instruction instruction, Emitter emitter, boolean write) {
        Operand from = instruction.operand(0);
        emitter.operation(
                (cpu, address) -> {
                    Descriptor descriptor = visible(cpu, (int) Operands.read(cpu, from, address, 2));
                    setZero(cpu, descriptor != null && (write ? descriptor.isWritable() : descriptor.isReadable()));
                },
                Flow.END);
    }

    private static void arpl(Instruction instruction, Emitter emitter) {
        Operand to = instruction.operand(0);
        Operand from = instruction.operand(1);
        emitter.operation(
                (cpu, address) -> {
                    long selector = Operands.read(cpu, to, address, 2);
                    long level = Operands.read(cpu, from, address, 2) & 3;
                    boolean raised = (selector & 3) < level;
                    if (raised) {
                        Operands.write(cpu, to, address, 2, selector & ~3L | level);
                    }
                    setZero(cpu, raised);
                },
                Flow.END);
    }

    private static void swapgs(Cpu cpu, long address) {
        if (cpu.mode() != Mode.BITS_64) {
            throw Fault.invalidOpcode();
        }
        requirePrivilege(cpu);
        cpu.msrs.swapGs();
    }

    private static void requireBaseAccess(Cpu cpu) {
        if (cpu.mode() != Mode.BITS_64 || (cpu.control.cr4 & Cr4.FSGSBASE) == 0) {
            throw Fault.invalidOpcode();
        }
    }

    private static void readBase(Instruction instruction, Emitter emitter, Segment segment) {
        Operand.Register to = (Operand.Register) instruction.operand(0);
        emitter.operation(
                (cpu, address) -> {
                    requireBaseAccess(cpu);
                    Operands.writeRegister(cpu, to.number(), to.size(), cpu.segments.get(segment).base);
                },
                Flow.NEXT);
    }

    private static void writeBase(Instruction instruction, Emitter emitter, Segment segment) {
        Operand.Register from = (Operand.Register) instruction.operand(0);
        emitter.operation(
                (cpu, address) -> {
                    requireBaseAccess(cpu);
                    long base = Operands.truncate(cpu.r[from.number()], from.size());
                    if (!Descriptors.isCanonical(base)) {
                        throw Fault.generalProtection();
                    }
                    cpu.segments.get(segment).base = base;
                },
                Flow.END);
    }
}
