package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Mnemonic;
import org.pvdiet.emulator.cpu.decode.Mode;
import org.pvdiet.emulator.cpu.decode.Operand;
import org.pvdiet.emulator.memory.LinearMemory;

/**
 * Instructions that save, restore and reset x87, MMX and SSE state. Instruction and data pointers of the last x87
 * instruction are not kept: they are stored as zero, as AMD processors do unless an exception is pending.
 */
final class FpuStateInstructions {
    private static final int XMM_OFFSET = 160;
    private static final int ST_OFFSET = 32;
    private static final int SAVED_BYTES = 416;

    private FpuStateInstructions() {}

    static void define(InstructionSet set) {
        set.define(Mnemonic.FXSAVE, FpuStateInstructions::save);
        set.define(Mnemonic.FXRSTOR, FpuStateInstructions::restore);
        plain(set, Mnemonic.FNINIT, (cpu, a) -> cpu.fpu.initialize());
        plain(set, Mnemonic.FNCLEX, (cpu, a) -> cpu.fpu.statusWord &= 0x7f00);
        plain(set, Mnemonic.FNSTCW, (cpu, a) -> cpu.memory().store16(a, cpu.fpu.controlWord));
        set.define(Mnemonic.FNSTSW, FpuStateInstructions::storeStatus);
        plain(set, Mnemonic.FNSTENV, (cpu, a) -> {
            storeEnvironment(cpu, a);
            cpu.fpu.controlWord |= 0x3f;
            X87Instructions.summarize(cpu.fpu);
        });
        plain(set, Mnemonic.FLDENV, (cpu, a) -> {
            X87Instructions.checkPending(cpu);
            loadEnvironment(cpu, a);
        });
        plain(set, Mnemonic.FNSAVE, FpuStateInstructions::saveAll);
        plain(set, Mnemonic.FRSTOR, FpuStateInstructions::restoreAll);
        plain(set, Mnemonic.EMMS, (cpu, a) -> {
            X87Instructions.checkPending(cpu);
            cpu.fpu.used = 0;
            cpu.fpu.top = 0;
        });
        for (Mnemonic m : new Mnemonic[] {Mnemonic.FNENI, Mnemonic.FNDISI, Mnemonic.FNSETPM}) {
            plain(set, m, (cpu, a) -> {});
        }
    }

    private static void plain(InstructionSet set, Mnemonic mnemonic, Operation body) {
        set.define(mnemonic, (i, e) -> emit(e, body));
    }

    private static void emit(Emitter e, Operation body) {
        e.operation(
                (cpu, address) -> {
                    X87Instructions.checkAvailable(cpu);
                    body.execute(cpu, address);
                },
                Emitter.Flow.NEXT);
    }

    private static void storeStatus(Instruction i, Emitter e) {
        boolean register = i.operand(0) instanceof Operand.Register;
        emit(e, (cpu, address) -> {
            int status = cpu.fpu.statusWithTop();
            if (register) {
                cpu.r[Cpu.RAX] = cpu.r[Cpu.RAX] & ~0xffffL | status;
            } else {
                cpu.memory().store16(address, status);
            }
        });
    }

    private static void save(Instruction i, Emitter e) {
        boolean wide = i.mode() == Mode.BITS_64;
        emit(e, (cpu, a) -> {
            checkAligned(a);
            LinearMemory memory = cpu.memory();
            Fpu fpu = cpu.fpu;
            memory.checkWrite(a, SAVED_BYTES);
            memory.store16(a, fpu.controlWord);
            memory.store16(a + 2, fpu.statusWithTop());
            memory.store16(a + 4, fpu.used);
            memory.store16(a + 6, 0);
            memory.store64(a + 8, 0);
            memory.store64(a + 16, 0);
            memory.store32(a + 24, fpu.mxcsr);
            memory.store32(a + 28, Fpu.MXCSR_MASK);
            for (int n = 0; n < 8; n++) {
                int physical = fpu.top + n & 7;
                memory.store64(a + ST_OFFSET + 16L * n, fpu.significand[physical]);
                memory.store64(a + ST_OFFSET + 16L * n + 8, fpu.signExponent[physical] & 0xffffL);
            }
            for (int w = 0; w < (wide ? 32 : 16); w++) {
                memory.store64(a + XMM_OFFSET + 8L * w, fpu.xmm[w]);
            }
        });
    }

