package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.CpuModel.Leaf;
import org.pvdiet.emulator.cpu.Fault;
import org.pvdiet.emulator.cpu.Flags;
import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Operand;
import org.pvdiet.emulator.cpu.decode.RegisterFile;

/**
 * Instructions that fault in ring 3 and that Xen carries out for the guest's kernel, or for its user programs where the
 * kernel has allowed ports (pv_emulate_privileged_op), and CPUID behind the forced-emulation prefix.
 */
final class PrivilegedInstructions {
    /** XEN_EMULATE_PREFIX (ud2a; .ascii "xen") and CPUID. */
    private static final int[] FORCED_CPUID = {0x0f, 0x0b, 'x', 'e', 'n', 0x0f, 0xa2};

    private static final int ALL_ONES = -1;

    private final Domain domain;
    private final Cpu cpu;
    private final Vcpu vcpu;
    private final GuestMode mode;
    private final GuestControl control;
    private final GuestMsrs msrs;
    private final GuestCpuid cpuid;
    private final GuestDebugRegisters debug;

    PrivilegedInstructions(
            Domain domain,
            GuestMode mode,
            GuestControl control,
            GuestMsrs msrs,
            GuestCpuid cpuid,
            GuestDebugRegisters debug) {
        this.domain = domain;
        this.cpu = domain.cpu;
        this.vcpu = domain.vcpu;
        this.mode = mode;
        this.control = control;
        this.msrs = msrs;
        this.cpuid = cpuid;
        this.debug = debug;
    }

    /** Where RIP is at the prefix and CPUID, answers as Xen does; false where something else is there. */
    boolean forcedCpuid() {
        for (int i = 0; i < FORCED_CPUID.length; i++) {
            if (domain.guest.load8(cpu.rip() + i) != FORCED_CPUID[i]) {
                return false;
            }
        }
        domain.observer().emulated(cpu.rip());
        answerCpuid();
        cpu.jump(cpu.rip() + FORCED_CPUID.length);
        cpu.setRflags(cpu.rflags() & ~Flags.RF);
        return true;
    }

    private void answerCpuid() {
        int leaf = (int) cpu.r[Cpu.RAX];
        int subleaf = (int) cpu.r[Cpu.RCX];
        Leaf answer = cpuid.leaf(leaf, subleaf);
        cpu.r[Cpu.RAX] = answer.eax() & 0xffff_ffffL;
        cpu.r[Cpu.RBX] = answer.ebx() & 0xffff_ffffL;
        cpu.r[Cpu.RCX] = answer.ecx() & 0xffff_ffffL;
        cpu.r[Cpu.RDX] = answer.edx() & 0xffff_ffffL;
        domain.observer().cpuid(leaf, subleaf);
    }

    /**
     * Carries out the instruction at RIP; false where Xen does not, and the guest gets the fault.
     *
     * @throws Fault that the guest gets instead
     */
    boolean emulate() {
        Instruction instruction = GuestCode.decode(cpu, domain.guest);
        if (!isEmulated(instruction)) {
            return false;
        }
        domain.observer().emulated(cpu.rip());
        if (!carryOut(instruction)) {
            return false;
        }
        cpu.jump(instruction.next());
        cpu.setRflags(cpu.rflags() & ~Flags.RF);
        return true;
    }

    /** validate(), and whether the mode that runs may have it. */
    private boolean isEmulated(Instruction instruction) {
        return switch (instruction.mnemonic()) {
            case RDTSC, RDTSCP, CPUID -> true;
            case IN, OUT -> isPortAllowed(port(instruction), instruction.operandSize());
            case INS, OUTS -> {
                domain.unimplemented.enosys("string port instruction");
                yield false;
            }
            case CLI, STI -> isPrivileged();
            case CLTS, WBINVD, WBNOINVD, WRMSR, RDMSR -> vcpu.kernelMode;
            case MOV -> vcpu.kernelMode && special(instruction) >= 0;
            default -> false;
        };
    }

    /** The index of the operand that is a control or debug register, or -1. */
    private static int special(Instruction instruction) {
        for (int i = 0; i < instruction.operands().size(); i++) {
            if (instruction.operand(i) instanceof Operand.Register register
                    && (register.file() == RegisterFile.CONTROL || register.file() == RegisterFile.DEBUG)) {
                return i;
            }
        }
        return -1;
    }

