package org.pvdiet.emulator.cpu;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.pvdiet.emulator.cpu.decode.CodeSource;
import org.pvdiet.emulator.cpu.decode.Decoder;
import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Mnemonic;
import org.pvdiet.emulator.cpu.decode.Mode;
import org.pvdiet.emulator.cpu.decode.Operand;

/** One random x87, MMX or SSE instruction, with state on which its corner cases show. */
record RandomFpuInstruction(Instruction instruction, HostCpu.Case start) {
    static final int SLOT = 16;

    /** From here on, scratch memory holds images for FXRSTOR. */
    static final int IMAGES = RandomInstruction.SCRATCH_SIZE - 4096;

    /** Kinds of operands; scratch memory has them in turn, a slot each. */
    private enum Kind {
        SINGLE,
        DOUBLE,
        EXTENDED,
        INTEGER,
        DECIMAL
    }

    /** An opcode with all that comes before it, and a ModRM byte; without one, that byte is not used. */
    private record Template(int prefix, int map, int opcode, int modrm) {}

    private static final Map<Mnemonic, List<Template>> TEMPLATES = templates();
    private static final List<Mnemonic> MNEMONICS = List.copyOf(TEMPLATES.keySet());

    static List<Mnemonic> mnemonics() {
        return MNEMONICS;
    }

    /** Every encoding of every mnemonic that has a meaning: found by decoding them all. */
    private static Map<Mnemonic, List<Template>> templates() {
        InstructionSet set = new InstructionSet();
        FpuInstructions.define(set, CpuModel.named("nehalem"));
        Map<Mnemonic, List<Template>> found = new EnumMap<>(Mnemonic.class);
        for (int prefix : new int[] {0, 0x66, 0xf3, 0xf2}) {
            for (int map = 0; map < 4; map++) {
                for (int opcode = 0; opcode < 256; opcode++) {
                    boolean x87 = prefix == 0 && (opcode & 0xf8) == 0xd8;
                    boolean escape = map == 1 && (opcode == 0x38 || opcode == 0x3a);
                    if (map == 0 ? !x87 && opcode != 0x9b : escape) {
                        continue;
                    }
                    for (int modrm = 0; modrm < 256; modrm++) {
                        boolean memory = modrm >= 0x40 && modrm < 0x80 && (modrm & 7) == 3;
                        if (memory || modrm >= 0xc0) {
                            Template t = new Template(prefix, map, opcode, modrm);
                            Instruction i = decode(bytes(t, 0, new byte[16]));
                            // D9 D8+i is an undocumented FSTP that ignores empty registers.
                            boolean alias = opcode == 0xd9 && (modrm & 0xf8) == 0xd8;
                            boolean absent = FpuInstructions.ABSENT.contains(i.mnemonic());
                            if (set.meaning(i) != null && !alias && !absent) {
                                found.computeIfAbsent(i.mnemonic(), m -> new ArrayList<>())
                                        .add(t);
                            }
                        }
                    }
                }
            }
        }
        return found;
    }

    private static Instruction decode(byte[] bytes) {
        return Decoder.decode(CodeSource.of(bytes, RandomInstruction.CODE), RandomInstruction.CODE, Mode.BITS_64);
    }

