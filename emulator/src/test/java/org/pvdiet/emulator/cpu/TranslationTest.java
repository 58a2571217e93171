package org.pvdiet.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pvdiet.emulator.cpu.decode.CodeSource;
import org.pvdiet.emulator.cpu.decode.Decoder;
import org.pvdiet.emulator.cpu.decode.Mode;
import org.pvdiet.emulator.memory.Mmio;
import org.pvdiet.emulator.memory.PhysicalMemory;

/**
 * Random code leaves the same state and is seen to do the same however it is executed and wherever runs end: with faults,
 * devices, watched pages, changes of its own code, probes that set others, and runs that devices and probes end.
 */
class TranslationTest {
    private static final int PROGRAMS = Integer.getInteger("pvdiet.programs", 96);
    private static final long SEED = Long.getLong("pvdiet.seed", 2026);
    private static final int RUNS = 60;
    private static final int PROBES = 40;
    private static final int PROBES_AT_FIRST = 12;
    private static final long CODE = 0x10000000L;
    private static final long PHYSICAL_CODE = 0x200000L;
    private static final long DATA = 0x20000000L;
    private static final long PHYSICAL_DATA = 0x300000L;
    private static final int PAGE = 4096;

    // Pages of data by what they are; RBX points to the first byte of PLAIN.
    private static final int PLAIN = 8;
    private static final int WATCHED = 12;
    private static final int DEVICE = 13;
    private static final int OF_CODE = 14;
    private static final int STACK = 16;
    private static final int ABSENT = 20;

    /** A machine that runs a program, and what was seen of it from outside. */
    private static final class Run {
        final FlatMachine machine = new FlatMachine(CpuModel.named("nehalem"));
        final Cpu cpu = machine.cpu;
        final List<String> seen = new ArrayList<>();
        private final List<Long> probes;
        private long reads;
        private int probed;
        private int probesSet;

        Run(Execution execution, byte[] program, List<Long> probes, byte[] data) {
            cpu.setExecution(execution);
            machine.map(CODE, PHYSICAL_CODE, RandomProgram.SIZE);
            machine.map(DATA, PHYSICAL_DATA, ABSENT * PAGE);
            machine.map(page(OF_CODE), PHYSICAL_CODE, RandomProgram.SIZE);
            machine.memory.write(PHYSICAL_CODE, program, 0, program.length);
            machine.memory.write(PHYSICAL_DATA, data, 0, data.length);
            long device = PHYSICAL_DATA + DEVICE * PAGE;
            machine.memory.map(device, PAGE, new Mmio() {
                @Override
                public long read(long offset, int size) {
                    see("read", offset, size);
                    return ++reads * 0x9e3779b97f4a7c15L;
                }

                @Override
                public void write(long offset, int size, long value) {
                    see("write", offset, value);
                    if (offset % 3 == 0) {
                        cpu.requestExit();
                    }
                }
            });
            this.probes = probes;
            while (probesSet < Math.min(PROBES_AT_FIRST, probes.size())) {
                setNextProbe();
            }
            machine.memory.onWatchedWrite((address, size, value) -> see("watched", address, value));
            machine.memory.flag(PHYSICAL_DATA / PAGE + WATCHED, PhysicalMemory.WATCHED);
        }

        private void setNextProbe() {
            cpu.setProbe(probes.get(probesSet++), (at, address) -> {
                assertEquals(address, at.rip());
                see("probe", address, cpu.r[Cpu.RAX]);
                if (++probed % 16 == 0) {
                    cpu.requestExit();
                }
                if (probed % 5 == 0 && probesSet < probes.size()) {
                    setNextProbe();
                }
            });
        }

        private void see(String what, long where, long value) {
            seen.add(String.format("%s %#x %#x after %d", what, where, value, cpu.retired()));
        }

        void start(long[] registers) {
            System.arraycopy(registers, 0, cpu.r, 0, 16);
            cpu.jump(CODE);
        }

        /** Everything that can be told apart from outside. */
        String state() {
            return String.format(
                    "rip %#x flags %#x retired %d vector %d error %d address %#x %s %s",
                    cpu.rip(),
                    cpu.rflags(),
                    cpu.retired(),
                    machine.vector,
                    machine.errorCode,
                    machine.faultAddress,
                    Arrays.toString(Arrays.copyOf(cpu.r, 16)),
                    seen);
        }
    }