    /** iopl_ok(): a kernel that has not asked for more counts as ring 1. */
    private boolean isPrivileged() {
        int level = vcpu.kernelMode ? (domain.assists.architecturalIopl() ? 0 : 1) : 3;
        return level << 12 <= vcpu.iopl;
    }

    private boolean carryOut(Instruction instruction) {
        switch (instruction.mnemonic()) {
            case IN -> in(port(instruction), instruction.operandSize());
            case OUT -> out(port(instruction), instruction.operandSize());
            case RDTSC -> timestamp();
            case RDTSCP -> {
                timestamp();
                cpu.r[Cpu.RCX] = 0;
            }
            case CPUID -> answerCpuid();
            case CLTS -> control.setTaskSwitched(false);
            case RDMSR -> {
                long value = msrs.read((int) cpu.r[Cpu.RCX]);
                cpu.r[Cpu.RAX] = value & 0xffff_ffffL;
                cpu.r[Cpu.RDX] = value >>> 32;
            }
            case WRMSR -> msrs.write((int) cpu.r[Cpu.RCX], cpu.r[Cpu.RDX] << 32 | cpu.r[Cpu.RAX] & 0xffff_ffffL);
            case MOV -> {
                return move(instruction);
            }
            default -> {
                // CLI and STI: Xen lets them pass and does nothing, since POPF could not be caught.
                // WBINVD: the guest has no device that looks past caches.
            }
        }
        return true;
    }

    private void timestamp() {
        long now = cpu.time();
        domain.observer().timestamp(now);
        cpu.r[Cpu.RAX] = now & 0xffff_ffffL;
        cpu.r[Cpu.RDX] = now >>> 32;
    }

    private boolean move(Instruction instruction) {
        int at = special(instruction);
        Operand.Register register = (Operand.Register) instruction.operand(at);
        int general = ((Operand.Register) instruction.operand(1 - at)).number();
        boolean writes = at == 0;
        if (register.file() == RegisterFile.CONTROL) {
            return moveControl(register.number(), general, writes);
        }
        if (!debug.exists(register.number())) {
            throw Fault.invalidOpcode();
        }
        if (!writes) {
            cpu.r[general] = debug.get(register.number());
        } else if (debug.set(register.number(), cpu.r[general]) != 0) {
            throw Fault.generalProtection();
        }
        return true;
    }

    private boolean moveControl(int number, int general, boolean writes) {
        if (writes) {
            return control.write(number, cpu.r[general]);
        }
        if (number != 0 && number != 2 && number != 3 && number != 4) {
            return false;
        }
        cpu.r[general] = control.read(number);
        return true;
    }

    private int port(Instruction instruction) {
        for (Operand operand : instruction.operands()) {
            if (operand instanceof Operand.Immediate immediate) {
                return (int) immediate.value() & 0xff;
            }
        }
        return (int) cpu.r[Cpu.RDX] & 0xffff;
    }

    /** An unprivileged domain owns no port: reads give all ones. */
    private void in(int port, int size) {
        int value = ALL_ONES >>> 32 - size * 8;
        domain.observer().portIn(port, size, value);
        GuestCode.set(cpu, Cpu.RAX, size, value & 0xffff_ffffL);
    }

    /** Writes are lost. */
    private void out(int port, int size) {
        domain.observer().portOut(port, size, (int) cpu.r[Cpu.RAX] & ALL_ONES >>> 32 - size * 8);
    }

    /** guest_io_okay(): by virtual privilege level, else by the bitmap in the kernel's memory. */
    private boolean isPortAllowed(int port, int size) {
        if (isPrivileged()) {
            return true;
        }
        if (port + size > vcpu.ioBitmapLimit) {
            return false;
        }
        boolean toggle = !vcpu.kernelMode;
        if (toggle) {
            mode.toggle();
        }
        int mask = 0xffff;
        try {
            mask = domain.guest.load8(vcpu.ioBitmap + (port >> 3)) | 0xff00;
            mask = mask & 0xff | domain.guest.load8(vcpu.ioBitmap + (port >> 3) + 1) << 8;
        } catch (BadGuestAddress e) {
            // Bytes that cannot be read allow nothing.
        }
        if (toggle) {
            mode.toggle();
        }
        return (mask & (1 << size) - 1 << (port & 7)) == 0;
    }
}
