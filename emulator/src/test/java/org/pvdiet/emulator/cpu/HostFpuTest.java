package org.pvdiet.emulator.cpu;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.io.BaseEncoding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pvdiet.emulator.cpu.decode.Mnemonic;
import org.pvdiet.emulator.cpu.decode.Operand;

/** The host's processor and ours execute the same random x87, MMX and SSE instructions and must leave the same state. */
class HostFpuTest {
    private static final int CASES = Integer.getInteger("pvdiet.cases", 80_000);
    private static final long SEED = Long.getLong("pvdiet.seed", 2026);
    private static final long PHYSICAL_CODE = 0x200000;
    private static final long PHYSICAL_SCRATCH = 0x300000;

    private static final Set<Mnemonic> MMX_STORES = EnumSet.of(Mnemonic.MOVD, Mnemonic.MOVQ, Mnemonic.MOVNTQ);

    private static final Set<Mnemonic> X87_STORES =
            EnumSet.of(Mnemonic.FST, Mnemonic.FSTP, Mnemonic.FIST, Mnemonic.FISTP, Mnemonic.FISTTP, Mnemonic.FBSTP);

    /** MXCSR's misaligned exception mask, which only AMD's processors have (APM volume 1, MXCSR Register). */
    private static final int MM = 1 << 17;

    private static final Set<Mnemonic> APPROXIMATIONS =
            EnumSet.of(Mnemonic.RCPPS, Mnemonic.RCPSS, Mnemonic.RSQRTPS, Mnemonic.RSQRTSS);

    /** The SDM's bound, for the host and for us. */
    private static final double APPROXIMATION = 2 * 1.5 * 0x1p-12;

    private static final Set<Mnemonic> TRANSCENDENTALS = EnumSet.of(
            Mnemonic.F2XM1,
            Mnemonic.FYL2X,
            Mnemonic.FYL2XP1,
            Mnemonic.FSIN,
            Mnemonic.FCOS,
            Mnemonic.FSINCOS,
            Mnemonic.FPTAN,
            Mnemonic.FPATAN);

    /** Of a significand's lowest bit: a relative error of 2^-50. */
    private static final long TRANSCENDENTAL = 1L << 13;

    @TempDir
    Path folder;

    @Test
    void randomInstructionsLeaveTheStateThatTheHostLeaves() throws Exception {
        HostCpu host = HostCpu.build(folder);
        assumeTrue(host.has("sse4_2"), "the host's processor has no SSE4.2, or does not say so in /proc/cpuinfo");
        System.out.println("seed " + SEED + ", " + CASES + " cases (-Dpvdiet.seed, -Dpvdiet.cases), "
                + RandomFpuInstruction.mnemonics().size() + " mnemonics");
        Random random = new Random(SEED);
        byte[] scratch = RandomFpuInstruction.scratch(random);
        List<RandomFpuInstruction> cases = new ArrayList<>();
        for (int i = 0; i < CASES; i++) {
            cases.add(RandomFpuInstruction.next(random));
        }
        List<HostCpu.Outcome> expected = host.run(
                scratch, cases.stream().map(RandomFpuInstruction::start).toList());
        FlatMachine machine = new FlatMachine(CpuModel.named("nehalem"));
        machine.map(RandomInstruction.CODE, PHYSICAL_CODE, 4096);
        machine.map(RandomInstruction.SCRATCH, PHYSICAL_SCRATCH, RandomInstruction.SCRATCH_SIZE);
        machine.memory.write(PHYSICAL_SCRATCH, scratch, 0, scratch.length);
        machine.cpu.control.cr0 = 0x80010033L;
        machine.cpu.control.cr4 |= 0x620;
        Map<Mnemonic, List<String>> differences = new TreeMap<>();
        for (int i = 0; i < CASES; i++) {
            String difference = compare(machine, scratch, cases.get(i), expected.get(i), host.isAmd());
            if (difference != null) {
                differences
                        .computeIfAbsent(cases.get(i).instruction().mnemonic(), m -> new ArrayList<>())
                        .add("case " + i + ": " + difference);
            }
        }
        if (!differences.isEmpty()) {
            StringBuilder report = new StringBuilder();
            differences.forEach((mnemonic, list) -> {
                report.append(mnemonic).append(": ").append(list.size()).append('\n');
                list.stream()
                        .limit(Integer.getInteger("show", 3))
                        .forEach(line -> report.append("  ").append(line).append('\n'));
            });
            fail("seed " + SEED + ", instructions that differ:\n" + report);
        }
    }

