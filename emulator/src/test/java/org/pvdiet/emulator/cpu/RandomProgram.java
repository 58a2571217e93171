package org.pvdiet.emulator.cpu;

import java.util.Random;

/**
 * Endless random 64-bit code that keeps a convention, so that its instructions work on each other's results: RBX points to
 * the middle of the data and RSP to the stack, neither changes but by the stack's own instructions; blocks end in branches to
 * each other, calls, returns and loops that R15 counts. Data reach from plain pages into others.
 */
final class RandomProgram {
    static final int SIZE = 8192;
    private static final int BLOCKS = 24;

    /** Registers that may change: not RBX, RSP and R15. */
    private static final int[] FREE = {0, 1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};

    /** Of these, the ones that address memory without a SIB byte. */
    private static final int[] POINTERS = {0, 1, 2, 6, 7, 8, 9, 10, 11, 13, 14};

    private static final int RBX = 3;
    private static final int R15 = 15;

    private final Random random;
    private final long origin;

    /** Offsets from RBX that memory operands have mostly, and at times. */
    private final int[] usual;

    private final int[] unusual;
    private final byte[] code = new byte[SIZE];
    private final int[] starts = new int[BLOCKS];
    private int at;

    RandomProgram(Random random, long origin, int[] usual, int[] unusual) {
        this.random = random;
        this.origin = origin;
        this.usual = usual;
        this.unusual = unusual;
        // Blocks begin at fixed places, so that branches can go forwards; one lies across the border of two pages.
        for (int i = 0; i < BLOCKS; i++) {
            starts[i] = 100 + i * 340;
        }
        // jmp to the first block
        bytes(0xe9);
        number(starts[0] - 5, 4);
        for (int i = 0; i < BLOCKS; i++) {
            at = starts[i];
            block(i);
        }
    }

    byte[] code() {
        return code;
    }

    private void bytes(int... values) {
        for (int value : values) {
            code[at++] = (byte) value;
        }
    }

    private void number(long value, int size) {
        for (int i = 0; i < size; i++) {
            bytes((int) (value >>> 8 * i));
        }
    }

    private int free() {
        return FREE[random.nextInt(FREE.length)];
    }

