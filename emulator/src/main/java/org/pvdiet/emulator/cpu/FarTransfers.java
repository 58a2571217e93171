package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.cpu.Emitter.Flow;
import org.pvdiet.emulator.cpu.Supervisor.Origin;
import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Mnemonic;
import org.pvdiet.emulator.cpu.decode.Mode;
import org.pvdiet.emulator.cpu.decode.Operand;

/** Transfers of control that load CS: software interrupts, IRET, system calls, far branches. IA-32e mode only. */
final class FarTransfers {
    private FarTransfers() {}

    static void define(InstructionSet set) {
        set.define(Mnemonic.INT, (i, e) -> interrupt(i, e, (int) ((Operand.Immediate) i.operand(0)).value() & 0xff));
        set.define(Mnemonic.INT3, (i, e) -> interrupt(i, e, Vector.BREAKPOINT));
        set.define(Mnemonic.INT1, FarTransfers::int1);
        set.define(Mnemonic.INTO, FarTransfers::into);
        set.define(Mnemonic.IRET, FarTransfers::iret);
        set.define(Mnemonic.SYSCALL, FarTransfers::syscall);
        set.define(Mnemonic.SYSRET, FarTransfers::sysret);
        set.define(Mnemonic.SYSENTER, FarTransfers::sysenter);
        set.define(Mnemonic.SYSEXIT, FarTransfers::sysexit);
        set.define(Mnemonic.JMP_FAR, (i, e) -> branch(i, e, false));
        set.define(Mnemonic.CALL_FAR, (i, e) -> branch(i, e, true));
        set.define(Mnemonic.RET_FAR, FarTransfers::ret);
    }

    private static void interrupt(Instruction instruction, Emitter emitter, int vector) {
        int length = instruction.length();
        emitter.operation((cpu, address) -> Exceptions.software(cpu, vector, Operands.next(cpu, length)), Flow.END);
    }

    /** INT1: #DB as a trap, without a look at the gate's DPL and without DR6 (SDM volume 2, INT n). */
    private static void int1(Instruction instruction, Emitter emitter) {
        int length = instruction.length();
        emitter.operation(
                (cpu, address) -> {
                    cpu.jump(Operands.next(cpu, length));
                    Exceptions.deliver(cpu, Vector.DEBUG, 0, 0, Origin.TRAP);
                    cpu.debug.skipStep();
                },
                Flow.END);
    }

    private static void into(Instruction instruction, Emitter emitter) {
        int length = instruction.length();
        emitter.operation(
                (cpu, address) -> {
                    if ((cpu.rflags() & Flags.OF) != 0) {
                        Exceptions.software(cpu, Vector.OVERFLOW, Operands.next(cpu, length));
                    }
                },
                Flow.END);
    }

    private static void requireLongMode(Cpu cpu, String what) {
        if ((cpu.control.efer & Efer.LMA) == 0) {
            throw new Unimplemented(cpu.rip(), what + " outside IA-32e mode");
        }
    }

    /**
     * The code segment that a far return goes to (SDM volume 2, IRET and RET).
     *
     * @param offset where to; must lie in the segment or be canonical
     */
    private static Descriptor checkReturn(Cpu cpu, int selector, long offset) {
        if (Descriptors.isNull(selector)) {
            throw Fault.generalProtection();
        }
        Descriptor code = Descriptors.get(cpu, selector, 0);
        int level = selector & 3;
        if (!code.isCode()
                || level < cpu.cpl()
                || (code.isConforming() ? code.dpl() > level : code.dpl() != level)
                || code.isLong() && code.isBig()) {
            throw Descriptors.fault(Vector.GENERAL_PROTECTION, selector, 0);
        }
        if (!code.isPresent()) {
            throw Descriptors.fault(Vector.SEGMENT_NOT_PRESENT, selector, 0);
        }
        checkTarget(code, offset);
        return code;
    }

    private static void checkTarget(Descriptor code, long offset) {
        if (code.isLong() ? !Descriptors.isCanonical(offset) : Long.compareUnsigned(offset, code.limit()) > 0) {
            throw Fault.generalProtection();
        }
    }

    /** The stack segment of a return; null where the selector is null and may be. */
    private static Descriptor checkReturnStack(Cpu cpu, int selector, int level, Descriptor code) {
        if (Descriptors.isNull(selector)) {
            if (!code.isLong() || level == 3 || (selector & 3) != level) {
                throw Fault.generalProtection();
            }
            return null;
        }
        return Descriptors.checkStack(cpu, selector, level, Vector.GENERAL_PROTECTION);
    }

    private static void installStack(Cpu cpu, int selector, Descriptor stack) {
        if (stack == null) {
            Descriptors.setNullStack(cpu.segments.ss(), selector);
        } else {
            Descriptors.markAccessed(cpu, selector, stack);
            Descriptors.install(cpu.segments.ss(), selector, stack);
        }
    }

