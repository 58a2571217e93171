package org.pvdiet.emulator.cpu;

/** Frequent operations on registers, each as one step: what {@link Alu} says, for one size and one kind of operand. */
final class RegisterSteps {
    static final int ADD64 = StatusFlags.of(StatusFlags.ADD, 8);
    static final int ADD32 = StatusFlags.of(StatusFlags.ADD, 4);
    static final int SUB64 = StatusFlags.of(StatusFlags.SUB, 8);
    static final int SUB32 = StatusFlags.of(StatusFlags.SUB, 4);
    static final int RESULT64 = StatusFlags.of(StatusFlags.RESULT, 8);
    static final int RESULT32 = StatusFlags.of(StatusFlags.RESULT, 4);

    private RegisterSteps() {}

    static Step add64(int d, int a, int b) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.r[b];
                cpu.flags(ADD64, x, y);
                cpu.r[d] = x + y;
            }
        };
    }

    static Step add64(int d, int a, long value) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                cpu.flags(ADD64, x, value);
                cpu.r[d] = x + value;
            }
        };
    }

    static Step add32(int d, int a, int b) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.r[b];
                cpu.flags(ADD32, x << 32, y << 32);
                cpu.r[d] = x + y & 0xffffffffL;
            }
        };
    }

    static Step add32(int d, int a, long value) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                cpu.flags(ADD32, x << 32, value << 32);
                cpu.r[d] = x + value & 0xffffffffL;
            }
        };
    }

    static Step sub64(int d, int a, int b) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.r[b];
                cpu.flags(SUB64, x, y);
                cpu.r[d] = x - y;
            }
        };
    }

    static Step sub64(int d, int a, long value) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                cpu.flags(SUB64, x, value);
                cpu.r[d] = x - value;
            }
        };
    }

    static Step sub32(int d, int a, int b) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.r[b];
                cpu.flags(SUB32, x << 32, y << 32);
                cpu.r[d] = x - y & 0xffffffffL;
            }
        };
    }

    static Step sub32(int d, int a, long value) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                cpu.flags(SUB32, x << 32, value << 32);
                cpu.r[d] = x - value & 0xffffffffL;
            }
        };
    }

    static Step and64(int d, int a, int b) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.r[b];
                long result = x & y;
                cpu.flags(RESULT64, result, 0);
                cpu.r[d] = result;
            }
        };
    }

    static Step and64(int d, int a, long value) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long result = x & value;
                cpu.flags(RESULT64, result, 0);
                cpu.r[d] = result;
            }
        };
    }

    static Step and32(int d, int a, int b) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.r[b];
                long result = (x & y) & 0xffffffffL;
                cpu.flags(RESULT32, result << 32, 0);
                cpu.r[d] = result;
            }
        };
    }

    static Step and32(int d, int a, long value) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long result = (x & value) & 0xffffffffL;
                cpu.flags(RESULT32, result << 32, 0);
                cpu.r[d] = result;
            }
        };
    }

    static Step or64(int d, int a, int b) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.r[b];
                long result = x | y;
                cpu.flags(RESULT64, result, 0);
                cpu.r[d] = result;
            }
        };
    }

    static Step or64(int d, int a, long value) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long result = x | value;
                cpu.flags(RESULT64, result, 0);
                cpu.r[d] = result;
            }
        };
    }

    static Step or32(int d, int a, int b) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.r[b];
                long result = (x | y) & 0xffffffffL;
                cpu.flags(RESULT32, result << 32, 0);
                cpu.r[d] = result;
            }
        };
    }

    static Step or32(int d, int a, long value) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long result = (x | value) & 0xffffffffL;
                cpu.flags(RESULT32, result << 32, 0);
                cpu.r[d] = result;
            }
        };
    }

    static Step xor64(int d, int a, int b) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.r[b];
                long result = x ^ y;
                cpu.flags(RESULT64, result, 0);
                cpu.r[d] = result;
            }
        };
    }

    static Step xor64(int d, int a, long value) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long result = x ^ value;
                cpu.flags(RESULT64, result, 0);
                cpu.r[d] = result;
            }
        };
    }

    static Step xor32(int d, int a, int b) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.r[b];
                long result = (x ^ y) & 0xffffffffL;
                cpu.flags(RESULT32, result << 32, 0);
                cpu.r[d] = result;
            }
        };
    }

    static Step xor32(int d, int a, long value) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long result = (x ^ value) & 0xffffffffL;
                cpu.flags(RESULT32, result << 32, 0);
                cpu.r[d] = result;
            }
        };
    }

    static Step cmp64(int a, int b) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.r[b];
                cpu.flags(SUB64, x, y);
            }
        };
    }

    static Step cmp64(int a, long value) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                cpu.flags(SUB64, x, value);
            }
        };
    }

    static Step cmp32(int a, int b) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.r[b];
                cpu.flags(SUB32, x << 32, y << 32);
            }
        };
    }

    static Step cmp32(int a, long value) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                cpu.flags(SUB32, x << 32, value << 32);
            }
        };
    }

    static Step test64(int a, int b) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.r[b];
                long result = x & y;
                cpu.flags(RESULT64, result, 0);
            }
        };
    }

    static Step test64(int a, long value) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long result = x & value;
                cpu.flags(RESULT64, result, 0);
            }
        };
    }

    static Step test32(int a, int b) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.r[b];
                long result = (x & y) & 0xffffffffL;
                cpu.flags(RESULT32, result << 32, 0);
            }
        };
    }

    static Step test32(int a, long value) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long result = (x & value) & 0xffffffffL;
                cpu.flags(RESULT32, result << 32, 0);
            }
        };
    }

    static Step move64(int d, int a) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = cpu.r[a];
            }
        };
    }

    static Step move32(int d, int a) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = cpu.r[a] & 0xffffffffL;
            }
        };
    }

    static Step constant(int d, long value) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = value;
            }
        };
    }

    /** MOVZX into 32 or 64 bits. */
    static Step zeroExtend(int d, int a, long mask) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = cpu.r[a] & mask;
            }
        };
    }

    static Step signExtend64(int from, int d, int a) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long value = cpu.r[a];
                cpu.r[d] = from == 4 ? (int) value : from == 2 ? (short) value : (byte) value;
            }
        };
    }

    static Step effective64(int d, int base, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = cpu.r[base] + displacement;
            }
        };
    }

    static Step effective64(int d, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = cpu.r[base] + (cpu.r[index] << shift) + displacement;
            }
        };
    }

    static Step shl64(int d, int a, int count) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = Alu.shl(cpu, 8, cpu.r[a], count);
            }
        };
    }

    static Step shl32(int d, int a, int count) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = Alu.shl(cpu, 4, cpu.r[a], count) & 0xffffffffL;
            }
        };
    }

    static Step shr64(int d, int a, int count) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = Alu.shr(cpu, 8, cpu.r[a], count);
            }
        };
    }

    static Step shr32(int d, int a, int count) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = Alu.shr(cpu, 4, cpu.r[a], count) & 0xffffffffL;
            }
        };
    }

    static Step sar64(int d, int a, int count) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = Alu.sar(cpu, 8, cpu.r[a], count);
            }
        };
    }

    static Step sar32(int d, int a, int count) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = Alu.sar(cpu, 4, cpu.r[a], count) & 0xffffffffL;
            }
        };
    }

    static Step inc64(int d, int a) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = Alu.inc(cpu, 8, cpu.r[a]);
            }
        };
    }

    static Step inc32(int d, int a) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = Alu.inc(cpu, 4, cpu.r[a]) & 0xffffffffL;
            }
        };
    }

    static Step dec64(int d, int a) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = Alu.dec(cpu, 8, cpu.r[a]);
            }
        };
    }

    static Step dec32(int d, int a) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = Alu.dec(cpu, 4, cpu.r[a]) & 0xffffffffL;
            }
        };
    }

    static Step moveIf64(int condition, int d, int a) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                if (cpu.holds(condition)) {
                    cpu.r[d] = cpu.r[a];
                }
            }
        };
    }

    static Step adc64(int d, int a, int b) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = Alu.adc(cpu, 8, cpu.r[a], cpu.r[b]);
            }
        };
    }

    static Step adc64(int d, int a, long value) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = Alu.adc(cpu, 8, cpu.r[a], value);
            }
        };
    }

    static Step sbb64(int d, int a, int b) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = Alu.sbb(cpu, 8, cpu.r[a], cpu.r[b]);
            }
        };
    }

    static Step sbb64(int d, int a, long value) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = Alu.sbb(cpu, 8, cpu.r[a], value);
            }
        };
    }

    static Step multiply64(int d, int a, int b) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = Alu.multiply(cpu, 8, cpu.r[a], cpu.r[b]);
            }
        };
    }

    static Step setIf(int condition, int d) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = cpu.r[d] & ~0xffL | (cpu.holds(condition) ? 1 : 0);
            }
        };
    }

    static Step cmp8(int a, int b) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                Alu.sub(cpu, 1, cpu.r[a], cpu.r[b]);
            }
        };
    }

    static Step cmp8(int a, long value) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                Alu.sub(cpu, 1, cpu.r[a], value);
            }
        };
    }

    static Step test8(int a, int b) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                Alu.logic(cpu, 1, cpu.r[a] & cpu.r[b]);
            }
        };
    }

    static Step test8(int a, long value) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                Alu.logic(cpu, 1, cpu.r[a] & value);
            }
        };
    }

    static Step rol32(int d, int a, int count) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = Alu.rol(cpu, 4, cpu.r[a], count) & 0xffffffffL;
            }
        };
    }

    static Step ror32(int d, int a, int count) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = Alu.ror(cpu, 4, cpu.r[a], count) & 0xffffffffL;
            }
        };
    }

    static Step neg64(int d, int a) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = Alu.sub(cpu, 8, 0, cpu.r[a]);
            }
        };
    }

    static Step not64(int d, int a) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = ~cpu.r[a];
            }
        };
    }

    static Step neg32(int d, int a) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = Alu.sub(cpu, 4, 0, cpu.r[a]) & 0xffffffffL;
            }
        };
    }

    static Step not32(int d, int a) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = ~cpu.r[a] & 0xffffffffL;
            }
        };
    }

    static Step effective32(int d, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = cpu.r[base] + (cpu.r[index] << shift) + displacement & 0xffffffffL;
            }
        };
    }

    /** Null where the operation has no step of its own. */
    static Step binary64(MicroOp.Binary operation, int d, int a, int b) {
        return switch (operation) {
            case ADD -> add64(d, a, b);
            case SUB -> sub64(d, a, b);
            case AND -> and64(d, a, b);
            case OR -> or64(d, a, b);
            case XOR -> xor64(d, a, b);
            case ADC -> adc64(d, a, b);
            case SBB -> sbb64(d, a, b);
        };
    }

    /** Null where the operation has no step of its own. */
    static Step binary32(MicroOp.Binary operation, int d, int a, int b) {
        return switch (operation) {
            case ADD -> add32(d, a, b);
            case SUB -> sub32(d, a, b);
            case AND -> and32(d, a, b);
            case OR -> or32(d, a, b);
            case XOR -> xor32(d, a, b);
            default -> null;
        };
    }

    /** Null where the operation has no step of its own. */
    static Step binary64(MicroOp.Binary operation, int d, int a, long value) {
        return switch (operation) {
            case ADD -> add64(d, a, value);
            case SUB -> sub64(d, a, value);
            case AND -> and64(d, a, value);
            case OR -> or64(d, a, value);
            case XOR -> xor64(d, a, value);
            case ADC -> adc64(d, a, value);
            case SBB -> sbb64(d, a, value);
        };
    }

    /** Null where the operation has no step of its own. */
    static Step binary32(MicroOp.Binary operation, int d, int a, long value) {
        return switch (operation) {
            case ADD -> add32(d, a, value);
            case SUB -> sub32(d, a, value);
            case AND -> and32(d, a, value);
            case OR -> or32(d, a, value);
            case XOR -> xor32(d, a, value);
            default -> null;
        };
    }
}
