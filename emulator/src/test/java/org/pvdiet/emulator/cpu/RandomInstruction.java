package org.pvdiet.emulator.cpu;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** One random instruction of the integer set, with registers such that its memory operand lies in scratch memory. */
final class RandomInstruction {
    static final long CODE = 0x10000000L;
    static final long SCRATCH = 0x20000000L;
    static final int SCRATCH_SIZE = 16384;

    /** Where branches go that are taken. */
    static final int TAKEN = 32;

    private static final long C = Flags.CF;
    private static final long P = Flags.PF;
    private static final long A = Flags.AF;
    private static final long Z = Flags.ZF;
    private static final long S = Flags.SF;
    private static final long O = Flags.OF;

    /** What a template's operands are. */
    private enum Form {
        /** ModRM with reg and r/m. */
        MODRM,
        /** The same, memory only. */
        MEMORY,
        /** No operand bytes. */
        PLAIN,
        /** A register in the low opcode bits. */
        OPCODE_REGISTER,
        /** An immediate and nothing else. */
        IMMEDIATE,
        /** A string instruction. */
        STRING,
        /** ModRM with a bit offset in reg that reaches far. */
        BIT_STRING,
        /** A branch to {@link #TAKEN}. */
        BRANCH,
        /** A value from the stack. */
        STACK
    }

    /**
     * @param opcode in hexadecimal; {@code +cc} at the end stands for sixteen opcodes
     * @param digit in ModRM.reg, -1 for a register
     * @param size of operands: 1, 0 for 2, 4 or 8 by prefixes, 4 for 4 or 8
     * @param immediate bytes; -1 for 1, 2 or 4 by operand size
     * @param undefined flags that the SDM leaves open
     * @param lockable a LOCK prefix may come with a memory operand
     */
    private record Template(
            String opcode, Form form, int digit, int size, int immediate, long undefined, boolean lockable) {}

    private static final List<Template> TEMPLATES = new ArrayList<>();

    /** What there is only outside 64-bit mode. */
    private static final List<Template> NARROW = new ArrayList<>();

    /** Opcodes that mean something else outside 64-bit mode, or are not tried there. */
    private static final Set<String> WIDE_ONLY = Set.of("63", "67e3", "67e2", "0f38f0", "0f38f1");

    /** For a count above the operand's size, the SDM leaves the result and all flags open (volume 2, SHLD, SHRD). */
    private static final Set<String> DOUBLE_SHIFTS = Set.of("0fa4", "0fa5", "0fac", "0fad");

    private static void modrm(String opcode, int digit, int size, int immediate, long undefined) {
        TEMPLATES.add(new Template(opcode, Form.MODRM, digit, size, immediate, undefined, false));
    }

    private static void lockable(String opcode, int digit, int size, int immediate, long undefined) {
        TEMPLATES.add(new Template(opcode, Form.MODRM, digit, size, immediate, undefined, true));
    }

    private static void of(Form form, String opcode, int digit, int size, int immediate, long undefined) {
        TEMPLATES.add(new Template(opcode, form, digit, size, immediate, undefined, false));
    }