    private static long page(int number) {
        return DATA + (long) number * PAGE;
    }

    private static int offset(int page) {
        return (page - PLAIN) * PAGE;
    }

    private static byte[] program(Random random) {
        int[] usual = {0, 256, 1024, offset(PLAIN + 1) - 16, offset(PLAIN + 2)};
        int[] unusual = {
            offset(WATCHED), offset(DEVICE), offset(OF_CODE) + 100, offset(OF_CODE) + 1800, offset(ABSENT) - 32
        };
        return new RandomProgram(random, page(PLAIN), usual, unusual).code();
    }

    /** Addresses of some instructions. */
    private static List<Long> probes(Random random, byte[] program) {
        Decoder decoder = new Decoder(CodeSource.of(program, CODE));
        List<Long> instructions = new ArrayList<>();
        for (long at = CODE; at < CODE + program.length - 16; ) {
            instructions.add(at);
            at += decoder.decode(at, Mode.BITS_64).length();
        }
        Collections.shuffle(instructions, random);
        return instructions.subList(0, PROBES);
    }

    private static long[] registers(Random random) {
        long[] registers = new long[16];
        for (int i = 0; i < 16; i++) {
            registers[i] = random.nextInt(3) == 0 ? random.nextInt(100) : random.nextLong();
        }
        registers[Cpu.RBX] = page(PLAIN);
        registers[Cpu.RSP] = page(STACK) + 2 * PAGE;
        registers[Cpu.RDI] = page(PLAIN) + 64;
        return registers;
    }

    @ParameterizedTest
    @EnumSource(names = {"TRANSLATE_AT_ONCE", "CHECK"})
    void randomProgramsRunAlike(Execution execution) {
        int programs = execution == Execution.TRANSLATE_AT_ONCE ? PROGRAMS : PROGRAMS / 2;
        System.out.println("seed " + SEED + ", " + programs + " programs (-Dpvdiet.seed, -Dpvdiet.programs)");
        long retired = 0;
        long translated = 0;
        long faults = 0;
        long seen = 0;
        for (int number = 0; number < programs; number++) {
            Random random = new Random(SEED + number);
            byte[] program = program(random);
            byte[] data = new byte[ABSENT * PAGE];
            random.nextBytes(data);
            List<Long> probes = number % 2 == 0 ? List.of() : probes(random, program);
            Run interpreted = new Run(Execution.INTERPRET, program, probes, data);
            Run other = new Run(execution, program, probes, data);
            for (int run = 0; run < RUNS; run++) {
                long length = 1 + random.nextInt(run % 4 == 3 ? 20_000 : 600);
                long[] registers = registers(random);
                for (Run each : List.of(interpreted, other)) {
                    // After a fault, or from time to time, it begins again; where it stands if nothing happened.
                    if (run == 0 || each.machine.vector >= 0 || run % 8 == 0) {
                        each.start(registers);
                    }
                    each.machine.vector = -1;
                    each.seen.clear();
                    each.cpu.run(each.cpu.time() + length);
                }
                assertEquals(
                        interpreted.state(), other.state(), "seed " + SEED + ", program " + number + ", run " + run);
                faults += interpreted.machine.vector >= 0 ? 1 : 0;
                seen += interpreted.seen.size();
            }
            assertEquals(
                    interpreted.machine.memory.contentHash(),
                    other.machine.memory.contentHash(),
                    "seed " + SEED + ", program " + number);
            retired += other.cpu.retired();
            translated += other.cpu.translated();
            assertEquals(0, interpreted.cpu.translated());
        }
        System.out.printf("%d of %d instructions translated, %d faults, %d seen%n", translated, retired, faults, seen);
        // Of one program, run again to see what it does, none of this need be so.
        if (programs >= 32) {
            assertTrue(faults > programs, faults + " faults");
            assertTrue(seen > 0, "nothing was seen from outside");
            assertTrue(translated > retired / 3, translated + " of " + retired);
        }
    }
}
