package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.cpu.Emitter.Flow;
import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Mnemonic;
import org.pvdiet.emulator.cpu.decode.Operand;
import org.pvdiet.emulator.cpu.decode.Segment;
import org.pvdiet.emulator.memory.LinearMemory;

/** IN, OUT, INS, OUTS (SDM volume 1, chapter 19). */
final class PortInstructions {
    private PortInstructions() {}

    static void define(InstructionSet set) {
        set.define(Mnemonic.IN, PortInstructions::in);
        set.define(Mnemonic.OUT, PortInstructions::out);
        set.define(Mnemonic.INS, PortInstructions::ins);
        set.define(Mnemonic.OUTS, PortInstructions::outs);
    }

    private static int port(Cpu cpu, Operand operand) {
        return (int) Operands.read(cpu, operand, 0, 2) & 0xffff;
    }

    private static void in(Instruction instruction, Emitter emitter) {
        int size = instruction.operand(0).size();
        Operand port = instruction.operand(1);
        emitter.operation(
                (cpu, address) -> Operands.writeRegister(cpu, Cpu.RAX, size, read(cpu, port(cpu, port), size)),
                Flow.END);
    }

    private static void out(Instruction instruction, Emitter emitter) {
        Operand port = instruction.operand(0);
        int size = instruction.operand(1).size();
        emitter.operation((cpu, address) -> write(cpu, port(cpu, port), size, cpu.r[Cpu.RAX]), Flow.END);
    }

    private static long read(Cpu cpu, int port, int size) {
        checkAllowed(cpu, port, size);
        int value = (int) Operands.truncate(cpu.ports().in(port, size), size);
        cpu.debug.portAccess(port, size);
        cpu.observer().portIn(port, size, value);
        return value & 0xffff_ffffL;
    }

    private static void write(Cpu cpu, int port, int size, long value) {
        checkAllowed(cpu, port, size);
        int written = (int) Operands.truncate(value, size);
        cpu.debug.portAccess(port, size);
        cpu.observer().portOut(port, size, written);
        cpu.ports().out(port, size, written);
    }

    /**
     * Beyond IOPL, the TSS's permission bitmap decides (SDM volume 1, section 19.5.2).
     *
     * @throws Fault #GP(0)
     */
    private static void checkAllowed(Cpu cpu, int port, int size) {
        if (cpu.cpl() <= cpu.iopl()) {
            return;
        }
        SegmentRegister tr = cpu.segments.tr;
        LinearMemory system = cpu.mmu().supervisor();
        if (!tr.isPresent() || tr.limit < 103) {
            throw Fault.generalProtection();
        }
        long at = system.load16(tr.base + 102) + (port >> 3);
        if (at + 1 > tr.limit) {
            throw Fault.generalProtection();
        }
        long bits = system.load16(tr.base + at) >>> (port & 7);
        if ((bits & (1 << size) - 1) != 0) {
            throw Fault.generalProtection();
        }
    }

    private static void ins(Instruction instruction, Emitter emitter) {
        int size = instruction.operandSize();
        emitter.operation(
                string(instruction, Cpu.RDI, cpu -> {
                    int port = (int) cpu.r[Cpu.RDX] & 0xffff;
                    checkAllowed(cpu, port, size);
                    long to = Operands.linear(cpu, Segment.ES, cpu.r[Cpu.RDI], instruction.addressSize());
                    cpu.memory().checkWrite(to, size);
                    cpu.memory().store(to, size, read(cpu, port, size));
                }),
                Flow.END);
    }

    private static void outs(Instruction instruction, Emitter emitter) {
        int size = instruction.operandSize();
        Segment override = instruction.prefixes().segment();
        Segment segment = override == null ? Segment.DS : override;
        emitter.operation(
                string(instruction, Cpu.RSI, cpu -> {
                    int port = (int) cpu.r[Cpu.RDX] & 0xffff;
                    checkAllowed(cpu, port, size);
                    long from = Operands.linear(cpu, segment, cpu.r[Cpu.RSI], instruction.addressSize());
                    write(cpu, port, size, cpu.memory().load(from, size));
                }),
                Flow.END);
    }

    private interface Step {
        void execute(Cpu cpu);
    }

    /** Repeats a step with its index and RCX; what a fault leaves is the state before the step that failed. */
    private static Operation string(Instruction instruction, int index, Step step) {
        boolean repeated =
                instruction.prefixes().rep() || instruction.prefixes().repne();
        int width = instruction.addressSize();
        int size = instruction.operandSize();
        return (cpu, address) -> {
            while (!repeated || Operands.truncate(cpu.r[Cpu.RCX], width) != 0) {
                step.execute(cpu);
                int stride = (cpu.rflags() & Flags.DF) != 0 ? -size : size;
                Operands.writeRegister(cpu, index, width, cpu.r[index] + stride);
                if (!repeated) {
                    return;
                }
                Operands.writeRegister(cpu, Cpu.RCX, width, cpu.r[Cpu.RCX] - 1);
            }
        };
    }
}
