package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.cpu.decode.Segment;

/**
 * {@code segment:[base + index << shift + displacement]} over the processor's registers.
 *
 * @param segment whose base is added; null where it is known to be zero (64-bit mode, all but FS and GS)
 * @param base register number, {@link #ZERO} for none
 * @param index register number, {@link #ZERO} for none
 * @param size of the effective address in bytes: 2, 4 or 8
 * @param narrow outside 64-bit mode, where linear addresses have 32 bits
 */
public record Address(Segment segment, int base, int index, int shift, long displacement, int size, boolean narrow) {
    /** A register that is always zero. */
    public static final int ZERO = 31;

    /** The effective address: what LEA gives. */
    long offset(Cpu cpu) {
        long sum = cpu.r[base] + (cpu.r[index] << shift) + displacement;
        return size == 8 ? sum : size == 4 ? sum & 0xffffffffL : sum & 0xffff;
    }

    long linear(Cpu cpu) {
        return linear(cpu, offset(cpu));
    }

    private long linear(Cpu cpu, long offset) {
        if (segment == null) {
            return offset;
        }
        long sum = cpu.segments.get(segment).base + offset;
        return narrow ? sum & 0xffffffffL : sum;
    }

    /** True where the effective address is the linear address without any cutting. */
    boolean isFlat() {
        return segment == null && size == 8;
    }

    Address plus(long bytes) {
        return new Address(segment, base, index, shift, displacement + bytes, size, narrow);
    }
}
