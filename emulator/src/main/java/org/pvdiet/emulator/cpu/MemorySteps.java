package org.pvdiet.emulator.cpu;

import static org.pvdiet.emulator.cpu.RegisterSteps.ADD32;
import static org.pvdiet.emulator.cpu.RegisterSteps.ADD64;
import static org.pvdiet.emulator.cpu.RegisterSteps.RESULT32;
import static org.pvdiet.emulator.cpu.RegisterSteps.RESULT64;
import static org.pvdiet.emulator.cpu.RegisterSteps.SUB32;
import static org.pvdiet.emulator.cpu.RegisterSteps.SUB64;

import org.pvdiet.emulator.cpu.MicroOp.Binary;

/**
 * Frequent accesses to memory at flat addresses, alone or with the operation that uses what was loaded, each as one step. The
 * parts of the address come as they are in {@link Address}.
 */
final class MemorySteps {
    private MemorySteps() {}

    static Step load64(int d, int base, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = cpu.memory().load64(cpu.r[base] + displacement);
            }
        };
    }

    static Step load32(int d, int base, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = cpu.memory().load32(cpu.r[base] + displacement);
            }
        };
    }

    static Step load64(int d, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = cpu.memory().load64(cpu.r[base] + (cpu.r[index] << shift) + displacement);
            }
        };
    }

    static Step load32(int d, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = cpu.memory().load32(cpu.r[base] + (cpu.r[index] << shift) + displacement);
            }
        };
    }

    /** Into 32 or 64 bits, zero-extended. */
    static Step load16(int d, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = cpu.memory().load16(cpu.r[base] + (cpu.r[index] << shift) + displacement);
            }
        };
    }

    /** Into 32 or 64 bits, zero-extended. */
    static Step load8(int d, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = cpu.memory().load8(cpu.r[base] + (cpu.r[index] << shift) + displacement);
            }
        };
    }

    static Step loadSigned64(int from, int d, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long value = cpu.memory().load(cpu.r[base] + (cpu.r[index] << shift) + displacement, from);
                cpu.r[d] = Alu.signExtend(from, value);
            }
        };
    }

    static Step store64(int a, int base, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.memory().store64(cpu.r[base] + displacement, cpu.r[a]);
            }
        };
    }

    static Step store32(int a, int base, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.memory().store32(cpu.r[base] + displacement, cpu.r[a]);
            }
        };
    }

    static Step store64(int a, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.memory().store64(cpu.r[base] + (cpu.r[index] << shift) + displacement, cpu.r[a]);
            }
        };
    }

    static Step store32(int a, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.memory().store32(cpu.r[base] + (cpu.r[index] << shift) + displacement, cpu.r[a]);
            }
        };
    }

    static Step store16(int a, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.memory().store16(cpu.r[base] + (cpu.r[index] << shift) + displacement, cpu.r[a]);
            }
        };
    }

    static Step store8(int a, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.memory().store8(cpu.r[base] + (cpu.r[index] << shift) + displacement, cpu.r[a]);
            }
        };
    }

    static Step storeConstant(int size, long value, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.memory().store(cpu.r[base] + (cpu.r[index] << shift) + displacement, size, value);
            }
        };
    }

    static Step add64(int d, int a, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.memory().load64(cpu.r[base] + (cpu.r[index] << shift) + displacement);
                cpu.flags(ADD64, x, y);
                cpu.r[d] = x + y;
            }
        };
    }

    static Step sub64(int d, int a, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.memory().load64(cpu.r[base] + (cpu.r[index] << shift) + displacement);
                cpu.flags(SUB64, x, y);
                cpu.r[d] = x - y;
            }
        };
    }

    static Step and64(int d, int a, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.memory().load64(cpu.r[base] + (cpu.r[index] << shift) + displacement);
                long result = x & y;
                cpu.flags(RESULT64, result, 0);
                cpu.r[d] = result;
            }
        };
    }

    static Step or64(int d, int a, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.memory().load64(cpu.r[base] + (cpu.r[index] << shift) + displacement);
                long result = x | y;
                cpu.flags(RESULT64, result, 0);
                cpu.r[d] = result;
            }
        };
    }

    static Step xor64(int d, int a, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.memory().load64(cpu.r[base] + (cpu.r[index] << shift) + displacement);
                long result = x ^ y;
                cpu.flags(RESULT64, result, 0);
                cpu.r[d] = result;
            }
        };
    }

    /** Memory first. */
    static Step cmp64(int b, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.memory().load64(cpu.r[base] + (cpu.r[index] << shift) + displacement);
                long y = cpu.r[b];
                cpu.flags(SUB64, x, y);
            }
        };
    }

    static Step cmpConstant64(long value, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.memory().load64(cpu.r[base] + (cpu.r[index] << shift) + displacement);
                cpu.flags(SUB64, x, value);
            }
        };
    }

    /** Memory first. */
    static Step test64(int b, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.memory().load64(cpu.r[base] + (cpu.r[index] << shift) + displacement);
                long y = cpu.r[b];
                long result = x & y;
                cpu.flags(RESULT64, result, 0);
            }
        };
    }

    static Step testConstant64(long value, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.memory().load64(cpu.r[base] + (cpu.r[index] << shift) + displacement);
                long result = x & value;
                cpu.flags(RESULT64, result, 0);
            }
        };
    }

    /** The register first. */
    static Step cmpRegister64(int a, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.memory().load64(cpu.r[base] + (cpu.r[index] << shift) + displacement);
                cpu.flags(SUB64, x, y);
            }
        };
    }

    static Step add32(int d, int a, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.memory().load32(cpu.r[base] + (cpu.r[index] << shift) + displacement);
                cpu.flags(ADD32, x << 32, y << 32);
                cpu.r[d] = x + y & 0xffffffffL;
            }
        };
    }

    static Step sub32(int d, int a, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.memory().load32(cpu.r[base] + (cpu.r[index] << shift) + displacement);
                cpu.flags(SUB32, x << 32, y << 32);
                cpu.r[d] = x - y & 0xffffffffL;
            }
        };
    }

    static Step and32(int d, int a, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.memory().load32(cpu.r[base] + (cpu.r[index] << shift) + displacement);
                long result = (x & y) & 0xffffffffL;
                cpu.flags(RESULT32, result << 32, 0);
                cpu.r[d] = result;
            }
        };
    }

    static Step or32(int d, int a, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.memory().load32(cpu.r[base] + (cpu.r[index] << shift) + displacement);
                long result = (x | y) & 0xffffffffL;
                cpu.flags(RESULT32, result << 32, 0);
                cpu.r[d] = result;
            }
        };
    }

    static Step xor32(int d, int a, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.memory().load32(cpu.r[base] + (cpu.r[index] << shift) + displacement);
                long result = (x ^ y) & 0xffffffffL;
                cpu.flags(RESULT32, result << 32, 0);
                cpu.r[d] = result;
            }
        };
    }

    /** Memory first. */
    static Step cmp32(int b, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.memory().load32(cpu.r[base] + (cpu.r[index] << shift) + displacement);
                long y = cpu.r[b];
                cpu.flags(SUB32, x << 32, y << 32);
            }
        };
    }

    static Step cmpConstant32(long value, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.memory().load32(cpu.r[base] + (cpu.r[index] << shift) + displacement);
                cpu.flags(SUB32, x << 32, value << 32);
            }
        };
    }

    /** Memory first. */
    static Step test32(int b, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.memory().load32(cpu.r[base] + (cpu.r[index] << shift) + displacement);
                long y = cpu.r[b];
                long result = (x & y) & 0xffffffffL;
                cpu.flags(RESULT32, result << 32, 0);
            }
        };
    }

    static Step testConstant32(long value, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.memory().load32(cpu.r[base] + (cpu.r[index] << shift) + displacement);
                long result = (x & value) & 0xffffffffL;
                cpu.flags(RESULT32, result << 32, 0);
            }
        };
    }

    /** The register first. */
    static Step cmpRegister32(int a, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.memory().load32(cpu.r[base] + (cpu.r[index] << shift) + displacement);
                cpu.flags(SUB32, x << 32, y << 32);
            }
        };
    }

    static Step compareConstant(
            Binary operation, int size, long value, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                operation.apply(
                        cpu,
                        size,
                        cpu.memory().load(cpu.r[base] + (cpu.r[index] << shift) + displacement, size),
                        value);
            }
        };
    }

    /** Null where the operation has no step of its own. */
    static Step binary64(Binary operation, int d, int a, int base, int index, int shift, long displacement) {
        return switch (operation) {
            case ADD -> add64(d, a, base, index, shift, displacement);
            case SUB -> sub64(d, a, base, index, shift, displacement);
            case AND -> and64(d, a, base, index, shift, displacement);
            case OR -> or64(d, a, base, index, shift, displacement);
            case XOR -> xor64(d, a, base, index, shift, displacement);
            default -> null;
        };
    }

    /** Null where the operation has no step of its own. */
    static Step binary32(Binary operation, int d, int a, int base, int index, int shift, long displacement) {
        return switch (operation) {
            case ADD -> add32(d, a, base, index, shift, displacement);
            case SUB -> sub32(d, a, base, index, shift, displacement);
            case AND -> and32(d, a, base, index, shift, displacement);
            case OR -> or32(d, a, base, index, shift, displacement);
            case XOR -> xor32(d, a, base, index, shift, displacement);
            default -> null;
        };
    }

    /** A read-modify-write. */
    static Step modify64(Binary operation, int b, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long linear = cpu.r[base] + (cpu.r[index] << shift) + displacement;
                long old = cpu.memory().loadForStore64(linear);
                cpu.memory().store64(linear, operation.apply(cpu, 8, old, cpu.r[b]));
            }
        };
    }

    /** A read-modify-write. */
    static Step modify64(Binary operation, long value, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long linear = cpu.r[base] + (cpu.r[index] << shift) + displacement;
                long old = cpu.memory().loadForStore64(linear);
                cpu.memory().store64(linear, operation.apply(cpu, 8, old, value));
            }
        };
    }

    /** A read-modify-write. */
    static Step modify32(Binary operation, int b, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long linear = cpu.r[base] + (cpu.r[index] << shift) + displacement;
                long old = cpu.memory().loadForStore32(linear);
                cpu.memory().store32(linear, operation.apply(cpu, 4, old, cpu.r[b]));
            }
        };
    }

    /** A read-modify-write. */
    static Step modify32(Binary operation, long value, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long linear = cpu.r[base] + (cpu.r[index] << shift) + displacement;
                long old = cpu.memory().loadForStore32(linear);
                cpu.memory().store32(linear, operation.apply(cpu, 4, old, value));
            }
        };
    }

    /** Where a segment has a base. */
    static Step load64(int d, Address address) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = cpu.memory().load64(address.linear(cpu));
            }
        };
    }

    /** Where a segment has a base. */
    static Step store64(int a, Address address) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.memory().store64(address.linear(cpu), cpu.r[a]);
            }
        };
    }

    /** Where a segment has a base. */
    static Step load32(int d, Address address) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.r[d] = cpu.memory().load32(address.linear(cpu));
            }
        };
    }

    /** Where a segment has a base. */
    static Step store32(int a, Address address) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.memory().store32(address.linear(cpu), cpu.r[a]);
            }
        };
    }

    /** Into the low byte of a general-purpose register. */
    static Step loadLow8(int d, int base, int index, int shift, long displacement) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long value = cpu.memory().load8(cpu.r[base] + (cpu.r[index] << shift) + displacement);
                cpu.r[d] = cpu.r[d] & ~0xffL | value;
            }
        };
    }

    static Step push64(int a) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long top = cpu.r[Cpu.RSP] - 8;
                cpu.memory().store64(top, cpu.r[a]);
                cpu.r[Cpu.RSP] = top;
            }
        };
    }

    static Step pop64(int d) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long top = cpu.r[Cpu.RSP];
                long value = cpu.memory().load64(top);
                cpu.r[Cpu.RSP] = top + 8;
                cpu.r[d] = value;
            }
        };
    }
}
