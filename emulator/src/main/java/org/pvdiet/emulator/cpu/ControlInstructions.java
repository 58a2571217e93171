package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.cpu.CpuModel.Feature;
import org.pvdiet.emulator.cpu.Emitter.Flow;
import org.pvdiet.emulator.cpu.Supervisor.Origin;
import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Mnemonic;
import org.pvdiet.emulator.cpu.decode.Mode;
import org.pvdiet.emulator.cpu.decode.Operand;
import org.pvdiet.emulator.cpu.decode.RegisterFile;

/** Control and debug registers and the TLB (SDM volume 2, MOV to and from control and debug registers; volume 3, 2.5). */
final class ControlInstructions {
    private ControlInstructions() {}

    static void define(InstructionSet set) {
        set.define(Mnemonic.MOV, RegisterFile.CONTROL, ControlInstructions::move);
        set.define(Mnemonic.MOV, RegisterFile.DEBUG, ControlInstructions::move);
        set.define(Mnemonic.CLTS, (i, e) -> e.operation(ControlInstructions::clts, Flow.END));
        set.define(Mnemonic.LMSW, ControlInstructions::lmsw);
        set.define(Mnemonic.SMSW, ControlInstructions::smsw);
        set.define(Mnemonic.INVLPG, (i, e) -> e.operation(ControlInstructions::invlpg, Flow.END));
        set.define(Mnemonic.INVPCID, ControlInstructions::invpcid);
    }

    /** MOV where one operand is a control or debug register. */
    private static void move(Instruction instruction, Emitter emitter) {
        Operand.Register to = (Operand.Register) instruction.operand(0);
        Operand.Register from = (Operand.Register) instruction.operand(1);
        Operation operation = switch (to.file()) {
            case CONTROL ->
                (cpu, address) -> write(cpu, to.number(), Operands.truncate(cpu.r[from.number()], from.size()));
            case DEBUG ->
                (cpu, address) -> writeDebug(cpu, to.number(), Operands.truncate(cpu.r[from.number()], from.size()));
            default ->
                from.file() == RegisterFile.CONTROL
                        ? (cpu, address) ->
                                Operands.writeRegister(cpu, to.number(), to.size(), read(cpu, from.number()))
                        : (cpu, address) -> readDebug(cpu, from.number(), to);
        };
        emitter.operation(operation, Flow.END);
    }

    static void requirePrivilege(Cpu cpu) {
        if (cpu.cpl() != 0) {
            throw Fault.generalProtection();
        }
    }

    private static long read(Cpu cpu, int number) {
        ControlRegisters control = cpu.control;
        if (number != 0 && number != 2 && number != 3 && number != 4 && number != 8) {
            throw Fault.invalidOpcode();
        }
        requirePrivilege(cpu);
        return switch (number) {
            case 0 -> control.cr0;
            case 2 -> control.cr2;
            case 3 -> control.cr3;
            case 4 -> control.cr4;
            default -> control.cr8;
        };
    }

    private static void write(Cpu cpu, int number, long value) {
        if (number != 0 && number != 2 && number != 3 && number != 4 && number != 8) {
            throw Fault.invalidOpcode();
        }
        requirePrivilege(cpu);
        switch (number) {
            case 0 -> writeCr0(cpu, value);
            case 2 -> {
                cpu.observer().controlRegister(2, cpu.control.cr2, value);
                cpu.control.cr2 = value;
            }
            case 3 -> writeCr3(cpu, value);
            case 4 -> writeCr4(cpu, value);
            default -> {
                if ((value & ~0xfL) != 0) {
                    throw Fault.generalProtection();
                }
                cpu.observer().controlRegister(8, cpu.control.cr8, value);
                cpu.control.cr8 = value;
            }
        }
    }

