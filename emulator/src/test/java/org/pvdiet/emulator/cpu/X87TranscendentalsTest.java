package org.pvdiet.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** What random operands seldom find. */
class X87TranscendentalsTest {
    private static final long PHYSICAL_CODE = 0x200000;

    /** y * log2(1 + x) for the least denormal x is y * x * log2(e): x * log2(e) alone has no place in the format. */
    @Test
    void aLogarithmThatIsTooSmallForTheFormatStillGivesAProduct() {
        FlatMachine machine = new FlatMachine(CpuModel.named("nehalem"));
        machine.map(RandomInstruction.CODE, PHYSICAL_CODE, 4096);
        byte[] fyl2xp1 = {(byte) 0xd9, (byte) 0xf9};
        machine.memory.write(PHYSICAL_CODE, fyl2xp1, 0, fyl2xp1.length);
        machine.cpu.control.cr0 = 0x80010033L;
        Fpu fpu = machine.cpu.fpu;
        fpu.controlWord = 0x37f;
        // ST(0) is 2^-16445, ST(1) is 2^16000.
        fpu.setStatus((short) (6 << 11));
        fpu.used = 0xc0;
        fpu.signExponent[6] = 0;
        fpu.significand[6] = 1;
        fpu.signExponent[7] = 16383 + 16000;
        fpu.significand[7] = 1L << 63;
        machine.cpu.jump(RandomInstruction.CODE);

        machine.cpu.run(machine.cpu.time() + 1);

        assertEquals(-1, machine.vector);
        assertEquals(7, fpu.top);
        assertEquals(16383 - 445, fpu.signExponent[7]);
        assertEquals(0xb8aa3b295c17f0bcL, fpu.significand[7]);
        assertEquals(Real.DENORMAL | Real.INEXACT, fpu.statusWord & 0x3f);
    }
}
