package org.pvdiet.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random code leaves the same state whether it is interpreted or translated, wherever runs begin and end. */
class TranslationTest {
    private static final int PROGRAMS = Integer.getInteger("pvdiet.programs", 300);
    private static final long SEED = Long.getLong("pvdiet.seed", 2026);
    private static final long PHYSICAL_CODE = 0x200000;
    private static final long PHYSICAL_SCRATCH = 0x300000;
    private static final int INSTRUCTIONS = 20;
    private static final int RUNS = 40;

    /** A loop of random instructions: NOPs fill up to the target of branches, and a jump goes back from there. */
    private static byte[] program(Random random, List<RandomInstruction> instructions) {
        byte[] code = new byte[INSTRUCTIONS * 64 + 16];
        Arrays.fill(code, (byte) 0x90);
        for (int i = 0; i < INSTRUCTIONS; i++) {
            RandomInstruction one = RandomInstruction.next(random);
            instructions.add(one);
            System.arraycopy(one.code, 0, code, i * 64, one.code.length);
        }
        int jump = INSTRUCTIONS * 64;
        int distance = -(jump + 5);
        code[jump] = (byte) 0xe9;
        for (int i = 0; i < 4; i++) {
            code[jump + 1 + i] = (byte) (distance >> 8 * i);
        }
        return code;
    }

    private static FlatMachine machine(Execution execution, byte[] code, byte[] scratch) {
        FlatMachine machine = new FlatMachine(CpuModel.named("nehalem"));
        machine.cpu.setExecution(execution);
        machine.map(RandomInstruction.CODE, PHYSICAL_CODE, 8192);
        machine.map(RandomInstruction.SCRATCH, PHYSICAL_SCRATCH, RandomInstruction.SCRATCH_SIZE);
        machine.memory.write(PHYSICAL_CODE, code, 0, code.length);
        machine.memory.write(PHYSICAL_SCRATCH, scratch, 0, scratch.length);
        return machine;
    }

    @Test
    void randomLoopsRunAlikeInterpretedAndTranslated() {
        System.out.println("seed " + SEED + ", " + PROGRAMS + " programs (-Dpvdiet.seed, -Dpvdiet.programs)");
        Random random = new Random(SEED);
        byte[] scratch = new byte[RandomInstruction.SCRATCH_SIZE];
        random.nextBytes(scratch);
        for (int number = 0; number < PROGRAMS; number++) {
            List<RandomInstruction> instructions = new ArrayList<>();
            byte[] code = program(random, instructions);
            FlatMachine interpreting = machine(Execution.INTERPRET, code, scratch);
            FlatMachine translating = machine(Execution.TRANSLATE_AT_ONCE, code, scratch);
            for (int run = 0; run < RUNS; run++) {
                long length = random.nextInt(run % 8 == 7 ? 2000 : 300);
                RandomInstruction with = instructions.get(random.nextInt(INSTRUCTIONS));
                for (FlatMachine machine : List.of(interpreting, translating)) {
                    Cpu cpu = machine.cpu;
                    machine.vector = -1;
                    if (run % 8 == 0) {
                        System.arraycopy(with.registers, 0, cpu.r, 0, 16);
                        cpu.setRflags(with.flags);
                        cpu.jump(RandomInstruction.CODE);
                    }
                    cpu.run(cpu.time() + length);
                    if (machine.vector >= 0) {
                        // Whatever has faulted: the program begins again with other registers.
                        System.arraycopy(with.registers, 0, cpu.r, 0, 16);
                        cpu.jump(RandomInstruction.CODE);
                    }
                }
                String where = "seed " + SEED + ", program " + number + ", run " + run;
                assertArrayEquals(Arrays.copyOf(interpreting.cpu.r, 16), Arrays.copyOf(translating.cpu.r, 16), where);
                assertEquals(interpreting.cpu.rip(), translating.cpu.rip(), where);
                assertEquals(interpreting.cpu.rflags(), translating.cpu.rflags(), where);
                assertEquals(interpreting.cpu.retired(), translating.cpu.retired(), where);
                assertEquals(interpreting.vector, translating.vector, where);
                assertEquals(interpreting.errorCode, translating.errorCode, where);
                assertEquals(interpreting.faultAddress, translating.faultAddress, where);
            }
            assertEquals(interpreting.memory.contentHash(), translating.memory.contentHash(), "program " + number);
        }
    }
}