    private static void installCode(Cpu cpu, int selector, Descriptor code) {
        Descriptors.markAccessed(cpu, selector, code);
        Descriptors.install(cpu.segments.cs(), selector, code);
        cpu.setCpl(selector & 3);
    }

    private static void iret(Instruction instruction, Emitter emitter) {
        int size = instruction.operandSize();
        emitter.operation((cpu, address) -> iret(cpu, size), Flow.END);
    }

    private static void iret(Cpu cpu, int size) {
        requireLongMode(cpu, "IRET");
        long frame = cpu.r[Cpu.RSP];
        if ((cpu.rflags() & Flags.NT) != 0) {
            throw Fault.generalProtection();
        }
        Stack stack = Stack.of(cpu);
        long rip = stack.pop(size);
        int selector = (int) stack.pop(size) & 0xffff;
        long flags = stack.pop(size);
        int old = cpu.cpl();
        int level = selector & 3;
        boolean popsStack = cpu.mode() == Mode.BITS_64 || level > old;
        long rsp = stack.pointer();
        int ss = 0;
        if (popsStack) {
            rsp = stack.pop(size);
            ss = (int) stack.pop(size) & 0xffff;
        }
        Descriptor code = checkReturn(cpu, selector, rip);
        Descriptor data = popsStack ? checkReturnStack(cpu, ss, level, code) : null;

        long restored = PoppedFlags.changeable(cpu, size) | (size == 2 ? 0 : Flags.RF);
        if (!cpu.debug.isArmed()) {
            // RF matters to instruction breakpoints alone; where there are none, it is over at once.
            flags &= ~Flags.RF;
        }
        long merged = cpu.rflags() & ~restored | flags & restored;
        if (popsStack) {
            installStack(cpu, ss, data);
        }
        installCode(cpu, selector, code);
        cpu.r[Cpu.RSP] = rsp;
        cpu.setRflags(merged);
        if (level > old) {
            Descriptors.dropInner(cpu);
        }
        cpu.jump(rip);
        cpu.noticeInterrupts();
        cpu.observer().returned(frame);
    }

    private static void syscall(Instruction instruction, Emitter emitter) {
        int length = instruction.length();
        emitter.operation(
                (cpu, address) -> {
                    long start = cpu.rip();
                    long next = Operands.next(cpu, length);
                    cpu.jump(next);
                    if (cpu.supervisor().syscall(cpu)) {
                        return;
                    }
                    boolean compatible = cpu.mode() != Mode.BITS_64;
                    if ((cpu.control.efer & Efer.SCE) == 0 || compatible && !cpu.model.isAmd()) {
                        cpu.jump(start);
                        throw Fault.invalidOpcode();
                    }
                    cpu.r[Cpu.RCX] = next;
                    cpu.r[Cpu.R11] = cpu.rflags() & ~Flags.RF;
                    int selector = (int) (cpu.msrs.star() >>> 32) & 0xfffc;
                    enterKernel(cpu, selector);
                    cpu.setRflags(cpu.rflags() & ~(cpu.msrs.sfmask() | Flags.RF) | Flags.FIXED);
                    cpu.jump(compatible ? cpu.msrs.cstar() : cpu.msrs.lstar());
                    skipStep(cpu);
                },
                Flow.END);
    }

    /** Single step looks at RFLAGS.TF as the kernel's entry has it. */
    private static void skipStep(Cpu cpu) {
        if ((cpu.rflags() & Flags.TF) == 0) {
            cpu.debug.skipStep();
        }
    }

    /** Flat 64-bit code and a flat stack after it, as SYSCALL and SYSENTER set them without a table. */
    private static void enterKernel(Cpu cpu, int selector) {
        SegmentRegisters segments = cpu.segments;
        segments.cs().set(selector, 0, Descriptors.FLAT_LIMIT, Descriptors.KERNEL_CODE_64);
        segments.ss().set(selector + 8 & 0xffff, 0, Descriptors.FLAT_LIMIT, Descriptors.KERNEL_DATA);
        cpu.setCpl(0);
    }

    private static void leaveKernel(Cpu cpu, int code, boolean wide, int stack) {
        SegmentRegisters segments = cpu.segments;
        segments.cs()
                .set(
                        code & 0xffff | 3,
                        0,
                        Descriptors.FLAT_LIMIT,
                        wide ? Descriptors.USER_CODE_64 : Descriptors.USER_CODE_32);
        segments.ss().set(stack & 0xffff | 3, 0, Descriptors.FLAT_LIMIT, Descriptors.USER_DATA);
        cpu.setCpl(3);
    }