    static {
        for (int i = 0; i < 8; i++) {
            long undefined = i == 1 || i == 4 || i == 6 ? A : 0;
            String base = "" + (i / 2) + (i % 2 == 0 ? '0' : '8');
            int number = Integer.parseInt(base, 16);
            if (i == 7) {
                modrm(String.format("%02x", number), -1, 1, 0, undefined);
                modrm(String.format("%02x", number + 1), -1, 0, 0, undefined);
                modrm("80", i, 1, 1, undefined);
                modrm("81", i, 0, -1, undefined);
                modrm("83", i, 0, 1, undefined);
            } else {
                lockable(String.format("%02x", number), -1, 1, 0, undefined);
                lockable(String.format("%02x", number + 1), -1, 0, 0, undefined);
                lockable("80", i, 1, 1, undefined);
                lockable("81", i, 0, -1, undefined);
                lockable("83", i, 0, 1, undefined);
            }
            modrm(String.format("%02x", number + 2), -1, 1, 0, undefined);
            modrm(String.format("%02x", number + 3), -1, 0, 0, undefined);
            of(Form.IMMEDIATE, String.format("%02x", number + 4), 0, 1, 1, undefined);
            of(Form.IMMEDIATE, String.format("%02x", number + 5), 0, 0, -1, undefined);
        }
        // Shifts: AF always open; OF open for counts other than 1. Counts above the size leave CF open (SHL, SHR).
        for (int i = 0; i < 8; i++) {
            if (i == 6) {
                continue;
            }
            long one = i < 4 ? 0 : A;
            long many = i < 4 ? O : A | O;
            modrm("d0", i, 1, 0, one);
            modrm("d1", i, 0, 0, one);
            modrm("c0", i, 1, 1, many);
            modrm("c1", i, 0, 1, many);
            modrm("d2", i, 1, 0, many);
            modrm("d3", i, 0, 0, many);
        }
        modrm("0fa4", -1, 0, 1, A | O);
        modrm("0fa5", -1, 0, 0, A | O);
        modrm("0fac", -1, 0, 1, A | O);
        modrm("0fad", -1, 0, 0, A | O);
        for (int wide = 0; wide < 2; wide++) {
            int size = 1 - wide;
            modrm(wide == 0 ? "f6" : "f7", 0, size, wide == 0 ? 1 : -1, A);
            lockable(wide == 0 ? "f6" : "f7", 2, size, 0, 0);
            lockable(wide == 0 ? "f6" : "f7", 3, size, 0, 0);
            modrm(wide == 0 ? "f6" : "f7", 4, size, 0, S | Z | A | P);
            modrm(wide == 0 ? "f6" : "f7", 5, size, 0, S | Z | A | P);
            modrm(wide == 0 ? "f6" : "f7", 6, size, 0, C | O | S | Z | A | P);
            modrm(wide == 0 ? "f6" : "f7", 7, size, 0, C | O | S | Z | A | P);
            lockable(wide == 0 ? "fe" : "ff", 0, size, 0, 0);
            lockable(wide == 0 ? "fe" : "ff", 1, size, 0, 0);
            modrm(wide == 0 ? "84" : "85", -1, size, 0, A);
            lockable(wide == 0 ? "86" : "87", -1, size, 0, 0);
            modrm(wide == 0 ? "88" : "89", -1, size, 0, 0);
            modrm(wide == 0 ? "8a" : "8b", -1, size, 0, 0);
            modrm(wide == 0 ? "c6" : "c7", 0, size, wide == 0 ? 1 : -1, 0);
            of(Form.IMMEDIATE, wide == 0 ? "a8" : "a9", 0, size, wide == 0 ? 1 : -1, A);
            lockable(wide == 0 ? "0fb0" : "0fb1", -1, size, 0, 0);
            lockable(wide == 0 ? "0fc0" : "0fc1", -1, size, 0, 0);
            for (int s = 0; s < 5; s++) {
                String opcode = String.format("%02x", new int[] {0xa4, 0xa6, 0xaa, 0xac, 0xae}[s] + wide);
                of(Form.STRING, opcode, 0, size, 0, 0);
            }
        }
        modrm("0fb6", -1, 0, 0, 0);
        modrm("0fb7", -1, 0, 0, 0);
        modrm("0fbe", -1, 0, 0, 0);
        modrm("0fbf", -1, 0, 0, 0);
        modrm("63", -1, 0, 0, 0);
        of(Form.MEMORY, "8d", -1, 0, 0, 0);
        of(Form.MEMORY, "0fc3", -1, 4, 0, 0);
        of(Form.MEMORY, "0f38f0", -1, 0, 0, 0);
        of(Form.MEMORY, "0f38f1", -1, 0, 0, 0);
        of(Form.MEMORY, "0fc7", 1, 4, 0, 0);
        modrm("0faf", -1, 0, 0, S | Z | A | P);
        modrm("69", -1, 0, -1, S | Z | A | P);
        modrm("6b", -1, 0, 1, S | Z | A | P);
        long bits = O | S | A | P;
        for (int i = 4; i < 8; i++) {
            modrm("0fba", i, 0, 1, bits);
        }
        for (String opcode : new String[] {"0fa3", "0fab", "0fb3", "0fbb"}) {
            of(Form.BIT_STRING, opcode, -1, 0, 0, bits);
        }
        modrm("0fbc", -1, 0, 0, C | O | S | A | P);
        modrm("0fbd", -1, 0, 0, C | O | S | A | P);
        modrm("f30fb8", -1, 0, 0, 0);
        modrm("f30fbc", -1, 0, 0, O | S | A | P);
        modrm("f30fbd", -1, 0, 0, O | S | A | P);
        modrm("f20f38f0", -1, 4, 0, 0);
        modrm("f20f38f1", -1, 4, 0, 0);
        modrm("0f40+cc", -1, 0, 0, 0);
        modrm("0f90+cc", 0, 1, 0, 0);
        of(Form.OPCODE_REGISTER, "0fc8", 0, 4, 0, 0);
        of(Form.OPCODE_REGISTER, "90", 0, 0, 0, 0);
        of(Form.OPCODE_REGISTER, "b0", 0, 1, 1, 0);
        for (String opcode : new String[] {"98", "99", "9e", "9f", "f5", "f8", "f9", "fc", "fd", "c9", "d7"}) {
            of(Form.PLAIN, opcode, 0, 0, 0, 0);
        }
        of(Form.OPCODE_REGISTER, "50", 0, 8, 0, 0);
        of(Form.OPCODE_REGISTER, "58", 0, 8, 0, 0);
        of(Form.IMMEDIATE, "68", 0, 8, 4, 0);
        of(Form.IMMEDIATE, "6a", 0, 8, 1, 0);
        modrm("ff", 6, 8, 0, 0);
        modrm("8f", 0, 8, 0, 0);
        of(Form.IMMEDIATE, "c80000", 0, 8, 1, 0);
        of(Form.BRANCH, "70+cc", 0, 8, 1, 0);
        of(Form.BRANCH, "0f80+cc", 0, 8, 4, 0);
        of(Form.BRANCH, "e0", 0, 8, 1, 0);
        of(Form.BRANCH, "e1", 0, 8, 1, 0);
        of(Form.BRANCH, "e2", 0, 8, 1, 0);
        of(Form.BRANCH, "e3", 0, 8, 1, 0);
        of(Form.BRANCH, "67e3", 0, 8, 1, 0);
        of(Form.BRANCH, "67e2", 0, 8, 1, 0);
        of(Form.BRANCH, "e8", 0, 8, 4, 0);
        of(Form.BRANCH, "e9", 0, 8, 4, 0);
        of(Form.BRANCH, "eb", 0, 8, 1, 0);
        of(Form.STACK, "c3", 0, 8, 0, 0);
        of(Form.STACK, "c2", 0, 8, 2, 0);
        of(Form.OPCODE_REGISTER, "ffe0", 0, 8, 0, 0);
        of(Form.OPCODE_REGISTER, "ffd0", 0, 8, 0, 0);
        of(Form.PLAIN, "0f0b", 0, 0, 0, 0);
        narrow(Form.OPCODE_REGISTER, "40", 0, 0);
        narrow(Form.OPCODE_REGISTER, "48", 0, 0);
        narrow(Form.PLAIN, "60", 0, 0);
        narrow(Form.PLAIN, "61", 0, 0);
        narrow(Form.PLAIN, "27", 0, O);
        narrow(Form.PLAIN, "2f", 0, O);
        narrow(Form.PLAIN, "37", 0, O | S | Z | P);
        narrow(Form.PLAIN, "3f", 0, O | S | Z | P);
        narrow(Form.IMMEDIATE, "d4", 1, O | A | C);
        narrow(Form.IMMEDIATE, "d5", 1, O | A | C);
        narrow(Form.PLAIN, "d6", 0, 0);
    }

