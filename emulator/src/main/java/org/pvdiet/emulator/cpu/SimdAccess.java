package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Operand;
import org.pvdiet.emulator.cpu.decode.RegisterFile;

/**
 * How MMX and SSE instructions reach their operands. A word is 64 bits; an XMM operand has two, an MMX operand one, and a
 * scalar is the low part of word 0.
 */
final class SimdAccess {
    private static final long CR0_EM = 1 << 2;
    private static final long CR0_TS = 1 << 3;
    private static final long CR4_OSFXSR = 1 << 9;
    private static final long CR4_OSXMMEXCPT = 1 << 10;

    /** Reads word {@code index} of an operand, zero-extended where the operand is shorter. */
    interface Source {
        long word(Cpu cpu, long address, int index);
    }

    /** Writes an operand; where it is a register, only as much of it as the operand's size. */
    interface Target {
        void set(Cpu cpu, long address, long low, long high);
    }

    private SimdAccess() {}

    static boolean isMmx(Operand operand) {
        return operand instanceof Operand.Register r && r.file() == RegisterFile.MMX;
    }

    private static boolean isXmm(Operand operand) {
        return operand instanceof Operand.Register r && r.file() == RegisterFile.XMM;
    }

    /** Emits {@code body} behind the checks that every MMX or SSE instruction begins with (SDM volume 3, table 13-1). */
    static void emit(Instruction instruction, Emitter emitter, Operation body) {
        boolean mmx = instruction.operands().stream().anyMatch(SimdAccess::isMmx);
        boolean sse = instruction.operands().stream().anyMatch(SimdAccess::isXmm) || !mmx;
        emitter.operation(
                (cpu, address) -> {
                    check(cpu, sse);
                    if (mmx) {
                        X87Instructions.checkPending(cpu);
                    }
                    body.execute(cpu, address);
                    if (mmx) {
                        cpu.fpu.enterMmx();
                    }
                },
                Emitter.Flow.NEXT);
    }

    private static void check(Cpu cpu, boolean sse) {
        long cr0 = cpu.control.cr0;
        if ((cr0 & CR0_EM) != 0 || sse && (cpu.control.cr4 & CR4_OSFXSR) == 0) {
            throw Fault.invalidOpcode();
        }
        if ((cr0 & CR0_TS) != 0) {
            throw Fault.deviceNotAvailable();
        }
    }

    /** Adds SIMD floating-point exceptions to MXCSR; where one is unmasked, #XM and no result. */
    static void raise(Cpu cpu, int flags) {
        Fpu fpu = cpu.fpu;
        int unmasked = flags & ~(fpu.mxcsr >> 7);
        // Exceptions of the operands come before there is a result to have exceptions of its own.
        fpu.mxcsr |= (unmasked & Real.OF_OPERANDS) != 0 ? flags & Real.OF_OPERANDS : flags;
        if (unmasked != 0) {
            throw (cpu.control.cr4 & CR4_OSXMMEXCPT) != 0 ? Fault.of(Vector.SIMD_ERROR, 0) : Fault.invalidOpcode();
        }
    }

    static Source source(Instruction instruction, int operand) {
        return source(instruction.operand(operand), true);
    }

    static Source unaligned(Instruction instruction, int operand) {
        return source(instruction.operand(operand), false);
    }

    private static Source source(Operand operand, boolean aligned) {
        if (operand instanceof Operand.Register r) {
            int n = r.number();
            int size = r.size();
            return switch (r.file()) {
                case XMM -> (cpu, address, index) -> cpu.fpu.xmm[2 * n + index];
                case MMX -> (cpu, address, index) -> index == 0 ? cpu.fpu.mmx(n) : 0;
                case GPR -> (cpu, address, index) -> index == 0 ? Operands.truncate(cpu.r[n], size) : 0;
                default -> throw new IllegalStateException("operand " + r);
            };
        }
        int size = operand.size();
        if (size < 16) {
            return (cpu, address, index) -> index == 0 ? cpu.memory().load(address, size) : 0;
        }
        return (cpu, address, index) -> {
            if (aligned && (address & 15) != 0) {
                throw Fault.generalProtection();
            }
            return cpu.memory().load64(address + 8L * index);
        };
    }

    static Target target(Instruction instruction, int operand, boolean aligned) {
        if (instruction.operand(operand) instanceof Operand.Register r) {
            int n = r.number();
            int size = r.size();
            return switch (r.file()) {
                case XMM ->
                    switch (size) {
                        case 16 ->
                            (cpu, address, low, high) -> {
                                cpu.fpu.xmm[2 * n] = low;
                                cpu.fpu.xmm[2 * n + 1] = high;
                            };
                        case 8 -> (cpu, address, low, high) -> cpu.fpu.xmm[2 * n] = low;
                        default ->
                            (cpu, address, low, high) ->
                                    cpu.fpu.xmm[2 * n] = cpu.fpu.xmm[2 * n] & ~0xffffffffL | low & 0xffffffffL;
                    };
                case MMX -> (cpu, address, low, high) -> cpu.fpu.setMmx(n, low);
                case GPR -> (cpu, address, low, high) -> cpu.r[n] = Operands.truncate(low, size);
                default -> throw new IllegalStateException("operand " + r);
            };
        }
        int size = instruction.operand(operand).size();
        if (size < 16) {
            return (cpu, address, low, high) -> cpu.memory().store(address, size, low);
        }
        return (cpu, address, low, high) -> {
            if (aligned && (address & 15) != 0) {
                throw Fault.generalProtection();
            }
            cpu.memory().checkWrite(address, 16);
            cpu.memory().store64(address, low);
            cpu.memory().store64(address + 8, high);
        };
    }

    static int immediate(Instruction instruction, int operand) {
        return (int) ((Operand.Immediate) instruction.operand(operand)).value() & 0xff;
    }
}