    /** Null where there is no difference. */
    private static String compare(
            FlatMachine machine, byte[] scratch, RandomFpuInstruction one, HostCpu.Outcome expected, boolean amd) {
        Cpu cpu = machine.cpu;
        HostCpu.Case start = one.start();
        byte[] slot = new byte[32];
        Arrays.fill(slot, (byte) 0x90);
        System.arraycopy(start.code(), 0, slot, 0, start.code().length);
        machine.memory.write(PHYSICAL_CODE, slot, 0, slot.length);
        System.arraycopy(start.registers(), 0, cpu.r, 0, 16);
        cpu.setRflags(start.flags());
        ByteBuffer before = image(start.fpu());
        load(cpu.fpu, before);
        cpu.jump(RandomInstruction.CODE);
        machine.vector = -1;
        try {
            cpu.run(cpu.time() + 1);
        } catch (RuntimeException e) {
            return one.instruction() + ": " + e + " at " + e.getStackTrace()[0];
        }
        if (amd && isOtherwiseOnAmd(machine, one, expected)) {
            return null;
        }
        StringBuilder difference = new StringBuilder();
        check(difference, "vector", expected.trap() - 1, machine.vector);
        for (int i = 0; i < 16; i++) {
            check(difference, "register " + i, expected.registers()[i], cpu.r[i]);
        }
        check(difference, "flags", expected.flags() & Flags.STATUS, cpu.rflags() & Flags.STATUS);
        if (expected.trap() - 1 == Vector.PAGE_FAULT) {
            check(difference, "error code", expected.error(), machine.errorCode);
            check(difference, "address", expected.address(), machine.faultAddress);
        }
        Mnemonic mnemonic = one.instruction().mnemonic();
        if (expected.trap() - 1 == Vector.PAGE_FAULT && MMX_STORES.contains(mnemonic)) {
            // The host has cleared TOP when it faults. The SDM has a fault leave the state as it was, and so do we.
            return finish(one, before, scratch, difference);
        }
        ByteBuffer host = image(expected.fpu());
        Fpu fpu = cpu.fpu;
        boolean transcendental = TRANSCENDENTALS.contains(mnemonic);
        if (transcendental && isUndefined(mnemonic, before)) {
            return null;
        }
        check(difference, "FCW", host.getShort(0) & 0xffff, fpu.controlWord);
        // Whether a result is exact and which way it was rounded depends on the last bits.
        int status = transcendental ? ~(Real.INEXACT | Real.UNDERFLOW | X87Instructions.C1 | 0x8080) : -1;
        check(difference, "FSW", host.getShort(2) & 0xffff & status, fpu.statusWithTop() & status);
        check(difference, "FTW", host.get(4) & 0xff, fpu.used);
        boolean dotProduct = mnemonic == Mnemonic.DPPS || mnemonic == Mnemonic.DPPD;
        // The SDM leaves open which sums are made first, and so which flags a trap finds and which NaN survives.
        int mxcsr = dotProduct && expected.trap() != 0 ? ~0x3f : -1;
        check(difference, "MXCSR", host.getInt(24) & mxcsr, fpu.mxcsr & mxcsr);
        for (int n = 0; n < 8; n++) {
            int physical = fpu.top + n & 7;
            if (transcendental && n < 2 && isNear(host, n, fpu, physical)) {
                continue;
            }
            check(difference, "ST" + n, host.getLong(32 + 16 * n), fpu.significand[physical]);
            check(difference, "ST" + n, host.getShort(40 + 16 * n) & 0xffff, fpu.signExponent[physical] & 0xffff);
        }
        for (int n = 0; n < 32; n++) {
            long word = host.getLong(160 + 8 * n);
            if (dotProduct && areBothNan(mnemonic == Mnemonic.DPPD, word, fpu.xmm[n])) {
                continue;
            }
            if (!APPROXIMATIONS.contains(mnemonic)
                    || !isNear((int) word, (int) fpu.xmm[n])
                    || !isNear((int) (word >>> 32), (int) (fpu.xmm[n] >>> 32))) {
                check(difference, "XMM" + n / 2 + "." + n % 2, word, fpu.xmm[n]);
            }
        }
        byte[] now = machine.memory.read(PHYSICAL_SCRATCH, scratch.length, new byte[scratch.length]);
        byte[] wanted = scratch.clone();
        for (int i = 0; i < expected.changes().length; i += 2) {
            wanted[expected.changes()[i]] = (byte) expected.changes()[i + 1];
        }
        if (amd && mnemonic == Mnemonic.FXSAVE && expected.trap() == 0) {
            // MXCSR_MASK says whether there is MM.
            wanted[memoryOffset(one) + 30] &= ~(MM >> 16);
        }
        if (!Arrays.equals(now, wanted)) {
            int at = Arrays.mismatch(now, wanted);
            check(difference, "memory at " + Integer.toHexString(at), wanted[at], now[at]);
        }
        if (!Arrays.equals(now, scratch)) {
            machine.memory.write(PHYSICAL_SCRATCH, scratch, 0, scratch.length);
        }
        return finish(one, before, scratch, difference);
    }