    private static void narrow(Form form, String opcode, int immediate, long undefined) {
        NARROW.add(new Template(
                opcode, form, 0, opcode.equals("40") || opcode.equals("48") ? 0 : 1, immediate, undefined, false));
    }

    final byte[] code;
    final long[] registers = new long[16];
    final long flags;
    final long undefined;

    /** In compatibility mode. */
    final boolean narrow;

    private RandomInstruction(byte[] code, long[] registers, long flags, long undefined, boolean narrow) {
        this.code = code;
        System.arraycopy(registers, 0, this.registers, 0, 16);
        this.flags = flags;
        this.undefined = undefined;
        this.narrow = narrow;
    }

    private static long value(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextInt(5) - 2;
            case 1 -> 1L << random.nextInt(64);
            case 2 -> (1L << random.nextInt(64)) - 1;
            case 3 -> -1L << random.nextInt(64);
            case 4 -> random.nextInt() & 0xffffffffL;
            case 5 -> random.nextInt(256);
            default -> random.nextLong();
        };
    }

    static RandomInstruction next(Random random, boolean narrow) {
        while (true) {
            int pick = random.nextInt(TEMPLATES.size() + (narrow ? NARROW.size() : 0));
            Template template = pick < TEMPLATES.size() ? TEMPLATES.get(pick) : NARROW.get(pick - TEMPLATES.size());
            RandomInstruction made =
                    narrow && WIDE_ONLY.contains(template.opcode) ? null : make(template, random, narrow);
            if (made != null) {
                return made;
            }
        }
    }

    private static RandomInstruction make(Template t, Random random, boolean narrow) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long[] r = new long[16];
        for (int i = 0; i < 16; i++) {
            r[i] = value(random);
        }
        // The stack is in the middle of scratch memory, so that pushes and pops stay in it.
        r[Cpu.RSP] = SCRATCH + SCRATCH_SIZE / 2 + random.nextInt(512) * 8 - 2048;
        long flags = 2 | 0x200 | random.nextLong() & Flags.STATUS;
        String opcode = t.opcode;
        int condition = 0;
        if (opcode.endsWith("+cc")) {
            opcode = opcode.substring(0, opcode.length() - 3);
            condition = random.nextInt(16);
        }
        boolean word = false;
        boolean wide = false;
        if (t.size == 0 || t.size == 4) {
            int pick = random.nextInt(t.size == 0 ? 3 : 2);
            wide = pick == 1 && !narrow;
            word = pick == 2;
        }
        if (t.size == 8 && (t.form == Form.OPCODE_REGISTER && opcode.startsWith("5") || opcode.equals("8f"))) {
            word = random.nextInt(4) == 0;
        }
        int size = t.size == 1 ? 1 : word ? 2 : (t.size == 8 || wide) && !narrow ? 8 : 4;
        int rex = wide ? 0x48 : 0;
        int modrm = -1;
        int sib = -1;
        int displacementSize = 0;
        long displacement = 0;
        boolean lock = false;
        boolean hasModrm = t.form == Form.MODRM || t.form == Form.MEMORY || t.form == Form.BIT_STRING;
        if (hasModrm) {
            if (random.nextBoolean() && !narrow) {
                rex |= 0x40 | random.nextInt(8);
            }
            int reg = t.digit >= 0 ? t.digit : random.nextInt(8);
            int fullReg = t.digit >= 0 ? -1 : reg | (rex & 4) << 1;
            boolean memory = t.form == Form.MEMORY || random.nextBoolean();
            boolean changesRsp = fullReg == Cpu.RSP;
            if (!memory) {
                int rm = random.nextInt(8);
                modrm = 0xc0 | reg << 3 | rm;
                if (changesRsp) {
                    r[Cpu.RSP] = value(random);
                }
            } else {
                long target = target(random);
                if (t.form == Form.BIT_STRING) {
                    target = SCRATCH + SCRATCH_SIZE / 2 + random.nextInt(64) - 32;
                }
                int mod = random.nextInt(3);
                int base = random.nextInt(8);
                int index = -1;
                int shift = 0;
                boolean needsSib = base == 4 || random.nextInt(3) == 0;
                boolean noBase = needsSib && mod == 0 && base == 5;
                if (!needsSib && mod == 0 && base == 5) {
                    return null;
                }
                displacementSize = mod == 1 ? 1 : mod == 2 || noBase ? 4 : 0;
                displacement = mod == 1 ? (byte) random.nextInt() : mod == 2 ? random.nextInt() : 0;
                int fullBase = noBase ? -1 : base | (rex & 1) << 3;
                if (needsSib) {
                    index = random.nextInt(8);
                    shift = random.nextInt(4);
                    sib = shift << 6 | index << 3 | base;
                    int fullIndex = index | (rex & 2) << 2;
                    index = fullIndex == 4 ? -1 : fullIndex;
                }
                if (noBase) {
                    if (index >= 0) {
                        r[index] = random.nextInt(1000) - 500;
                    }
                    displacement = target - (index < 0 ? 0 : r[index] << shift);
                } else if (fullBase == index) {
                    return null;
                } else {
                    if (index == Cpu.RSP) {
                        return null;
                    }
                    r[fullBase] = target - displacement - (index < 0 ? 0 : r[index] << shift);
                }
                if (t.form == Form.BIT_STRING && (fullReg == fullBase || fullReg == index)) {
                    return null;
                }
                modrm = mod << 6 | reg << 3 | (needsSib ? 4 : base);
                lock = t.lockable && random.nextInt(4) == 0;
                if (t.size == 8 && fullBase == Cpu.RSP && Math.abs(r[Cpu.RSP] - SCRATCH - SCRATCH_SIZE / 2) > 4096) {
                    // The stack must be in scratch memory.
                    return null;
                }
            }
            if (t.form == Form.BIT_STRING && fullReg >= 0) {
                r[fullReg] =
                        (random.nextLong() & ~0xffffL | random.nextInt(0x8000)) - (random.nextBoolean() ? 0x4000 : 0);
                if (size > 2) {
                    r[fullReg] = size == 8
                            ? (short) r[fullReg]
                            : r[fullReg] & ~0xffffffffL | (short) r[fullReg] & 0xffffffffL;
                }
            }
        } else if (t.form == Form.OPCODE_REGISTER) {
            if (random.nextBoolean() && !narrow) {
                rex |= 0x40 | random.nextInt(2);
            }
        }
        if (opcode.equals("0fc7") && wide) {
            // Aligned, or #GP: both happen.
            rex |= 0x48;
        }
        // Prefixes, then REX, then the opcode.
        if (lock) {
            out.write(0xf0);
        }
        if (word) {
            out.write(0x66);
        }
        int start = 0;
        if (opcode.startsWith("f30f") || opcode.startsWith("f20f") || opcode.startsWith("67")) {
            out.write(Integer.parseInt(opcode.substring(0, 2), 16));
            start = 2;
        }
        if (t.form == Form.STRING) {
            string(r, random, size);
            int repeat = random.nextInt(3);
            if (repeat > 0) {
                out.write(repeat == 1 ? 0xf3 : 0xf2);
            }
            if (random.nextInt(3) == 0) {
                flags |= Flags.DF;
            }
        }
        if (rex != 0) {
            out.write(rex);
        }
        int registerBits = t.form == Form.OPCODE_REGISTER ? random.nextInt(8) : 0;
        if (opcode.equals("90") && (rex & 1) == 0 && registerBits == 0) {
            return null;
        }
        for (int i = start; i < opcode.length(); i += 2) {
            int octet = Integer.parseInt(opcode.substring(i, i + 2), 16);
            boolean last = i + 2 == opcode.length();
            out.write(last ? octet + condition + registerBits : octet);
        }
        if (modrm >= 0) {
            out.write(modrm);
        }
        if (sib >= 0) {
            out.write(sib);
        }
        for (int i = 0; i < displacementSize; i++) {
            out.write((int) (displacement >> 8 * i));
        }
        int immediate = t.immediate == -1 ? Math.min(size, 4) : t.immediate;
        switch (t.form) {
            case BRANCH -> {
                int relative = TAKEN - out.size() - immediate;
                for (int i = 0; i < immediate; i++) {
                    out.write(relative >> 8 * i);
                }
                if (opcode.startsWith("67") || opcode.startsWith("e")) {
                    r[Cpu.RCX] = random.nextInt(3) | (random.nextBoolean() ? 0 : 1L << 32);
                }
            }
            case STACK -> {
                if (immediate == 2) {
                    out.write(random.nextInt(256));
                    out.write(0);
                }
            }
            default -> {
                if (opcode.equals("c80000")) {
                    // ENTER of some bytes at level 0, for which the bytes written above are the size.
                    out.write(0);
                } else {
                    for (int i = 0; i < immediate; i++) {
                        out.write(random.nextInt(256));
                    }
                }
            }
        }
        if (opcode.equals("c9")) {
            r[Cpu.RBP] = target(random);
        }
        if (opcode.equals("d7")) {
            r[Cpu.RBX] = target(random) - (r[Cpu.RAX] & 0xff);
        }
        if (narrow && (opcode.startsWith("ffe") || opcode.startsWith("ffd"))) {
            if (registerBits == Cpu.RSP) {
                return null;
            }
            r[registerBits] = CODE + TAKEN;
        } else if (opcode.startsWith("ffe") || opcode.startsWith("ffd")) {
            int register = registerBits | (rex & 1) << 3;
            if (register == Cpu.RSP) {
                return null;
            }
            r[register] = random.nextInt(8) == 0 ? 0x8000_0000_0000L | random.nextLong() : CODE + TAKEN;
            if (random.nextInt(8) == 0 && r[register] << 16 >> 16 == r[register]) {
                r[register] = CODE + TAKEN;
            }
            if (r[register] << 16 >> 16 == r[register]) {
                r[register] = CODE + TAKEN;
            }
        }
        if (narrow) {
            for (int i = 0; i < 16; i++) {
                r[i] = i < 8 ? r[i] & 0xffffffffL : 0;
            }
        }
        byte[] code = out.toByteArray();
        if (DOUBLE_SHIFTS.contains(opcode)) {
            long count = t.immediate > 0 ? code[code.length - 1] : r[Cpu.RCX];
            if ((count & 31) > 8 * size) {
                return null;
            }
        }
        return new RandomInstruction(code, r, flags, t.undefined, narrow);
    }

    /** Mostly in the middle; sometimes near a page boundary, sometimes not mapped, or across the end. */
    private static long target(Random random) {
        return switch (random.nextInt(16)) {
            case 0 -> SCRATCH + 4096 - random.nextInt(17);
            case 1 -> SCRATCH + SCRATCH_SIZE - random.nextInt(17);
            case 2 -> SCRATCH - random.nextInt(17);
            default -> SCRATCH + 1024 + random.nextInt(1024) * 16;
        };
    }

    private static void string(long[] r, Random random, int size) {
        r[Cpu.RSI] = SCRATCH + 2048 + random.nextInt(4096);
        r[Cpu.RDI] = SCRATCH + 2048 + random.nextInt(4096);
        r[Cpu.RCX] = random.nextInt(200);
        if (random.nextInt(8) == 0) {
            // Runs into what is not mapped.
            r[random.nextBoolean() ? Cpu.RSI : Cpu.RDI] = SCRATCH + SCRATCH_SIZE - random.nextInt(100 * size);
        }
        if (random.nextInt(4) == 0) {
            r[Cpu.RSI] = r[Cpu.RDI] + random.nextInt(64) - 32;
        }
    }
}