    private static void sysret(Instruction instruction, Emitter emitter) {
        boolean wide = instruction.operandSize() == 8;
        emitter.operation(
                (cpu, address) -> {
                    if (cpu.mode() != Mode.BITS_64 || (cpu.control.efer & Efer.SCE) == 0) {
                        throw Fault.invalidOpcode();
                    }
                    ControlInstructions.requirePrivilege(cpu);
                    long target = wide ? cpu.r[Cpu.RCX] : cpu.r[Cpu.RCX] & 0xffff_ffffL;
                    // AMD's processors return first and fault on the fetch in user mode.
                    if (!cpu.model.isAmd() && !Descriptors.isCanonical(target)) {
                        throw Fault.generalProtection();
                    }
                    int selector = (int) (cpu.msrs.star() >>> 48);
                    leaveKernel(cpu, selector + (wide ? 16 : 0), wide, selector + 8);
                    long taken = 0x3c_7fd7;
                    long resume = cpu.debug.isArmed() ? 0 : Flags.RF;
                    cpu.setRflags(cpu.r[Cpu.R11] & taken & ~resume | Flags.FIXED);
                    cpu.jump(target);
                    cpu.noticeInterrupts();
                    cpu.observer().returned(cpu.r[Cpu.RSP]);
                },
                Flow.END);
    }

    private static void sysenter(Instruction instruction, Emitter emitter) {
        int length = instruction.length();
        emitter.operation(
                (cpu, address) -> {
                    long start = cpu.rip();
                    cpu.jump(Operands.next(cpu, length));
                    if (cpu.supervisor().sysenter(cpu)) {
                        return;
                    }
                    cpu.jump(start);
                    // AMD has no SYSENTER in long mode (AMD64 manual, volume 3).
                    if (cpu.model.isAmd()) {
                        throw Fault.invalidOpcode();
                    }
                    int selector = (int) cpu.msrs.sysenterCs() & 0xfffc;
                    if (selector == 0) {
                        throw Fault.generalProtection();
                    }
                    enterKernel(cpu, selector);
                    cpu.setRflags(cpu.rflags() & ~(Flags.VM | Flags.IF | Flags.RF));
                    cpu.r[Cpu.RSP] = cpu.msrs.sysenterEsp();
                    cpu.jump(cpu.msrs.sysenterEip());
                    skipStep(cpu);
                },
                Flow.END);
    }

    private static void sysexit(Instruction instruction, Emitter emitter) {
        boolean wide = instruction.operandSize() == 8;
        emitter.operation(
                (cpu, address) -> {
                    if (cpu.model.isAmd()) {
                        throw Fault.invalidOpcode();
                    }
                    int selector = (int) cpu.msrs.sysenterCs() & 0xfffc;
                    if (selector == 0) {
                        throw Fault.generalProtection();
                    }
                    ControlInstructions.requirePrivilege(cpu);
                    long mask = wide ? -1 : 0xffff_ffffL;
                    long target = cpu.r[Cpu.RDX] & mask;
                    long rsp = cpu.r[Cpu.RCX] & mask;
                    if (!Descriptors.isCanonical(target) || !Descriptors.isCanonical(rsp)) {
                        throw Fault.generalProtection();
                    }
                    int code = selector + (wide ? 32 : 16);
                    leaveKernel(cpu, code, wide, code + 8);
                    long frame = cpu.r[Cpu.RSP];
                    cpu.r[Cpu.RSP] = rsp;
                    cpu.jump(target);
                    cpu.observer().returned(frame);
                },
                Flow.END);
    }

    /** JMP and CALL to another code segment, directly or through a call gate. */
    private static void branch(Instruction instruction, Emitter emitter, boolean call) {
        Operand target = instruction.operand(0);
        int size = instruction.operandSize();
        int length = instruction.length();
        emitter.operation(
                (cpu, address) -> {
                    requireLongMode(cpu, call ? "far CALL" : "far JMP");
                    int selector;
                    long offset;
                    if (target instanceof Operand.FarPointer pointer) {
                        selector = pointer.selector();
                        offset = pointer.offset();
                    } else {
                        offset = cpu.memory().load(address, size);
                        selector = (int) cpu.memory().load16(address + size);
                    }
                    if (Descriptors.isNull(selector)) {
                        throw Fault.generalProtection();
                    }
                    Descriptor descriptor = Descriptors.get(cpu, selector, 0);
                    long next = Operands.next(cpu, length);
                    if (descriptor.isSystem(Descriptor.CALL_GATE)) {
                        throughGate(cpu, selector, descriptor, call, next);
                    } else {
                        direct(cpu, selector, descriptor, offset, call ? size : 0, next);
                    }
                },
                Flow.END);
    }

