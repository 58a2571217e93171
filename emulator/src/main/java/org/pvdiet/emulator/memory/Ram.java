package org.pvdiet.emulator.memory;

import java.lang.reflect.Field;
import java.nio.ByteOrder;
import sun.misc.Unsafe;

/**
 * Little-endian accesses to the bytes of RAM, of whatever alignment, by their place: {@link #BYTES} and their index. Nothing
 * is checked: whoever asks has seen to it that they lie within the array. HotSpot's fast compiler, which translated code is
 * left to, makes one machine instruction of each of these and several calls of a VarHandle's.
 */
public final class Ram {
    /** For translated code, which makes its accesses without these methods. */
    public static final Unsafe UNSAFE = unsafe();

    /** Place of the first byte of a byte array. */
    public static final long BYTES = Unsafe.ARRAY_BYTE_BASE_OFFSET;

    /** The same of an array of longs. */
    public static final long LONGS = Unsafe.ARRAY_LONG_BASE_OFFSET;

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

    static long get8(byte[] ram, long at) {
        return UNSAFE.getByte(ram, at) & 0xffL;
    }

    static long get16(byte[] ram, long at) {
        return UNSAFE.getShort(ram, at) & 0xffffL;
    }

    static long get32(byte[] ram, long at) {
        return UNSAFE.getInt(ram, at) & 0xffffffffL;
    }

    static long get64(byte[] ram, long at) {
        return UNSAFE.getLong(ram, at);
    }

    /** Of an array of longs, as {@link #LONGS} has it. */
    static long get64(long[] array, long at) {
        return UNSAFE.getLong(array, at);
    }

    static void put8(byte[] ram, long at, long value) {
        UNSAFE.putByte(ram, at, (byte) value);
    }

    static void put16(byte[] ram, long at, long value) {
        UNSAFE.putShort(ram, at, (short) value);
    }

    static void put32(byte[] ram, long at, long value) {
        UNSAFE.putInt(ram, at, (int) value);
    }

    static void put64(byte[] ram, long at, long value) {
        UNSAFE.putLong(ram, at, value);
    }

    static void fill(byte[] ram, long at, int count, byte value) {
        UNSAFE.setMemory(ram, at, count, value);
    }
}