    private static String finish(
            RandomFpuInstruction one, ByteBuffer before, byte[] scratch, StringBuilder difference) {
        HostCpu.Case start = one.start();
        return difference.length() == 0
                ? null
                : one.instruction() + " [" + BaseEncoding.base16().lowerCase().encode(start.code()) + "] from "
                        + describe(one, before, scratch) + difference;
    }

    /** Where AMD's processors are known to do something else than the SDM says, and did. */
    private static boolean isOtherwiseOnAmd(FlatMachine machine, RandomFpuInstruction one, HostCpu.Outcome expected) {
        Mnemonic mnemonic = one.instruction().mnemonic();
        int unmasked = machine.cpu.fpu.statusWord & ~machine.cpu.fpu.controlWord & 0x3f;
        // A store's operand that is not mapped is found before an exception that is not masked. In the SDM nothing is
        // stored after such an exception (volume 1, section 8.5), and so no fault is found.
        boolean faultedFirst = X87_STORES.contains(mnemonic)
                && expected.trap() - 1 == Vector.PAGE_FAULT
                && machine.vector == -1
                && unmasked != 0;
        // A denormal number is pushed although that exception is not masked. In the SDM TOP stays as it was (volume 1,
        // section 8.5.2).
        boolean pushed = mnemonic == Mnemonic.FLD
                && expected.trap() == 0
                && machine.vector == -1
                && (unmasked & Real.DENORMAL) != 0;
        // LDMXCSR accepts MM, which is reserved in the SDM (volume 1, section 10.2.3).
        boolean loadedMm = mnemonic == Mnemonic.LDMXCSR
                && (image(expected.fpu()).getInt(24) & MM) != 0
                && machine.vector == Vector.GENERAL_PROTECTION;
        return faultedFirst || pushed || loadedMm;
    }

    private static int memoryOffset(RandomFpuInstruction one) {
        Operand.Memory memory = (Operand.Memory) one.instruction().operands().get(0);
        return (int) (one.start().registers()[memory.base()] + memory.displacement() - RandomInstruction.SCRATCH);
    }

    /** Arguments for which the SDM defines no result. */
    private static boolean isUndefined(Mnemonic mnemonic, ByteBuffer before) {
        int exponent = before.getShort(40) & 0x7fff;
        return mnemonic == Mnemonic.F2XM1 && exponent >= 16383 && exponent < 0x7fff
                || mnemonic == Mnemonic.FYL2XP1 && exponent >= 16383 - 2;
    }

    private static boolean areBothNan(boolean wide, long a, long b) {
        if (wide) {
            return Double.isNaN(Double.longBitsToDouble(a)) && Double.isNaN(Double.longBitsToDouble(b));
        }
        return areBothNanOrEqual((int) a, (int) b) && areBothNanOrEqual((int) (a >>> 32), (int) (b >>> 32));
    }

    private static boolean areBothNanOrEqual(int a, int b) {
        return a == b || Float.isNaN(Float.intBitsToFloat(a)) && Float.isNaN(Float.intBitsToFloat(b));
    }

    private static boolean isNear(int expected, int found) {
        float a = Float.intBitsToFloat(expected);
        float b = Float.intBitsToFloat(found);
        boolean tiny = Math.abs(a) <= Float.MIN_NORMAL && b == 0 || Math.abs(b) <= Float.MIN_NORMAL && a == 0;
        return expected == found || tiny || Math.abs((double) b / a - 1) <= APPROXIMATION;
    }