    private void block(int number) {
        int instructions = 1 + random.nextInt(number % 5 == 4 ? 20 : 8);
        // mov $n, %r15d; the loop's body follows
        boolean loop = random.nextInt(3) == 0;
        bytes(0x41, 0xbf);
        number(loop ? 1 + random.nextInt(40) : 1, 4);
        int body = at;
        for (int i = 0; i < instructions; i++) {
            instruction();
        }
        if (loop) {
            // dec %r15; jnz body
            bytes(0x49, 0xff, 0xcf, 0x0f, 0x85);
            number(body - (at + 4), 4);
        }
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> {
                jumpIf(random.nextInt(16), random.nextInt(BLOCKS));
                jump(random.nextInt(BLOCKS));
            }
            case 3 -> {
                // call; what the callee leaves on the stack is none of our business
                bytes(0xe8);
                number(starts[random.nextInt(BLOCKS)] - (at + 4), 4);
                jump(random.nextInt(BLOCKS));
            }
            case 4 -> bytes(0xc3);
            case 5 -> {
                // lea target(%rip), %rax; jmp *%rax, or call it
                bytes(0x48, 0x8d, 0x05);
                number(starts[random.nextInt(BLOCKS)] - (at + 4), 4);
                bytes(0xff, random.nextBoolean() ? 0xe0 : 0xd0);
                jump(random.nextInt(BLOCKS));
            }
            default -> jump(random.nextInt(BLOCKS));
        }
    }

    private void jumpIf(int condition, int block) {
        bytes(0x0f, 0x80 + condition);
        number(starts[block] - (at + 4), 4);
    }

    private void jump(int block) {
        bytes(0xe9);
        number(starts[block] - (at + 4), 4);
    }

    /** Prefixes, opcode, and ModRM with a register and a register or memory. */
    private void modrm(int size, int register, boolean byteRegister, int immediate, int... opcode) {
        boolean memory = random.nextInt(3) == 0;
        int other = free();
        modrm(size, register, byteRegister, memory, other, opcode);
        if (immediate > 0) {
            number(random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(66), immediate);
        }
    }

    private void modrm(int size, int register, boolean byteRegister, boolean memory, int other, int... opcode) {
        if (size == 2) {
            bytes(0x66);
        }
        int rex = (size == 8 ? 8 : 0) | (register >> 3 << 2) | (memory ? 0 : other >> 3);
        // Without REX, byte registers 4 to 7 are AH, CH, DH and BH.
        boolean high = byteRegister && rex == 0 && random.nextBoolean() && register != 7 && (memory || other != 7);
        if (rex != 0 || byteRegister && !high || random.nextInt(4) == 0 && !high) {
            bytes(0x40 | rex);
        }
        bytes(opcode);
        if (!memory) {
            bytes(0xc0 | (register & 7) << 3 | other & 7);
        } else {
            // disp32(%rbx)
            bytes(0x80 | (register & 7) << 3 | RBX);
            number(displacement(), 4);
        }
    }

    private int displacement() {
        int[] from = random.nextInt(30) == 0 ? unusual : usual;
        return from[random.nextInt(from.length)] + random.nextInt(64);
    }

    private int size() {
        return 1 << random.nextInt(4);
    }

    private void instruction() {
        int size = size();
        int wide = size == 1 ? 0 : 1;
        boolean isByte = size == 1;
        switch (random.nextInt(27)) {
            case 0, 1, 2 -> modrm(size, free(), isByte, 0, random.nextInt(8) << 3 | random.nextInt(2) << 1 | wide);
            case 3, 4 -> modrm(size, random.nextInt(8), isByte, isByte || size == 2 ? size : 4, isByte ? 0x80 : 0x81);
            case 5, 6 -> modrm(size, free(), isByte, 0, 0x88 | random.nextInt(2) << 1 | wide);
            case 7 -> modrm(size, free(), isByte, 0, 0x84 | wide);
            case 8 -> modrm(size, random.nextInt(2), isByte, 0, 0xfe | wide);
            case 9 -> modrm(size, new int[] {0, 1, 2, 3, 4, 5, 7}[random.nextInt(7)], isByte, 1, 0xc0 | wide);
            case 10 -> modrm(size, new int[] {0, 1, 2, 3, 4, 5, 7}[random.nextInt(7)], isByte, 0, 0xd2 | wide);
            case 11 -> modrm(size, 2 + random.nextInt(4), isByte, 0, 0xf6 | wide);
            case 12 -> modrm(Math.max(size, 2), free(), false, 0, 0x0f, 0xaf);
            case 13 -> modrm(Math.max(size, 2), free(), true, 0, 0x0f, 0xb6 | random.nextInt(2) << 3);
            case 14 -> modrm(Math.max(size, 4), free(), false, 0, 0x0f, 0xb7 | random.nextInt(2) << 3);
            case 15 -> modrm(Math.max(size, 2), free(), false, 0, 0x0f, 0x40 | random.nextInt(16));
            case 16 -> modrm(1, random.nextInt(8), true, 0, 0x0f, 0x90 | random.nextInt(16));
            case 17 -> modrm(Math.max(size, 2), 4 + random.nextInt(4), false, 1, 0x0f, 0xba);
            case 18 -> modrm(Math.max(size, 2), free(), false, 0, 0x0f, 0xbc | random.nextInt(2));
            case 19 -> modrm(size, free(), isByte, 0, 0x0f, (random.nextBoolean() ? 0xb0 : 0xc0) | wide);
            case 20 -> modrm(size, free(), isByte, 0, 0x86 | wide);
            case 21 -> plain();
            case 22 -> stack();
            case 23 -> indexed();
            case 24 -> {
                int register = free();
                bytes(0x48 | register >> 3, 0x0f, 0xc8 | register & 7);
            }
            case 25 -> pointer();
            default -> rare();
        }
    }

    /** Some accesses to nearby places through a register that points there, and is changed or copied in between. */
    private void pointer() {
        int register = POINTERS[random.nextInt(POINTERS.length)];
        // lea disp32(%rbx), %r
        bytes(0x48 | register >> 3 << 2, 0x8d, 0x80 | (register & 7) << 3 | RBX);
        number(displacement(), 4);
        int accesses = 2 + random.nextInt(4);
        for (int i = 0; i < accesses; i++) {
            int value = free();
            // mov to or from disp8(%r), or add to or from it, of 4 or 8 bytes
            bytes(0x40 | random.nextInt(2) << 3 | value >> 3 << 2 | register >> 3);
            bytes(new int[] {0x89, 0x8b, 0x8b, 0x01, 0x03}[random.nextInt(5)]);
            bytes(0x40 | (value & 7) << 3 | register & 7, random.nextInt(64) - 16);
            if (value == register) {
                return;
            }
            int wide = 0x48 | register >> 3;
            switch (random.nextInt(6)) {
                case 0 -> bytes(wide, 0x83, 0xc0 | register & 7, random.nextInt(32)); // ADD
                case 1 -> bytes(wide, 0x83, 0xe8 | register & 7, random.nextInt(32)); // SUB
                case 2 -> bytes(wide, 0xff, 0xc0 | register & 7); // INC
                case 3 -> {
                    int to = POINTERS[random.nextInt(POINTERS.length)];
                    // mov %r, %to
                    bytes(0x48 | register >> 3 << 2 | to >> 3, 0x89, 0xc0 | (register & 7) << 3 | to & 7);
                    register = to;
                }
                default -> {}
            }
        }
    }

    /** CMC, CLC, STC, LAHF, SAHF, the sign extensions of the accumulator, NOP. */
    private void plain() {
        int[][] all = {{0xf5}, {0xf8}, {0xf9}, {0x9f}, {0x9e}, {0x98}, {0x48, 0x98}, {0x99}, {0x48, 0x99}, {0x90}};
        bytes(all[random.nextInt(all.length)]);
    }

    private void stack() {
        int register = free();
        // push %r; instructions may come between; pop %r
        bytes(0x40 | register >> 3, 0x50 | register & 7);
        int to = free();
        bytes(0x40 | to >> 3, 0x58 | to & 7);
    }

    /** An address from a register: and $mask, %r; then mov to or from (%rbx,%r), lea. */
    private void indexed() {
        int register = free();
        bytes(0x48 | register >> 3, 0x81, 0xe0 | register & 7);
        number(random.nextInt(12) == 0 ? 0x7fff : 0xff7, 4);
        int data = free();
        bytes(0x48 | data >> 3 << 2 | register >> 3 << 1);
        bytes(new int[] {0x89, 0x8b, 0x8d, 0x01, 0x03}[random.nextInt(5)]);
        bytes(0x04 | (data & 7) << 3, (register & 7) << 3 | RBX);
    }

    /** What is left to the interpreter, or faults. */
    private void rare() {
        switch (random.nextInt(12)) {
            case 0, 7, 8, 9 -> {
                // xor %edx, %edx; or $1, %rbp; DIV or IDIV, which goes well mostly where it is by RBP
                bytes(0x31, 0xd2, 0x48, 0x83, 0xcd, 1);
                modrm(
                        random.nextInt(4) == 0 ? size() : 8,
                        6 + random.nextInt(2),
                        false,
                        false,
                        random.nextInt(8) == 0 ? free() : 5,
                        0xf7);
            }
            case 1 -> bytes(0x9c, 0x58); // PUSHF; POP %rax
            case 2 -> bytes(0xfc); // CLD
            case 3 -> bytes(0x0f, 0xa2); // CPUID changes RBX: put it back
            case 4 -> bytes(0x48, 0xab); // STOSQ where RDI happens to point
            case 5 -> modrm(8, free(), false, 1, 0x0f, 0xa4); // SHLD
            case 6 -> bytes(0x0f, 0x0b); // UD2
            default -> bytes(0x90);
        }
        if (code[at - 1] == (byte) 0xa2) {
            bytes(0x48, 0xbb);
            number(origin, 8);
        }
    }
}
