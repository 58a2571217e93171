package org.pvdiet.emulator.cpu;

import static org.pvdiet.emulator.cpu.ControlInstructions.requirePrivilege;

import org.pvdiet.emulator.cpu.CpuModel.Feature;
import org.pvdiet.emulator.cpu.Emitter.Flow;
import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Mnemonic;
import org.pvdiet.emulator.cpu.decode.Mode;

/** Flags, halting, MSRs, time and identification. */
final class ProcessorInstructions {
    private static final long EDX_EAX = 0xffff_ffffL;

    private ProcessorInstructions() {}

    static void define(InstructionSet set) {
        set.define(Mnemonic.CLI, (i, e) -> e.operation(ProcessorInstructions::cli, Flow.END));
        set.define(Mnemonic.STI, (i, e) -> e.operation(ProcessorInstructions::sti, Flow.END));
        set.define(Mnemonic.CLAC, (i, e) -> e.operation((cpu, address) -> setAccess(cpu, false), Flow.END));
        set.define(Mnemonic.STAC, (i, e) -> e.operation((cpu, address) -> setAccess(cpu, true), Flow.END));
        set.define(Mnemonic.PUSHF, ProcessorInstructions::pushf);
        set.define(Mnemonic.POPF, ProcessorInstructions::popf);
        set.define(Mnemonic.HLT, (i, e) -> e.operation(ProcessorInstructions::hlt, Flow.END));
        set.define(Mnemonic.RDMSR, (i, e) -> e.operation(ProcessorInstructions::rdmsr, Flow.END));
        set.define(Mnemonic.WRMSR, (i, e) -> e.operation(ProcessorInstructions::wrmsr, Flow.END));
        set.define(Mnemonic.RDTSC, (i, e) -> e.operation(ProcessorInstructions::rdtsc, Flow.END));
        set.define(Mnemonic.RDTSCP, (i, e) -> e.operation(ProcessorInstructions::rdtscp, Flow.END));
        set.define(Mnemonic.RDPMC, (i, e) -> e.operation(ProcessorInstructions::refuse, Flow.END));
        set.define(Mnemonic.CPUID, (i, e) -> e.operation(ProcessorInstructions::cpuid, Flow.END));
        set.define(Mnemonic.CLFLUSH, (i, e) -> e.operation(ProcessorInstructions::flushLine, Flow.NEXT));
        set.define(Mnemonic.INVD, (i, e) -> e.operation((cpu, address) -> requirePrivilege(cpu), Flow.END));
        set.define(Mnemonic.WBINVD, (i, e) -> e.operation((cpu, address) -> requirePrivilege(cpu), Flow.END));
    }

    /** Caches cannot be seen here: what is left is the access (SDM volume 2, CLFLUSH: faults as a load does). */
    private static void flushLine(Cpu cpu, long address) {
        cpu.memory().load8(address);
    }

    private static void requireInterruptPrivilege(Cpu cpu) {
        if (cpu.cpl() > cpu.iopl()) {
            throw Fault.generalProtection();
        }
    }

    private static void cli(Cpu cpu, long address) {
        requireInterruptPrivilege(cpu);
        cpu.enableInterrupts(false);
    }

    private static void sti(Cpu cpu, long address) {
        requireInterruptPrivilege(cpu);
        if (!cpu.interruptsEnabled()) {
            cpu.enableInterrupts(true);
            cpu.holdInterrupts();
            cpu.noticeInterrupts();
        }
    }

    private static void setAccess(Cpu cpu, boolean allowed) {
        if (!cpu.model.has(Feature.SMAP) || cpu.cpl() != 0) {
            throw Fault.invalidOpcode();
        }
        cpu.setRflags(allowed ? cpu.rflags() | Flags.AC : cpu.rflags() & ~Flags.AC);
    }

    private static void pushf(Instruction instruction, Emitter emitter) {
        int size = instruction.operandSize();
        emitter.operation(
                (cpu, address) -> {
                    Stack stack = Stack.of(cpu);
                    stack.push(size, cpu.rflags() & ~(Flags.VM | Flags.RF));
                    cpu.r[Cpu.RSP] = stack.pointer();
                },
                Flow.NEXT);
    }

