package org.pvdiet.emulator.cpu;

import static org.pvdiet.emulator.cpu.RegisterSteps.RESULT32;
import static org.pvdiet.emulator.cpu.RegisterSteps.RESULT64;
import static org.pvdiet.emulator.cpu.RegisterSteps.SUB32;
import static org.pvdiet.emulator.cpu.RegisterSteps.SUB64;

/** Control transfers as one step each, conditional ones together with the comparison before them where there is one. */
final class BranchSteps {
    private BranchSteps() {}

    static Step jump(long target) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.setRip(target);
            }
        };
    }

    static Step ifEqual(long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.setRip(cpu.zero() ? target : next);
            }
        };
    }

    static Step ifBelow(long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.setRip(cpu.carry() ? target : next);
            }
        };
    }

    static Step ifBelowOrEqual(long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.setRip(cpu.holds(6) ? target : next);
            }
        };
    }

    static Step ifSign(long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.setRip(cpu.sign() ? target : next);
            }
        };
    }

    static Step ifLess(long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.setRip(cpu.holds(12) ? target : next);
            }
        };
    }

    static Step ifLessOrEqual(long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                cpu.setRip(cpu.holds(14) ? target : next);
            }
        };
    }

    static Step compare64IfEqual(int a, int b, long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.r[b];
                cpu.flags(SUB64, x, y);
                cpu.setRip(x == y ? target : next);
            }
        };
    }

    static Step compare64IfBelow(int a, int b, long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.r[b];
                cpu.flags(SUB64, x, y);
                cpu.setRip(Long.compareUnsigned(x, y) < 0 ? target : next);
            }
        };
    }

    static Step compare64IfBelowOrEqual(int a, int b, long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.r[b];
                cpu.flags(SUB64, x, y);
                cpu.setRip(Long.compareUnsigned(x, y) <= 0 ? target : next);
            }
        };
    }

    static Step compare64IfLess(int a, int b, long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.r[b];
                cpu.flags(SUB64, x, y);
                cpu.setRip(x < y ? target : next);
            }
        };
    }

    static Step compare64IfLessOrEqual(int a, int b, long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = cpu.r[b];
                cpu.flags(SUB64, x, y);
                cpu.setRip(x <= y ? target : next);
            }
        };
    }

    static Step compare64IfEqual(int a, long value, long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = value;
                cpu.flags(SUB64, x, y);
                cpu.setRip(x == y ? target : next);
            }
        };
    }

    static Step compare64IfBelow(int a, long value, long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = value;
                cpu.flags(SUB64, x, y);
                cpu.setRip(Long.compareUnsigned(x, y) < 0 ? target : next);
            }
        };
    }

    static Step compare64IfBelowOrEqual(int a, long value, long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = value;
                cpu.flags(SUB64, x, y);
                cpu.setRip(Long.compareUnsigned(x, y) <= 0 ? target : next);
            }
        };
    }

    static Step compare64IfLess(int a, long value, long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = value;
                cpu.flags(SUB64, x, y);
                cpu.setRip(x < y ? target : next);
            }
        };
    }

    static Step compare64IfLessOrEqual(int a, long value, long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a];
                long y = value;
                cpu.flags(SUB64, x, y);
                cpu.setRip(x <= y ? target : next);
            }
        };
    }

    static Step test64IfZero(int a, int b, long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long result = (cpu.r[a] & cpu.r[b]);
                cpu.flags(RESULT64, result, 0);
                cpu.setRip(result == 0 ? target : next);
            }
        };
    }

    static Step test64IfSign(int a, int b, long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long result = (cpu.r[a] & cpu.r[b]);
                cpu.flags(RESULT64, result, 0);
                cpu.setRip(result < 0 ? target : next);
            }
        };
    }

    static Step compare32IfEqual(int a, int b, long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a] << 32;
                long y = cpu.r[b] << 32;
                cpu.flags(SUB32, x, y);
                cpu.setRip(x == y ? target : next);
            }
        };
    }

    static Step compare32IfBelow(int a, int b, long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a] << 32;
                long y = cpu.r[b] << 32;
                cpu.flags(SUB32, x, y);
                cpu.setRip(Long.compareUnsigned(x, y) < 0 ? target : next);
            }
        };
    }

    static Step compare32IfBelowOrEqual(int a, int b, long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a] << 32;
                long y = cpu.r[b] << 32;
                cpu.flags(SUB32, x, y);
                cpu.setRip(Long.compareUnsigned(x, y) <= 0 ? target : next);
            }
        };
    }

    static Step compare32IfLess(int a, int b, long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a] << 32;
                long y = cpu.r[b] << 32;
                cpu.flags(SUB32, x, y);
                cpu.setRip(x < y ? target : next);
            }
        };
    }

    static Step compare32IfLessOrEqual(int a, int b, long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a] << 32;
                long y = cpu.r[b] << 32;
                cpu.flags(SUB32, x, y);
                cpu.setRip(x <= y ? target : next);
            }
        };
    }

    static Step compare32IfEqual(int a, long value, long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a] << 32;
                long y = value << 32;
                cpu.flags(SUB32, x, y);
                cpu.setRip(x == y ? target : next);
            }
        };
    }

    static Step compare32IfBelow(int a, long value, long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a] << 32;
                long y = value << 32;
                cpu.flags(SUB32, x, y);
                cpu.setRip(Long.compareUnsigned(x, y) < 0 ? target : next);
            }
        };
    }

    static Step compare32IfBelowOrEqual(int a, long value, long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a] << 32;
                long y = value << 32;
                cpu.flags(SUB32, x, y);
                cpu.setRip(Long.compareUnsigned(x, y) <= 0 ? target : next);
            }
        };
    }

    static Step compare32IfLess(int a, long value, long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a] << 32;
                long y = value << 32;
                cpu.flags(SUB32, x, y);
                cpu.setRip(x < y ? target : next);
            }
        };
    }

    static Step compare32IfLessOrEqual(int a, long value, long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long x = cpu.r[a] << 32;
                long y = value << 32;
                cpu.flags(SUB32, x, y);
                cpu.setRip(x <= y ? target : next);
            }
        };
    }

    static Step test32IfZero(int a, int b, long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long result = (cpu.r[a] & cpu.r[b]) << 32;
                cpu.flags(RESULT32, result, 0);
                cpu.setRip(result == 0 ? target : next);
            }
        };
    }

    static Step test32IfSign(int a, int b, long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long result = (cpu.r[a] & cpu.r[b]) << 32;
                cpu.flags(RESULT32, result, 0);
                cpu.setRip(result < 0 ? target : next);
            }
        };
    }

    /**
     * A conditional jump that follows a comparison of registers or of a register and a constant.
     *
     * @param condition even: the odd ones are the same with {@code target} and {@code next} exchanged
     * @return null where there is no such step
     */
    static Step fused(MicroOp compare, int condition, long target, long next) {
        if (compare instanceof MicroOp.Compare c) {
            if (c.operation() == MicroOp.Binary.SUB) {
                return c.size() == 8
                        ? compare64(c, condition, target, next)
                        : c.size() == 4 ? compare32(c, condition, target, next) : null;
            }
            return test(c, condition, target, next);
        }
        if (compare instanceof MicroOp.CompareConstant c && c.operation() == MicroOp.Binary.SUB) {
            return c.size() == 8
                    ? compare64(c, condition, target, next)
                    : c.size() == 4 ? compare32(c, condition, target, next) : null;
        }
        return null;
    }

    private static Step test(MicroOp.Compare c, int condition, long target, long next) {
        boolean wide = c.size() == 8;
        if (c.size() < 4) {
            return null;
        }
        return switch (condition) {
            case 4 -> wide ? test64IfZero(c.a(), c.b(), target, next) : test32IfZero(c.a(), c.b(), target, next);
            case 8 -> wide ? test64IfSign(c.a(), c.b(), target, next) : test32IfSign(c.a(), c.b(), target, next);
            default -> null;
        };
    }

    private static Step compare64(MicroOp.Compare c, int condition, long target, long next) {
        return switch (condition) {
            case 4 -> compare64IfEqual(c.a(), c.b(), target, next);
            case 2 -> compare64IfBelow(c.a(), c.b(), target, next);
            case 6 -> compare64IfBelowOrEqual(c.a(), c.b(), target, next);
            case 12 -> compare64IfLess(c.a(), c.b(), target, next);
            case 14 -> compare64IfLessOrEqual(c.a(), c.b(), target, next);
            default -> null;
        };
    }

    private static Step compare64(MicroOp.CompareConstant c, int condition, long target, long next) {
        return switch (condition) {
            case 4 -> compare64IfEqual(c.a(), c.value(), target, next);
            case 2 -> compare64IfBelow(c.a(), c.value(), target, next);
            case 6 -> compare64IfBelowOrEqual(c.a(), c.value(), target, next);
            case 12 -> compare64IfLess(c.a(), c.value(), target, next);
            case 14 -> compare64IfLessOrEqual(c.a(), c.value(), target, next);
            default -> null;
        };
    }

    private static Step compare32(MicroOp.Compare c, int condition, long target, long next) {
        return switch (condition) {
            case 4 -> compare32IfEqual(c.a(), c.b(), target, next);
            case 2 -> compare32IfBelow(c.a(), c.b(), target, next);
            case 6 -> compare32IfBelowOrEqual(c.a(), c.b(), target, next);
            case 12 -> compare32IfLess(c.a(), c.b(), target, next);
            case 14 -> compare32IfLessOrEqual(c.a(), c.b(), target, next);
            default -> null;
        };
    }

    private static Step compare32(MicroOp.CompareConstant c, int condition, long target, long next) {
        return switch (condition) {
            case 4 -> compare32IfEqual(c.a(), c.value(), target, next);
            case 2 -> compare32IfBelow(c.a(), c.value(), target, next);
            case 6 -> compare32IfBelowOrEqual(c.a(), c.value(), target, next);
            case 12 -> compare32IfLess(c.a(), c.value(), target, next);
            case 14 -> compare32IfLessOrEqual(c.a(), c.value(), target, next);
            default -> null;
        };
    }

    /** Null where the condition has no step of its own; {@code condition} is even. */
    static Step jumpIf(int condition, long target, long next) {
        return switch (condition) {
            case 4 -> ifEqual(target, next);
            case 2 -> ifBelow(target, next);
            case 6 -> ifBelowOrEqual(target, next);
            case 8 -> ifSign(target, next);
            case 12 -> ifLess(target, next);
            case 14 -> ifLessOrEqual(target, next);
            default -> null;
        };
    }

    static Step call64(long target, long next) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long top = cpu.r[Cpu.RSP] - 8;
                cpu.memory().store64(top, next);
                cpu.r[Cpu.RSP] = top;
                cpu.setRip(target);
            }
        };
    }

    static Step return64(long release) {
        return new Step() {
            @Override
            void execute(Cpu cpu) {
                long top = cpu.r[Cpu.RSP];
                long target = cpu.memory().load64(top);
                if (target << 16 >> 16 != target) {
                    throw Fault.generalProtection();
                }
                cpu.r[Cpu.RSP] = top + release;
                cpu.setRip(target);
            }
        };
    }
}
