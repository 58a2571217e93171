package org.pvdiet.emulator.guest;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A read-only little-endian view of a part of a file, which knows where in which file it lies. Any
 * access outside the view is a {@link BadImageException} that names the place.
 */
public final class Bytes {
    private final String file;
    private final byte[] array;
    private final int start;
    private final int size;

    private Bytes(String file, byte[] array, int start, int size) {
        this.file = file;
        this.array = array;
        this.start = start;
        this.size = size;
    }

    /** A view of the whole array, which must not be changed afterwards; {@code file} is for messages. */
    public static Bytes of(String file, byte[] array) {
        return new Bytes(file, array, 0, array.length);
    }

    public String file() {
        return file;
    }

    public int size() {
        return size;
    }

    /** Where this view begins in its file. */
    public int fileOffset() {
        return start;
    }

    public int u8(long offset) {
        return array[place(offset, 1)] & 0xff;
    }

    // Byte by byte: most of an image is read before its reading is compiled, when a view of the array costs many calls.
    public int u16(long offset) {
        int at = place(offset, 2);
        return array[at] & 0xff | (array[at + 1] & 0xff) << 8;
    }

    public int s32(long offset) {
        return word(place(offset, 4));
    }

    public long u32(long offset) {
        return s32(offset) & 0xffff_ffffL;
    }

    public long u64(long offset) {
        int at = place(offset, 8);
        return word(at) & 0xffff_ffffL | (long) word(at + 4) << 32;
    }

    private int word(int at) {
        return array[at] & 0xff | (array[at + 1] & 0xff) << 8 | (array[at + 2] & 0xff) << 16 | array[at + 3] << 24;
    }

    public Bytes slice(long offset, long length) {
        int from = place(offset, length);
        return new Bytes(file, array, from, (int) length);
    }

    public Bytes from(long offset) {
        return slice(offset, size - offset);
    }

    /** The NUL-terminated string at an offset. */
    public String cString(long offset) {
        int from = place(offset, 0);
        return new String(array, from, terminator(from) - from, StandardCharsets.ISO_8859_1);
    }

    /** The offset of the NUL that ends the string at an offset. */
    int cStringEnd(long offset) {
        return terminator(place(offset, 0)) - start;
    }

    private int terminator(int from) {
        for (int at = from; at < start + size; at++) {
            if (array[at] == 0) {
                return at;
            }
        }
        throw bad(from - start, "a string is not terminated");
    }

    /** Of the bytes from an offset to another, as {@link NameIndex#hash} has it. */
    int hash(long from, int to) {
        int first = place(from, to - from);
        return NameIndex.hash(array, first, start + to);
    }

    /** Whether the bytes at an offset are these. */
    boolean holds(long offset, byte[] wanted) {
        return offset <= size - wanted.length
                && Arrays.equals(
                        array, start + (int) offset, start + (int) offset + wanted.length, wanted, 0, wanted.length);
    }

    public byte[] toArray() {
        return Arrays.copyOfRange(array, start, start + size);
    }

    /** Takes a part of an array, to read it and to keep no reference. */
    public interface Reader {
        void read(byte[] array, int offset, int length);
    }

    /** Lets somebody read the bytes where they are. */
    public void readBy(Reader reader) {
        reader.read(array, start, size);
    }

    public boolean startsWith(int... prefix) {
        if (prefix.length > size) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if ((array[start + i] & 0xff) != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * The offset of the first occurrence of an ASCII string at or after {@code offset}, or -1. Searches as Horspool does,
     * because whole kernels are searched while nothing is compiled yet: by a byte that would be the string's last, and
     * onwards as far as that byte allows.
     */
    public int indexOf(String ascii, int offset) {
        byte[] wanted = ascii.getBytes(StandardCharsets.ISO_8859_1);
        int[] step = new int[256];
        Arrays.fill(step, wanted.length);
        for (int i = 0; i < wanted.length - 1; i++) {
            step[wanted[i] & 0xff] = wanted.length - 1 - i;
        }
        int end = start + size;
        for (int last = start + offset + wanted.length - 1; last < end; last += step[array[last] & 0xff]) {
            int at = last - wanted.length + 1;
            if (array[last] == wanted[wanted.length - 1]
                    && Arrays.equals(array, at, last + 1, wanted, 0, wanted.length)) {
                return at - start;
            }
        }
        return -1;
    }

    public String hex() {
        return HexFormat.of().formatHex(array, start, start + size);
    }

    InputStream stream() {
        return new ByteArrayInputStream(array, start, size);
    }

    BadImageException bad(long offset, String what) {
        return new BadImageException(file + ": offset 0x" + Long.toHexString(start + offset) + ": " + what
                + "; the image is damaged, or of a form not known here");
    }

    private int place(long offset, long length) {
        if (offset < 0 || length < 0 || offset > size - length) {
            throw new BadImageException(file + ": offset 0x" + Long.toHexString(start + offset) + ": " + length
                    + " bytes are wanted beyond the end at 0x" + Integer.toHexString(start + size)
                    + "; the image is truncated or damaged");
        }
        return start + (int) offset;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that
                && Arrays.equals(array, start, start + size, that.array, that.start, that.start + that.size);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = 0; i < size; i++) {
            hash = 31 * hash + array[start + i];
        }
        return hash;
    }

    @Override
    public String toString() {
        return size <= 32 ? hex() : size + " bytes of " + file + " at 0x" + Integer.toHexString(start);
    }
}
