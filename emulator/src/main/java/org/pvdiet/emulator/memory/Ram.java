package org.pvdiet.emulator.memory;

import java.lang.reflect.Field;
import java.nio.ByteOrder;
import java.util.Objects;
import sun.misc.Unsafe;

/**
 * Little-endian accesses to memory, of whatever alignment, by place: the address of a byte of {@link HostMemory}. Nothing is
 * checked: whoever asks has seen to it that they lie within it. HotSpot's fast compiler, which translated code is left to,
 * makes one machine instruction of each of these and several calls of a VarHandle's.
 */
public final class Ram {
    /** For translated code, which makes its accesses without these methods. */
    public static final Unsafe UNSAFE = unsafe();

    /** Place of the first byte of an array of longs, in that array. */
    public static final long LONGS = Unsafe.ARRAY_LONG_BASE_OFFSET;

    private static final long BYTES = Unsafe.ARRAY_BYTE_BASE_OFFSET;

    private Ram() {}

    private static Unsafe unsafe() {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new IllegalStateException("pvdiet needs a little-endian processor");
        }
        try {
            Field instance = Unsafe.class.getDeclaredField("theUnsafe");
            instance.setAccessible(true);
            return (Unsafe) instance.get(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java has no sun.misc.Unsafe", e);
        }
    }

    /** In bytes, of the host. */
    static long pageSize() {
        return UNSAFE.pageSize();
    }

    /** What is in it is not said. */
    static long allocate(long bytes) {
        return UNSAFE.allocateMemory(bytes);
    }

    static void free(long allocated) {
        UNSAFE.freeMemory(allocated);
    }

    static long get8(long at) {
        return UNSAFE.getByte(null, at) & 0xffL;
    }

    static long get16(long at) {
        return UNSAFE.getShort(null, at) & 0xffffL;
    }

    static long get32(long at) {
        return UNSAFE.getInt(null, at) & 0xffffffffL;
    }

    static long get64(long at) {
        return UNSAFE.getLong(null, at);
    }

    /** Of an array of longs, as {@link #LONGS} has it. */
    static long get64(long[] array, long at) {
        return UNSAFE.getLong(array, at);
    }

    static void put8(long at, long value) {
        UNSAFE.putByte(null, at, (byte) value);
    }

    static void put16(long at, long value) {
        UNSAFE.putShort(null, at, (short) value);
    }

    static void put32(long at, long value) {
        UNSAFE.putInt(null, at, (int) value);
    }

    static void put64(long at, long value) {
        UNSAFE.putLong(null, at, value);
    }

    static void fill(long at, long count, byte value) {
        UNSAFE.setMemory(at, count, value);
    }

    /** The two may overlap. */
    static void copy(long from, long to, long count) {
        UNSAFE.copyMemory(from, to, count);
    }

    static void copy(byte[] from, int offset, long to, int count) {
        Objects.checkFromIndexSize(offset, count, from.length);
        UNSAFE.copyMemory(from, BYTES + offset, null, to, count);
    }

    static void copy(long from, byte[] to, int count) {
        Objects.checkFromIndexSize(0, count, to.length);
        UNSAFE.copyMemory(null, from, to, BYTES, count);
    }
}
