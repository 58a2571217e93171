package org.pvdiet.emulator.cpu;

import static org.junit.jupiter.api.Assertions.fail;

import com.google.common.io.BaseEncoding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pvdiet.emulator.cpu.CpuModel.Feature;
import org.pvdiet.emulator.cpu.decode.CodeSource;
import org.pvdiet.emulator.cpu.decode.Decoder;
import org.pvdiet.emulator.cpu.decode.Mode;

/** The host's processor and ours execute the same random instructions and must leave the same state. */
class HostCpuTest {
    private static final int CASES = Integer.getInteger("pvdiet.cases", 40_000);
    private static final long SEED = Long.getLong("pvdiet.seed", 2026);
    private static final long PHYSICAL_CODE = 0x200000;
    private static final long PHYSICAL_SCRATCH = 0x300000;

    @TempDir
    Path folder;

    @Test
    void instructionsOf64BitModeLeaveTheStateThatTheHostLeaves() throws Exception {
        compareWithHost(false, CASES);
    }

    @Test
    void instructionsOfCompatibilityModeLeaveTheStateThatTheHostLeaves() throws Exception {
        compareWithHost(true, CASES / 2);
    }

    private void compareWithHost(boolean narrow, int count) throws Exception {
        HostCpu host = HostCpu.build(folder);
        System.out.println("seed " + SEED + ", " + count + " cases (-Dpvdiet.seed, -Dpvdiet.cases)");
        Random random = new Random(SEED);
        byte[] scratch = new byte[RandomInstruction.SCRATCH_SIZE];
        random.nextBytes(scratch);
        // Return instructions find the branch target on the stack, and in 64-bit mode sometimes a non-canonical
        // address.
        List<RandomInstruction> cases = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            cases.add(RandomInstruction.next(random, narrow));
        }
        for (int i = RandomInstruction.SCRATCH_SIZE / 2 - 2048; i < RandomInstruction.SCRATCH_SIZE / 2 + 2048; i += 8) {
            if (narrow || i % 64 != 0) {
                long target = RandomInstruction.CODE + RandomInstruction.TAKEN;
                ByteBuffer.wrap(scratch)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(i, narrow ? target << 32 | target : target);
            }
        }
        List<HostCpu.Outcome> expected = host.run(
                scratch,
                cases.stream()
                        .map(one -> new HostCpu.Case(one.code, one.registers, one.flags, HostCpu.INITIAL_FPU, narrow))
                        .toList());
        FlatMachine machine = new FlatMachine(
                CpuModel.named("nehalem").with(Feature.MOVBE).with(Feature.BMI1).with(Feature.LZCNT));
        machine.setMode(narrow ? Mode.BITS_32 : Mode.BITS_64);
        machine.map(RandomInstruction.CODE, PHYSICAL_CODE, 4096);
        machine.map(RandomInstruction.SCRATCH, PHYSICAL_SCRATCH, RandomInstruction.SCRATCH_SIZE);
        machine.memory.write(PHYSICAL_SCRATCH, scratch, 0, scratch.length);
        int different = 0;
        StringBuilder report = new StringBuilder();
        for (int i = 0; i < count; i++) {
            String difference = compare(machine, scratch, cases.get(i), expected.get(i), host.isAmd());
            if (difference != null && different++ < 40) {
                report.append("case ").append(i).append(": ").append(difference).append('\n');
            }
        }
        if (different > 0) {
            fail(different + " of " + count + " differ, seed " + SEED + ":\n" + report);
        }
    }

    /** Null where there is no difference. */
    private static String compare(
            FlatMachine machine, byte[] scratch, RandomInstruction one, HostCpu.Outcome expected, boolean amd) {
        Cpu cpu = machine.cpu;
        byte[] slot = new byte[64];
        Arrays.fill(slot, (byte) 0x90);
        System.arraycopy(one.code, 0, slot, 0, one.code.length);
        machine.memory.write(PHYSICAL_CODE, slot, 0, slot.length);
        System.arraycopy(one.registers, 0, cpu.r, 0, 16);
        cpu.setRflags(one.flags);
        cpu.jump(RandomInstruction.CODE);
        machine.vector = -1;
        long before = cpu.retired();
        String name = Decoder.decode(CodeSource.of(slot, 0), 0, one.narrow ? Mode.BITS_32 : Mode.BITS_64)
                .toString();
        String what = name + " [" + BaseEncoding.base16().lowerCase().encode(one.code) + "]";
        try {
            cpu.run(cpu.time() + 1);
        } catch (RuntimeException e) {
            e.printStackTrace();
            return what + ": " + e;
        }
        boolean pageFault = expected.trap() - 1 == Vector.PAGE_FAULT;
        if (amd && pageFault && machine.vector == -1 && name.startsWith("movsxd") && one.code[0] == 0x66) {
            // AMD's processors read 4 bytes, as objdump -M amd64 has it, and find the last 2 not mapped. In the SDM
            // the source of a 16-bit MOVSXD has 16 bits (volume 2, MOVSX/MOVSXD).
            return null;
        }
        StringBuilder difference = new StringBuilder();
        for (int i = 0; i < (one.narrow ? 8 : 16); i++) {
            check(
                    difference,
                    "register " + i + " (was " + Long.toHexString(one.registers[i]) + ")",
                    expected.registers()[i],
                    cpu.r[i]);
        }
        long mask = (Flags.STATUS | Flags.DF) & ~one.undefined;
        if (expected.trap() != 0 && name.contains("div")) {
            mask = Flags.DF;
        }
        // After a fault midway AMD's processors leave the flags of the last comparison. In the SDM those from before
        // the instruction are restored (volume 2, REP).
        boolean restored = amd && pageFault && name.matches("repn?z (cmps|scas).*");
        check(
                difference,
                "flags (were " + Long.toHexString(one.flags) + ")",
                (restored ? one.flags : expected.flags()) & mask,
                cpu.rflags() & mask);
        if (expected.trap() == 0) {
            check(difference, "vector", -1, machine.vector);
            long rip = RandomInstruction.CODE + (expected.path() == 1 ? RandomInstruction.TAKEN : one.code.length);
            check(difference, "rip", rip, cpu.rip());
            check(difference, "retired", before + 1, cpu.retired());
        } else {
            check(difference, "vector", expected.trap() - 1, machine.vector);
            check(difference, "rip", RandomInstruction.CODE, cpu.rip());
            check(difference, "retired", before, cpu.retired());
            if (pageFault) {
                check(difference, "error code", expected.error(), machine.errorCode);
                // Where neither operand of CMPS is mapped, AMD's processors mostly fault on the second, we on the
                // first. The SDM does not say which is read first (volume 2, CMPS).
                boolean second = name.contains("cmps")
                        && Long.compareUnsigned(expected.address() - expected.registers()[Cpu.RDI], 8) < 0;
                if (!amd || !second) {
                    check(difference, "address", expected.address(), machine.faultAddress);
                }
            }
        }
        byte[] now = machine.memory.read(PHYSICAL_SCRATCH, scratch.length, new byte[scratch.length]);
        byte[] wanted = scratch.clone();
        for (int i = 0; i < expected.changes().length; i += 2) {
            wanted[expected.changes()[i]] = (byte) expected.changes()[i + 1];
        }
        // A call to a non-canonical address leaves the return address below the stack on the host, and not here.
        boolean failedCall = name.startsWith("call") && expected.trap() != 0;
        if (!failedCall && !Arrays.equals(now, wanted)) {
            int at = Arrays.mismatch(now, wanted);
            check(difference, "memory at " + Integer.toHexString(at), wanted[at], now[at]);
        }
        if (!Arrays.equals(now, scratch)) {
            machine.memory.write(PHYSICAL_SCRATCH, scratch, 0, scratch.length);
        }
        return difference.length() == 0 ? null : what + difference;
    }

    private static void check(StringBuilder difference, String what, long expected, long found) {
        if (expected != found) {
            difference.append(String.format("; %s %x, host %x", what, found, expected));
        }
    }
}
