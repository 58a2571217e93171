package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Mnemonic;

/** SSE4.2's string comparisons (SDM volume 2, section 4.1). */
final class SimdStrings {
    private SimdStrings() {}

    static void define(InstructionSet set) {
        set.define(Mnemonic.PCMPISTRI, (i, e) -> compare(i, e, false, false));
        set.define(Mnemonic.PCMPISTRM, (i, e) -> compare(i, e, false, true));
        set.define(Mnemonic.PCMPESTRI, (i, e) -> compare(i, e, true, false));
        set.define(Mnemonic.PCMPESTRM, (i, e) -> compare(i, e, true, true));
    }

    /** @param explicit lengths are in EAX and EDX; else strings end with a zero */
    private static void compare(Instruction i, Emitter e, boolean explicit, boolean toMask) {
        SimdAccess.Source first = SimdAccess.source(i, 0);
        SimdAccess.Source second = SimdAccess.unaligned(i, 1);
        int control = SimdAccess.immediate(i, 2);
        int bits = (control & 1) != 0 ? 16 : 8;
        int lanes = 128 / bits;
        boolean wide = i.operandSize() == 8;
        SimdAccess.emit(i, e, (cpu, address) -> {
            long[] t = cpu.fpu.scratch;
            t[0] = first.word(cpu, address, 0);
            t[1] = first.word(cpu, address, 1);
            t[2] = second.word(cpu, address, 0);
            t[3] = second.word(cpu, address, 1);
            int firstLength = explicit ? length(cpu.r[Cpu.RAX], wide, lanes) : length(t, 0, bits);
            int secondLength = explicit ? length(cpu.r[Cpu.RDX], wide, lanes) : length(t, 2, bits);
            int found = aggregate(t, control, bits, firstLength, secondLength);
            if ((control & 0x10) != 0) {
                found ^= (control & 0x20) != 0 ? (1 << secondLength) - 1 : (1 << lanes) - 1;
            }
            if (toMask) {
                mask(cpu.fpu.xmm, found, bits, (control & 0x40) != 0);
            } else {
                boolean last = (control & 0x40) != 0;
                int index = last ? 31 - Integer.numberOfLeadingZeros(found) : Integer.numberOfTrailingZeros(found);
                cpu.r[Cpu.RCX] = found == 0 ? lanes : index;
            }
            long flags = (found != 0 ? Flags.CF : 0)
                    | (secondLength < lanes ? Flags.ZF : 0)
                    | (firstLength < lanes ? Flags.SF : 0)
                    | ((found & 1) != 0 ? Flags.OF : 0);
            cpu.setRflags(cpu.rflags() & ~Flags.STATUS | flags);
        });
    }

    private static int length(long register, boolean wide, int lanes) {
        long length = wide ? register : (int) register;
        return length <= -lanes || length >= lanes ? lanes : (int) Math.abs(length);
    }

    private static int length(long[] t, int base, int bits) {
        int lanes = 128 / bits;
        for (int l = 0; l < lanes; l++) {
            if (SimdIntegers.lane(t, base, bits, l) == 0) {
                return l;
            }
        }
        return lanes;
    }

    /** A bit to an element of the second string. */
    private static int aggregate(long[] t, int control, int bits, int firstLength, int secondLength) {
        int lanes = 128 / bits;
        int result = 0;
        for (int j = 0; j < lanes; j++) {
            boolean bit = switch (control >> 2 & 3) {
                case 0 -> j < secondLength && isAny(t, bits, firstLength, element(t, 2, bits, j, control));
                case 1 -> j < secondLength && isInRange(t, bits, firstLength, element(t, 2, bits, j, control), control);
                case 2 -> {
                    boolean firstIn = j < firstLength;
                    boolean secondIn = j < secondLength;
                    yield firstIn == secondIn
                            && (!firstIn || element(t, 0, bits, j, control) == element(t, 2, bits, j, control));
                }
                default -> isSubstringAt(t, bits, firstLength, secondLength, j);
            };
            result |= bit ? 1 << j : 0;
        }
        return result;
    }

    private static long element(long[] t, int base, int bits, int i, int control) {
        long value = SimdIntegers.lane(t, base, bits, i);
        return (control & 2) == 0 ? value : value << 64 - bits >> 64 - bits;
    }

    private static boolean isAny(long[] t, int bits, int length, long value) {
        long mask = (1L << bits) - 1;
        for (int i = 0; i < length; i++) {
            if (SimdIntegers.lane(t, 0, bits, i) == (value & mask)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isInRange(long[] t, int bits, int length, long value, int control) {
        for (int i = 0; i + 1 < length; i += 2) {
            if (element(t, 0, bits, i, control) <= value && value <= element(t, 0, bits, i + 1, control)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSubstringAt(long[] t, int bits, int firstLength, int secondLength, int at) {
        int lanes = 128 / bits;
        for (int i = 0; i < firstLength && at + i < lanes; i++) {
            if (at + i >= secondLength || SimdIntegers.lane(t, 0, bits, i) != SimdIntegers.lane(t, 2, bits, at + i)) {
                return false;
            }
        }
        return true;
    }

    private static void mask(long[] xmm, int found, int bits, boolean expand) {
        xmm[0] = expand ? 0 : found;
        xmm[1] = 0;
        for (int l = 0; expand && l < 128 / bits; l++) {
            SimdIntegers.setLane(xmm, 0, bits, l, -(found >> l & 1));
        }
    }
}