    private static void writeCr0(Cpu cpu, long value) {
        ControlRegisters control = cpu.control;
        if (value >>> 32 != 0
                || (value & Cr0.PG) != 0 && (value & Cr0.PE) == 0
                || (value & Cr0.NW) != 0 && (value & Cr0.CD) == 0
                || (value & Cr0.PG) == 0 && (cpu.mode() == Mode.BITS_64 || (control.cr4 & Cr4.PCIDE) != 0)) {
            throw Fault.generalProtection();
        }
        if ((value & Cr0.PG) == 0) {
            throw new Unimplemented(cpu.rip(), "leaving long mode: clearing CR0.PG");
        }
        long old = control.cr0;
        long taken = value & Cr0.DEFINED | Cr0.ET;
        control.cr0 = taken;
        if (((old ^ taken) & Cr0.WP) != 0) {
            cpu.applyPaging();
        }
        cpu.observer().controlRegister(0, old, taken);
    }

    private static void writeCr3(Cpu cpu, long value) {
        ControlRegisters control = cpu.control;
        // Bit 63 with CR4.PCIDE asks to keep this PCID's translations; dropping more is allowed (SDM volume 3,
        // 4.10.4.1).
        long taken = (control.cr4 & Cr4.PCIDE) != 0 ? value & ~(1L << 63) : value;
        if (taken >>> cpu.model.physicalBits() != 0) {
            throw Fault.generalProtection();
        }
        long old = control.cr3;
        control.cr3 = taken;
        cpu.mmu().setRoot(taken, true);
        cpu.observer().controlRegister(3, old, taken);
        cpu.observer().flush(false);
    }

    private static void writeCr4(Cpu cpu, long value) {
        ControlRegisters control = cpu.control;
        boolean longMode = (control.efer & Efer.LMA) != 0;
        long old = control.cr4;
        if ((value & ~supportedCr4(cpu.model)) != 0
                || longMode && (value & Cr4.PAE) == 0
                || (value & ~old & Cr4.PCIDE) != 0 && (!longMode || (control.cr3 & 0xfff) != 0)) {
            throw Fault.generalProtection();
        }
        control.cr4 = value;
        boolean flushes =
                ((old ^ value) & (Cr4.PGE | Cr4.PAE | Cr4.PSE | Cr4.SMEP)) != 0 || (old & ~value & Cr4.PCIDE) != 0;
        if (flushes || ((old ^ value) & Cr4.SMAP) != 0) {
            cpu.applyPaging();
        }
        cpu.observer().controlRegister(4, old, value);
        if (flushes) {
            cpu.observer().flush(true);
        }
    }

    /** The bits of CR4 that a model lets software set. */
    static long supportedCr4(CpuModel model) {
        long bits = Cr4.TSD | Cr4.DE | Cr4.PSE | Cr4.PAE | Cr4.PCE | Cr4.OSFXSR | Cr4.OSXMMEXCPT;
        bits |= model.has(Feature.MCE) ? Cr4.MCE : 0;
        bits |= model.has(Feature.PGE) ? Cr4.PGE : 0;
        bits |= model.has(Feature.UMIP) ? Cr4.UMIP : 0;
        bits |= model.has(Feature.FSGSBASE) ? Cr4.FSGSBASE : 0;
        bits |= model.has(Feature.PCID) ? Cr4.PCIDE : 0;
        bits |= model.has(Feature.SMEP) ? Cr4.SMEP : 0;
        bits |= model.has(Feature.SMAP) ? Cr4.SMAP : 0;
        return bits;
    }

    private static void clts(Cpu cpu, long address) {
        requirePrivilege(cpu);
        long old = cpu.control.cr0;
        cpu.control.cr0 = old & ~Cr0.TS;
        cpu.observer().controlRegister(0, old, cpu.control.cr0);
    }

    private static void lmsw(Instruction instruction, Emitter emitter) {
        Operand source = instruction.operand(0);
        emitter.operation(
                (cpu, address) -> {
                    requirePrivilege(cpu);
                    long changeable = Cr0.MP | Cr0.EM | Cr0.TS;
                    long value = Operands.read(cpu, source, address, 2);
                    writeCr0(cpu, cpu.control.cr0 & ~changeable | value & (changeable | Cr0.PE));
                },
                Flow.END);
    }

