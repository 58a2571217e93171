package org.pvdiet.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** What translated code leaves behind in the place of flags reads as the flags that the interpreter computes. */
class StatusFlagsTest {
    private static final long SEED = Long.getLong("pvdiet.seed", 2026);

    private interface Computed {
        void by(Cpu cpu, int size, long a, long b);
    }

    private record Kind(String name, int number, boolean takesCarry, boolean shifts, Computed computed) {}

    private static final Kind[] KINDS = {
        new Kind("shl", StatusFlags.SHL, false, true, Alu::shl),
        new Kind("shr", StatusFlags.SHR, false, true, Alu::shr),
        new Kind("sar", StatusFlags.SAR, false, true, Alu::sar),
        new Kind("imul", StatusFlags.MULTIPLY, false, false, Alu::multiply),
        new Kind("mul", StatusFlags.PRODUCT, false, false, (cpu, size, a, b) -> {
            cpu.r[Cpu.RAX] = a;
            Alu.mul(cpu, size, b);
        }),
        new Kind("adc", StatusFlags.ADC, true, false, Alu::adc),
        new Kind("sbb", StatusFlags.SBB, true, false, Alu::sbb),
        new Kind("inc", StatusFlags.INC, true, false, (cpu, size, a, b) -> Alu.inc(cpu, size, a)),
        new Kind("dec", StatusFlags.DEC, true, false, (cpu, size, a, b) -> Alu.dec(cpu, size, a)),
        new Kind("add", StatusFlags.SUM, false, false, Alu::add),
        new Kind("sub", StatusFlags.DIFFERENCE, false, false, Alu::sub),
        new Kind("and", StatusFlags.LOGICAL, false, false, (cpu, size, a, b) -> Alu.logic(cpu, size, a)),
    };

    @Test
    void flagsThatAreComputedLateAreTheSame() {
        System.out.println("seed " + SEED + " (-Dpvdiet.seed)");
        Random random = new Random(SEED);
        Cpu cpu = new FlatMachine(CpuModel.named(CpuModel.DEFAULT)).cpu;
        for (int i = 0; i < 200_000; i++) {
            Kind kind = KINDS[i % KINDS.length];
            int size = 1 << random.nextInt(4);
            long a = value(random);
            long b = kind.shifts ? 1 + random.nextInt(size == 8 ? 63 : 31) : value(random);
            boolean carry = random.nextBoolean();
            cpu.setRflags(carry ? Flags.CF : 0);
            kind.computed.by(cpu, size, a, b);

            int state = StatusFlags.of(kind.number, size) | (kind.takesCarry && carry ? 1 << StatusFlags.CARRY : 0);
            String what = String.format("%s of %d bytes, %#x, %#x, carry %b", kind.name, size, a, b, carry);
            assertEquals(cpu.statusFlags(), StatusFlags.bits(state, a, b), what);
            for (int condition = 0; condition < 16; condition++) {
                assertEquals(cpu.holds(condition), StatusFlags.holds(condition, state, a, b), what + ", " + condition);
                assertEquals(
                        StatusFlags.holds(condition, StatusFlags.BITS, 0, StatusFlags.bits(state, a, b)),
                        StatusFlags.holds(condition, state, a, b),
                        what + ", " + condition + " by RFLAGS");
            }
            assertEquals(
                    cpu.statusFlags(),
                    StatusFlags.bits(
                            StatusFlags.held(state), StatusFlags.result(state, a, b), StatusFlags.beside(state, a, b)),
                    what + ", held");
        }
    }

    private static long value(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(4) - 2;
            case 1 -> Long.MIN_VALUE >> random.nextInt(64);
            default -> random.nextLong();
        };
    }
}