    private static byte[] bytes(Template t, int rex, byte[] tail) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (t.prefix != 0) {
            out.write(t.prefix);
        }
        if (rex != 0) {
            out.write(rex);
        }
        if (t.map > 0) {
            out.write(0x0f);
        }
        if (t.map > 1) {
            out.write(t.map == 2 ? 0x38 : 0x3a);
        }
        out.write(t.opcode);
        out.write(t.modrm);
        out.writeBytes(tail);
        return out.toByteArray();
    }

    /** Scratch memory that instructions find operands in. */
    static byte[] scratch(Random random) {
        ByteBuffer memory = ByteBuffer.allocate(RandomInstruction.SCRATCH_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        for (int slot = 0; slot < IMAGES; slot += SLOT) {
            Kind kind = Kind.values()[slot / SLOT % Kind.values().length];
            switch (kind) {
                case SINGLE -> put(memory, slot, singles(random), singles(random));
                case DOUBLE -> put(memory, slot, doubleBits(random), doubleBits(random));
                case EXTENDED -> {
                    memory.putLong(slot, significand(random));
                    memory.putLong(slot + 8, random.nextLong() & ~0xffffL | signExponent(random));
                }
                case INTEGER -> put(memory, slot, integer(random), integer(random));
                case DECIMAL -> {
                    for (int i = 0; i < 10; i++) {
                        int octet = random.nextInt(10) << 4 | random.nextInt(10);
                        memory.put(slot + i, (byte) (random.nextInt(40) == 0 ? random.nextInt() : octet));
                    }
                    memory.put(slot + 9, (byte) (random.nextBoolean() ? 0x80 : 0));
                }
            }
        }
        for (int at = IMAGES; at < RandomInstruction.SCRATCH_SIZE; at += HostCpu.FPU_BYTES) {
            memory.put(at, fpu(random));
        }
        return memory.array();
    }

    private static void put(ByteBuffer memory, int slot, long low, long high) {
        memory.putLong(slot, low).putLong(slot + 8, high);
    }

    static RandomFpuInstruction next(Random random) {
        while (true) {
            Mnemonic mnemonic = MNEMONICS.get(random.nextInt(MNEMONICS.size()));
            List<Template> templates = TEMPLATES.get(mnemonic);
            RandomFpuInstruction made = make(templates.get(random.nextInt(templates.size())), mnemonic, random);
            if (made != null) {
                return made;
            }
        }
    }

    private static RandomFpuInstruction make(Template t, Mnemonic mnemonic, Random random) {
        byte[] tail = new byte[16];
        random.nextBytes(tail);
        int rex = random.nextInt(3) == 0 && (t.map > 0 || t.modrm < 0xc0) ? 0x40 | random.nextInt(16) : 0;
        Instruction instruction = decode(bytes(t, rex, tail));
        if (instruction.mnemonic() != mnemonic) {
            return null;
        }
        long[] r = new long[16];
        for (int i = 0; i < 16; i++) {
            r[i] = random.nextBoolean() ? integer(random) : random.nextInt(40) - 20;
        }
        for (Operand operand : instruction.operands()) {
            if (operand instanceof Operand.Memory memory) {
                r[memory.base()] = target(mnemonic, memory.size(), random) - memory.displacement();
            }
        }
        if (mnemonic == Mnemonic.MASKMOVQ || mnemonic == Mnemonic.MASKMOVDQU) {
            r[Cpu.RDI] = RandomInstruction.SCRATCH + random.nextInt(8192);
        }
        long flags = 0x202 | random.nextLong() & Flags.STATUS;
        return new RandomFpuInstruction(
                instruction, new HostCpu.Case(instruction.bytes(), r, flags, fpu(random), false));
    }

    /** Mostly a slot with an operand of the right kind; sometimes unaligned, not mapped, or across a page's end. */
    private static long target(Mnemonic mnemonic, int size, Random random) {
        if (mnemonic == Mnemonic.FXRSTOR || mnemonic == Mnemonic.FXSAVE) {
            return RandomInstruction.SCRATCH
                    + IMAGES
                    + random.nextInt(8) * 512
                    + (random.nextInt(16) == 0 ? random.nextInt(16) : 0);
        }
        if (mnemonic == Mnemonic.LDMXCSR && random.nextInt(4) != 0) {
            return RandomInstruction.SCRATCH + IMAGES + random.nextInt(8) * 512 + 24;
        }
        int pick = random.nextInt(32);
        if (pick == 0) {
            return RandomInstruction.SCRATCH - random.nextInt(17);
        }
        if (pick == 1) {
            return RandomInstruction.SCRATCH + 4096 - random.nextInt(17);
        }
        if (pick == 2) {
            return RandomInstruction.SCRATCH + random.nextInt(8192);
        }
        String name = mnemonic.text();
        Kind kind = Kind.values()[random.nextInt(5)];
        if (pick < 24) {
            kind = switch (size) {
                case 2 -> Kind.INTEGER;
                case 4 -> name.startsWith("fi") ? Kind.INTEGER : Kind.SINGLE;
                case 8 -> name.endsWith("ps") ? Kind.SINGLE : name.startsWith("fi") ? Kind.INTEGER : Kind.DOUBLE;
                case 10 -> name.startsWith("fb") ? Kind.DECIMAL : Kind.EXTENDED;
                default -> name.endsWith("ps") ? Kind.SINGLE : name.endsWith("pd") ? Kind.DOUBLE : kind;
            };
        }
        return RandomInstruction.SCRATCH + (random.nextInt(100) * Kind.values().length + kind.ordinal()) * SLOT;
    }

    private static byte[] fpu(Random random) {
        ByteBuffer image = ByteBuffer.allocate(HostCpu.FPU_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int[] precisions = {0, 2, 3, 3};
        int masks = random.nextInt(4) == 0 ? random.nextInt(64) : 63;
        image.putShort(0, (short) (masks
                | 0x40
                | precisions[random.nextInt(4)] << 8
                | random.nextInt(4) << 10
                | random.nextInt(2) << 12));
        int exceptions = random.nextInt(3) == 0 ? random.nextInt(128) & (random.nextInt(8) == 0 ? -1 : masks | 64) : 0;
        image.putShort(2, (short) (exceptions | random.nextInt(256) << 8 & 0x7f00));
        image.put(4, (byte) (random.nextInt(4) == 0 ? random.nextInt(256) : 255));
        int mxcsrMasks = random.nextInt(4) == 0 ? random.nextInt(64) : 63;
        image.putInt(
                24,
                mxcsrMasks << 7
                        | (random.nextInt(3) == 0 ? random.nextInt(64) : 0)
                        | random.nextInt(4) << 13
                        | (random.nextInt(4) == 0 ? 1 << 6 : 0)
                        | (random.nextInt(4) == 0 ? 1 << 15 : 0));
        image.putInt(28, 0xffff);
        int family = random.nextInt(4);
        for (int n = 0; n < 8; n++) {
            if (family == 0) {
                // What MMX instructions work on.
                image.putLong(32 + 16 * n, random.nextInt(3) == 0 ? random.nextInt(70) : packed(random));
                image.putShort(40 + 16 * n, (short) 0xffff);
            } else {
                int signExponent = signExponent(random);
                long significand = significand(random);
                if (random.nextInt(8) != 0 && (signExponent & 0x7fff) != 0) {
                    significand |= 1L << 63;
                }
                image.putLong(32 + 16 * n, significand);
                image.putShort(40 + 16 * n, (short) signExponent);
            }
        }
        for (int n = 0; n < 32; n++) {
            long word = switch (random.nextInt(7)) {
                case 0, 1, 2 -> singles(random);
                case 3, 4 -> doubleBits(random);
                case 5 -> packed(random);
                default -> n % 2 == 0 ? random.nextInt(70) : integer(random);
            };
            // Equal parts of two registers, now and then.
            boolean again = n >= 2 && random.nextInt(8) == 0;
            image.putLong(160 + 8 * n, again ? image.getLong(160 + 8 * (n - 2)) : word);
        }
        return image.array();
    }

    // Operands.

    private static long singles(Random random) {
        return singleBits(random) & 0xffffffffL | (long) singleBits(random) << 32;
    }

    private static int singleBits(Random random) {
        int sign = random.nextBoolean() ? 1 << 31 : 0;
        int fraction = random.nextInt() & 0x7fffff;
        int[] fractions = {0, 1, 0x7fffff, 0x400000, fraction, fraction, fraction & -fraction};
        fraction = fractions[random.nextInt(fractions.length)];
        int biased = switch (random.nextInt(10)) {
            case 0 -> 0;
            case 1 -> 0xff;
            case 2 -> 1 + random.nextInt(3);
            case 3 -> 0xfe - random.nextInt(3);
            case 4 -> random.nextInt(256);
            case 5 -> 127 + random.nextInt(70);
            default -> 127 + random.nextInt(9) - 4;
        };
        if (biased == 0 && random.nextBoolean()) {
            fraction = 0;
        }
        if (biased > 127 && biased < 150 && random.nextInt(3) == 0) {
            // An integer, or half of one.
            fraction &= -1 << 149 - biased;
        }
        return sign | biased << 23 | fraction;
    }

    private static long doubleBits(Random random) {
        long sign = random.nextBoolean() ? 1L << 63 : 0;
        long fraction = random.nextLong() >>> 12;
        long[] fractions = {0, 1, -1L >>> 12, 1L << 51, fraction, fraction, fraction & -1L << 29, fraction & -fraction};
        fraction = fractions[random.nextInt(fractions.length)];
        int biased = switch (random.nextInt(11)) {
            case 0 -> 0;
            case 1 -> 0x7ff;
            case 2 -> 1 + random.nextInt(3);
            case 3 -> 0x7fe - random.nextInt(3);
            case 4 -> random.nextInt(2048);
            case 5 -> 1023 + random.nextInt(70);
            case 6 -> 1023 - 150 + random.nextInt(30);
            case 7 -> 1023 + 126 + random.nextInt(4);
            default -> 1023 + random.nextInt(9) - 4;
        };
        if (biased == 0 && random.nextBoolean()) {
            fraction = 0;
        }
        if (biased > 1023 && biased < 1075 && random.nextInt(3) == 0) {
            fraction &= -1L << 1074 - biased;
        }
        return sign | (long) biased << 52 | fraction;
    }

    private static int signExponent(Random random) {
        int sign = random.nextBoolean() ? 0x8000 : 0;
        return sign
                | switch (random.nextInt(12)) {
                    case 0 -> 0;
                    case 1 -> 0x7fff;
                    case 2 -> 1 + random.nextInt(3);
                    case 3 -> 0x7ffe - random.nextInt(3);
                    case 4 -> random.nextInt(0x8000);
                    case 5 -> 16383 + random.nextInt(70);
                    case 6 -> 16383 - random.nextInt(70);
                    case 7 -> 16383 - 1022 - random.nextInt(55);
                    case 8 -> 16383 + 1022 + random.nextInt(3);
                    default -> 16383 + random.nextInt(9) - 4;
                };
    }

    private static long significand(Random random) {
        long top = random.nextInt(24) == 0 ? 0 : 1L << 63;
        long fraction = random.nextLong() >>> 1;
        long[] fractions = {
            0,
            0,
            1,
            -1L >>> 1,
            1L << 62,
            fraction,
            fraction,
            fraction & -1L << 11,
            fraction & -1L << 40,
            fraction & -1L << 39,
            fraction & -1L << 58,
            fraction | (1L << 11) - 1
        };
        return top | fractions[random.nextInt(fractions.length)];
    }

    private static long integer(Random random) {
        long value = random.nextLong() >> random.nextInt(64);
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> 1L << random.nextInt(64);
            case 2 -> (1L << random.nextInt(64)) - 1;
            default -> value;
        };
    }

    /** Bytes and words at their extremes. */
    private static long packed(Random random) {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            int[] octets = {0, 0x7f, 0x80, 0xff, random.nextInt(256), random.nextInt(256), 1};
            value = value << 8 | octets[random.nextInt(octets.length)];
        }
        return value;
    }
}
