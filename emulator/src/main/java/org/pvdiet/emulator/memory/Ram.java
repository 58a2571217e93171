package org.pvdiet.emulator.memory;

import java.lang.reflect.Field;
import java.nio.ByteOrder;
import sun.misc.Unsafe;

/**
 * Little-endian accesses to the bytes of RAM, of whatever alignment. Nothing is checked: whoever asks has seen to it that they
 * lie within the array. Translated code is left to HotSpot's fast compiler, which makes one machine instruction of each of
 * these and several calls of a VarHandle's.
 */
final class Ram {
    private static final Unsafe UNSAFE = unsafe();
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

    static long get8(byte[] ram, int at) {
        return UNSAFE.getByte(ram, BYTES + at) & 0xffL;
    }

    static long get16(byte[] ram, int at) {
        return UNSAFE.getShort(ram, BYTES + at) & 0xffffL;
    }

    static long get32(byte[] ram, int at) {
        return UNSAFE.getInt(ram, BYTES + at) & 0xffffffffL;
    }

    static long get64(byte[] ram, int at) {
        return UNSAFE.getLong(ram, BYTES + at);
    }

    static void put8(byte[] ram, int at, long value) {
        UNSAFE.putByte(ram, BYTES + at, (byte) value);
    }

    static void put16(byte[] ram, int at, long value) {
        UNSAFE.putShort(ram, BYTES + at, (short) value);
    }

    static void put32(byte[] ram, int at, long value) {
        UNSAFE.putInt(ram, BYTES + at, (int) value);
    }

    static void put64(byte[] ram, int at, long value) {
        UNSAFE.putLong(ram, BYTES + at, value);
    }
}