    private static boolean isNear(ByteBuffer host, int n, Fpu fpu, int physical) {
        int expected = host.getShort(40 + 16 * n);
        int found = fpu.signExponent[physical];
        int expectedExponent = expected & 0x7fff;
        int foundExponent = found & 0x7fff;
        if (Math.abs(expectedExponent - foundExponent) > 1) {
            expectedExponent -= adjustment(host.getShort(0), host.getShort(2));
            foundExponent -= adjustment(fpu.controlWord, fpu.statusWord);
        }
        long significand = host.getLong(32 + 16 * n);
        long distance = significand - fpu.significand[physical];
        if (((expected ^ found) & 0x8000) != 0 || Math.abs(expectedExponent - foundExponent) > 1) {
            return false;
        }
        // The greatest denormal number has the scale of the least normal one, and no integer bit.
        boolean aroundLeastNormal =
                Math.min(expectedExponent, foundExponent) == 0 && (significand ^ fpu.significand[physical]) < 0;
        if (expectedExponent == foundExponent || aroundLeastNormal) {
            return Math.abs(distance) <= TRANSCENDENTAL;
        }
        // One just below a power of two, the other just above: the distance wraps at 2^63.
        return Math.abs(distance - Long.MIN_VALUE) <= 2 * TRANSCENDENTAL;
    }

    /** What an unmasked underflow adds to an exponent (SDM volume 1, section 8.5.5): the last bits decide on that, too. */
    private static int adjustment(int controlWord, int statusWord) {
        return (statusWord & ~controlWord & Real.UNDERFLOW) != 0 ? 24576 : 0;
    }

    private static ByteBuffer image(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void load(Fpu fpu, ByteBuffer image) {
        fpu.controlWord = image.getShort(0);
        fpu.setStatus(image.getShort(2));
        fpu.used = image.get(4) & 0xff;
        fpu.mxcsr = image.getInt(24);
        X87Instructions.summarize(fpu);
        for (int n = 0; n < 8; n++) {
            int physical = fpu.top + n & 7;
            fpu.significand[physical] = image.getLong(32 + 16 * n);
            fpu.signExponent[physical] = image.getShort(40 + 16 * n) & 0xffff;
        }
        for (int n = 0; n < 32; n++) {
            fpu.xmm[n] = image.getLong(160 + 8 * n);
        }
    }

    private static String describe(RandomFpuInstruction one, ByteBuffer image, byte[] scratch) {
        StringBuilder text = new StringBuilder();
        boolean x87 = (one.start().code()[0] & 0xf8) == 0xd8 || (one.start().code()[1] & 0xf8) == 0xd8;
        if (x87) {
            text.append(String.format(
                    "FCW %x FSW %x FTW %x", image.getShort(0), image.getShort(2) & 0xffff, image.get(4) & 0xff));
            for (int n = 0; n < 2; n++) {
                text.append(
                        String.format(" ST%d %04x:%016x", n, image.getShort(40 + 16 * n), image.getLong(32 + 16 * n)));
            }
        } else {
            text.append(String.format("MXCSR %x", image.getInt(24)));
        }
        for (var operand : one.instruction().operands()) {
            if (operand instanceof Operand.Register r && !x87) {
                switch (r.file()) {
                    case XMM ->
                        text.append(String.format(
                                " %016x.%016x",
                                image.getLong(168 + 16 * r.number()), image.getLong(160 + 16 * r.number())));
                    case GPR -> text.append(String.format(" r%x", one.start().registers()[r.number()]));
                    case MMX -> text.append(" mm" + r.number());
                    default -> text.append(' ').append(r);
                }
            } else if (operand instanceof Operand.Memory m) {
                long at = one.start().registers()[m.base()] + m.displacement() - RandomInstruction.SCRATCH;
                if (at >= 0 && at + 16 <= scratch.length) {
                    ByteBuffer memory = image(scratch);
                    text.append(String.format(
                            " @%x:%016x.%016x", at, memory.getLong((int) at + 8), memory.getLong((int) at)));
                } else {
                    text.append(String.format(" @%x", at));
                }
            }
        }
        return text.toString();
    }

    private static void check(StringBuilder difference, String what, long expected, long found) {
        if (expected != found) {
            difference.append(String.format("; %s %x, host %x", what, found, expected));
        }
    }
}