    private static void smsw(Instruction instruction, Emitter emitter) {
        Operand destination = instruction.operand(0);
        int size = destination instanceof Operand.Register register ? register.size() : 2;
        emitter.operation(
                (cpu, address) -> {
                    requireNoUmip(cpu);
                    Operands.write(cpu, destination, address, size, cpu.control.cr0);
                },
                Flow.NEXT);
    }

    /** SGDT, SIDT, SLDT, SMSW and STR in user mode. */
    static void requireNoUmip(Cpu cpu) {
        if (cpu.cpl() != 0 && (cpu.control.cr4 & Cr4.UMIP) != 0) {
            throw Fault.generalProtection();
        }
    }

    private static void checkDebugAccess(Cpu cpu, int number) {
        if (number > 7 || (number == 4 || number == 5) && (cpu.control.cr4 & Cr4.DE) != 0) {
            throw Fault.invalidOpcode();
        }
        requirePrivilege(cpu);
    }

    /** DR4 and DR5 are other names of DR6 and DR7. */
    private static int debugNumber(int number) {
        return number == 4 || number == 5 ? number + 2 : number;
    }

    /** DR7.GD: the access traps, as a fault, before it happens. */
    private static boolean detected(Cpu cpu) {
        if ((cpu.debug.get(7) & DebugRegisters.DR7_GD) == 0) {
            return false;
        }
        Exceptions.debug(cpu, DebugRegisters.DR6_BD, Origin.FAULT);
        return true;
    }

    private static void readDebug(Cpu cpu, int number, Operand.Register to) {
        checkDebugAccess(cpu, number);
        if (!detected(cpu)) {
            Operands.writeRegister(cpu, to.number(), to.size(), cpu.debug.get(debugNumber(number)));
        }
    }

    private static void writeDebug(Cpu cpu, int number, long value) {
        checkDebugAccess(cpu, number);
        int register = debugNumber(number);
        if (detected(cpu)) {
            return;
        }
        if (register >= 6 && value >>> 32 != 0) {
            throw Fault.generalProtection();
        }
        long old = cpu.debug.get(register);
        cpu.debug.set(register, value);
        cpu.observer().debugRegister(register, old, cpu.debug.get(register));
    }

    private static void invlpg(Cpu cpu, long address) {
        requirePrivilege(cpu);
        if (Descriptors.isCanonical(address)) {
            cpu.mmu().invalidatePage(address);
        }
        cpu.observer().invalidatePage(address);
    }

    private static void invpcid(Instruction instruction, Emitter emitter) {
        Operand.Register type = (Operand.Register) instruction.operand(0);
        emitter.operation(
                (cpu, address) -> {
                    if (!cpu.model.has(Feature.INVPCID)) {
                        throw Fault.invalidOpcode();
                    }
                    requirePrivilege(cpu);
                    long pcid = cpu.memory().load64(address);
                    long linear = cpu.memory().load64(address + 8);
                    long kind = Operands.truncate(cpu.r[type.number()], type.size());
                    boolean bad = Long.compareUnsigned(kind, 3) > 0
                            || kind < 2 && pcid >>> 12 != 0
                            || kind < 2 && pcid != 0 && (cpu.control.cr4 & Cr4.PCIDE) == 0
                            || kind == 0 && !Descriptors.isCanonical(linear);
                    if (bad) {
                        throw Fault.generalProtection();
                    }
                    if (kind == 0) {
                        cpu.mmu().invalidatePage(linear);
                        cpu.observer().invalidatePage(linear);
                    } else {
                        cpu.mmu().flush(kind != 2);
                        cpu.observer().flush(kind == 2);
                    }
                },
                Flow.END);
    }
}