    private static void restore(Instruction i, Emitter e) {
        boolean wide = i.mode() == Mode.BITS_64;
        emit(e, (cpu, a) -> {
            checkAligned(a);
            LinearMemory memory = cpu.memory();
            Fpu fpu = cpu.fpu;
            // The far end first: a page fault must leave the registers as they were.
            memory.load8(a + SAVED_BYTES - 1);
            int mxcsr = (int) memory.load32(a + 24);
            if ((mxcsr & ~Fpu.MXCSR_MASK) != 0) {
                throw Fault.generalProtection();
            }
            fpu.controlWord = (int) memory.load16(a) & 0x1f7f | 0x40;
            fpu.setStatus((int) memory.load16(a + 2));
            fpu.used = (int) memory.load8(a + 4);
            fpu.mxcsr = mxcsr;
            X87Instructions.summarize(fpu);
            for (int n = 0; n < 8; n++) {
                int physical = fpu.top + n & 7;
                fpu.significand[physical] = memory.load64(a + ST_OFFSET + 16L * n);
                fpu.signExponent[physical] = (int) memory.load16(a + ST_OFFSET + 16L * n + 8);
            }
            for (int w = 0; w < (wide ? 32 : 16); w++) {
                fpu.xmm[w] = memory.load64(a + XMM_OFFSET + 8L * w);
            }
        });
    }

    private static void checkAligned(long address) {
        if ((address & 15) != 0) {
            throw Fault.generalProtection();
        }
    }

    /** The 32-bit protected-mode image, which 64-bit mode uses too (SDM volume 1, figure 8-9). */
    private static void storeEnvironment(Cpu cpu, long a) {
        cpu.memory().checkWrite(a, 28);
        cpu.memory().store32(a, 0xffff0000L | cpu.fpu.controlWord);
        cpu.memory().store32(a + 4, 0xffff0000L | cpu.fpu.statusWithTop());
        cpu.memory().store32(a + 8, 0xffff0000L | tags(cpu.fpu));
        cpu.memory().store32(a + 12, 0);
        cpu.memory().store32(a + 16, 0);
        cpu.memory().store32(a + 20, 0);
        cpu.memory().store32(a + 24, 0xffff0000L);
    }

    /** Two bits to a register: 0 valid, 1 zero, 2 special, 3 empty. */
    private static int tags(Fpu fpu) {
        int tags = 0;
        for (int n = 0; n < 8; n++) {
            int tag = 3;
            if ((fpu.used >> n & 1) != 0) {
                int biased = fpu.signExponent[n] & 0x7fff;
                boolean zero = biased == 0 && fpu.significand[n] == 0;
                boolean special = biased == 0 || biased == 0x7fff || fpu.significand[n] >= 0;
                tag = zero ? 1 : special ? 2 : 0;
            }
            tags |= tag << 2 * n;
        }
        return tags;
    }

    private static void loadEnvironment(Cpu cpu, long a) {
        cpu.memory().load8(a + 27);
        Fpu fpu = cpu.fpu;
        fpu.controlWord = (int) cpu.memory().load16(a) & 0x1f7f | 0x40;
        fpu.setStatus((int) cpu.memory().load16(a + 4));
        int tags = (int) cpu.memory().load16(a + 8);
        fpu.used = 0;
        for (int n = 0; n < 8; n++) {
            if ((tags >> 2 * n & 3) != 3) {
                fpu.used |= 1 << n;
            }
        }
        X87Instructions.summarize(fpu);
    }

    private static void saveAll(Cpu cpu, long a) {
        cpu.memory().checkWrite(a, 108);
        storeEnvironment(cpu, a);
        for (int n = 0; n < 8; n++) {
            int physical = cpu.fpu.top + n & 7;
            cpu.memory().store64(a + 28 + 10L * n, cpu.fpu.significand[physical]);
            cpu.memory().store16(a + 36 + 10L * n, cpu.fpu.signExponent[physical]);
        }
        cpu.fpu.initialize();
    }

    private static void restoreAll(Cpu cpu, long a) {
        X87Instructions.checkPending(cpu);
        cpu.memory().load8(a + 107);
        loadEnvironment(cpu, a);
        for (int n = 0; n < 8; n++) {
            int physical = cpu.fpu.top + n & 7;
            cpu.fpu.significand[physical] = cpu.memory().load64(a + 28 + 10L * n);
            cpu.fpu.signExponent[physical] = (int) cpu.memory().load16(a + 36 + 10L * n);
        }
    }
}