    private static void popf(Instruction instruction, Emitter emitter) {
        int size = instruction.operandSize();
        emitter.operation(
                (cpu, address) -> {
                    Stack stack = Stack.of(cpu);
                    long value = stack.pop(size);
                    long changeable = PoppedFlags.changeable(cpu, size);
                    cpu.r[Cpu.RSP] = stack.pointer();
                    cpu.setRflags(cpu.rflags() & ~(changeable | Flags.RF) | value & changeable);
                    cpu.noticeInterrupts();
                },
                Flow.END);
    }

    private static void hlt(Cpu cpu, long address) {
        requirePrivilege(cpu);
        cpu.observer().halt();
        cpu.setHalted(true);
    }

    private static void setPair(Cpu cpu, long value) {
        cpu.r[Cpu.RAX] = value & EDX_EAX;
        cpu.r[Cpu.RDX] = value >>> 32;
    }

    private static void rdmsr(Cpu cpu, long address) {
        requirePrivilege(cpu);
        int index = (int) cpu.r[Cpu.RCX];
        long value = cpu.msrs.read(index);
        setPair(cpu, value);
        cpu.observer().msrRead(index, value);
    }

    private static void wrmsr(Cpu cpu, long address) {
        requirePrivilege(cpu);
        int index = (int) cpu.r[Cpu.RCX];
        long value = cpu.r[Cpu.RDX] << 32 | cpu.r[Cpu.RAX] & EDX_EAX;
        long old = cpu.msrs.read(index);
        cpu.msrs.write(index, value);
        long now = cpu.msrs.read(index);
        if (now == old && now != value) {
            cpu.observer().msrWriteIgnored(index, old);
        } else {
            cpu.observer().msrWrite(index, old, now);
        }
    }

    private static void readTime(Cpu cpu) {
        if (cpu.cpl() != 0 && (cpu.control.cr4 & Cr4.TSD) != 0) {
            throw Fault.generalProtection();
        }
        long value = cpu.msrs.timestamp();
        setPair(cpu, value);
        cpu.observer().timestamp(value);
    }

    private static void rdtsc(Cpu cpu, long address) {
        readTime(cpu);
    }

    private static void rdtscp(Cpu cpu, long address) {
        if (!cpu.model.has(Feature.RDTSCP)) {
            throw Fault.invalidOpcode();
        }
        readTime(cpu);
        cpu.r[Cpu.RCX] = cpu.msrs.tscAux();
    }

    /** There are no performance counters, so no index is valid. */
    private static void refuse(Cpu cpu, long address) {
        throw Fault.generalProtection();
    }

    private static void cpuid(Cpu cpu, long address) {
        int leaf = (int) cpu.r[Cpu.RAX];
        int subleaf = (int) cpu.r[Cpu.RCX];
        CpuModel.Leaf found = identify(cpu, leaf, subleaf);
        cpu.r[Cpu.RAX] = found.eax() & EDX_EAX;
        cpu.r[Cpu.RBX] = found.ebx() & EDX_EAX;
        cpu.r[Cpu.RCX] = found.ecx() & EDX_EAX;
        cpu.r[Cpu.RDX] = found.edx() & EDX_EAX;
        cpu.observer().cpuid(leaf, subleaf);
    }

    /** The model's leaf with what depends on the processor's state: APIC enable, SYSCALL in AMD's and Intel's way. */
    private static CpuModel.Leaf identify(Cpu cpu, int leaf, int subleaf) {
        CpuModel.Leaf found = cpu.model.leaf(leaf, subleaf);
        int edx = found.edx();
        boolean apicOff = cpu.model.has(Feature.APIC) && (cpu.msrs.read(Msrs.APIC_BASE) & 0x800) == 0;
        if (apicOff && (leaf == 1 || leaf == 0x8000_0001 && cpu.model.isAmd())) {
            edx &= ~(1 << 9);
        }
        // Intel shows SYSCALL in 64-bit mode alone (SDM volume 2, CPUID).
        if (leaf == 0x8000_0001 && !cpu.model.isAmd() && cpu.mode() != Mode.BITS_64) {
            edx &= ~(1 << 11);
        }
        return new CpuModel.Leaf(found.eax(), found.ebx(), found.ecx(), edx);
    }
}