    /**
     * @param size of the saved CS and RIP, 0 where nothing is saved
     */
    private static void direct(Cpu cpu, int selector, Descriptor code, long offset, int size, long next) {
        boolean allowed = code.isCode()
                && (code.isConforming()
                        ? code.dpl() <= cpu.cpl()
                        : (selector & 3) <= cpu.cpl() && code.dpl() == cpu.cpl())
                && !(code.isLong() && code.isBig());
        if (!allowed) {
            throw Descriptors.fault(Vector.GENERAL_PROTECTION, selector, 0);
        }
        if (!code.isPresent()) {
            throw Descriptors.fault(Vector.SEGMENT_NOT_PRESENT, selector, 0);
        }
        checkTarget(code, offset);
        if (size != 0) {
            Stack stack = Stack.of(cpu);
            stack.push(size, cpu.segments.cs().selector);
            stack.push(size, next);
            cpu.r[Cpu.RSP] = stack.pointer();
        }
        installCode(cpu, selector & 0xfffc | cpu.cpl(), code);
        cpu.jump(offset);
    }

    /** SDM volume 3, section 5.8.5.1: call gates of IA-32e mode, 16 bytes, always to 64-bit code. */
    private static void throughGate(Cpu cpu, int gateSelector, Descriptor gate, boolean call, long next) {
        if (gate.dpl() < Math.max(cpu.cpl(), gateSelector & 3)) {
            throw Descriptors.fault(Vector.GENERAL_PROTECTION, gateSelector, 0);
        }
        if (!gate.isPresent()) {
            throw Descriptors.fault(Vector.SEGMENT_NOT_PRESENT, gateSelector, 0);
        }
        long at = Descriptors.address(cpu, gateSelector, 16);
        long high = at == -1 ? -1 : cpu.mmu().supervisor().load64(at + 8);
        if (at == -1 || (high >>> 40 & 0x1f) != 0) {
            throw Descriptors.fault(Vector.GENERAL_PROTECTION, gateSelector, 0);
        }
        long target = gate.gateOffset() | high << 32;
        int selector = gate.gateSelector();
        if (Descriptors.isNull(selector)) {
            throw Fault.generalProtection();
        }
        Descriptor code = Descriptors.get(cpu, selector, 0);
        boolean inward = call && !code.isConforming();
        if (!code.isCode()
                || code.dpl() > cpu.cpl()
                || !call && !code.isConforming() && code.dpl() != cpu.cpl()
                || !code.isLong()
                || code.isBig()) {
            throw Descriptors.fault(Vector.GENERAL_PROTECTION, selector, 0);
        }
        if (!code.isPresent()) {
            throw Descriptors.fault(Vector.SEGMENT_NOT_PRESENT, selector, 0);
        }
        checkTarget(code, target);
        int level = inward ? code.dpl() : cpu.cpl();
        boolean changes = level < cpu.cpl();
        if (call) {
            long rsp = changes ? Descriptors.taskStack(cpu, Descriptors.taskStackOffset(level), 0) : cpu.r[Cpu.RSP];
            Stack stack = Stack.at(cpu, rsp, level, 0);
            if (changes) {
                stack.push(8, cpu.segments.ss().selector);
                stack.push(8, cpu.r[Cpu.RSP]);
            }
            stack.push(8, cpu.segments.cs().selector);
            stack.push(8, next);
            if (changes) {
                Descriptors.setNullStack(cpu.segments.ss(), level);
            }
            cpu.r[Cpu.RSP] = stack.pointer();
        }
        installCode(cpu, selector & 0xfffc | level, code);
        cpu.jump(target);
    }

    private static void ret(Instruction instruction, Emitter emitter) {
        int size = instruction.operandSize();
        long released =
                instruction.operands().isEmpty() ? 0 : ((Operand.Immediate) instruction.operand(0)).value() & 0xffff;
        emitter.operation((cpu, address) -> ret(cpu, size, released), Flow.END);
    }

    private static void ret(Cpu cpu, int size, long released) {
        requireLongMode(cpu, "far RET");
        Stack stack = Stack.of(cpu);
        long rip = stack.pop(size);
        int selector = (int) stack.pop(size) & 0xffff;
        stack.skip(released);
        Descriptor code = checkReturn(cpu, selector, rip);
        int level = selector & 3;
        boolean outward = level > cpu.cpl();
        long rsp = stack.pointer();
        if (outward) {
            rsp = stack.pop(size);
            int ss = (int) stack.pop(size) & 0xffff;
            Descriptor data = checkReturnStack(cpu, ss, level, code);
            installStack(cpu, ss, data);
            rsp += released;
        }
        installCode(cpu, selector, code);
        cpu.r[Cpu.RSP] = rsp;
        if (outward) {
            Descriptors.dropInner(cpu);
        }
        cpu.jump(rip);
    }
}
