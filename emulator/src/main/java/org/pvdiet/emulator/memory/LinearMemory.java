package org.pvdiet.emulator.memory;

import static org.pvdiet.emulator.memory.PhysicalMemory.FRAME_SHIFT;
import static org.pvdiet.emulator.memory.PhysicalMemory.FRAME_SIZE;

import java.util.Arrays;

/**
 * Linear addresses as one privilege sees them: loads, stores and fetches through a direct-mapped translation cache. All
 * loads are zero-extended; all stores take the low bytes. Any access may throw {@link MemoryFault}, and then nothing has
 * been written.
 *
 * <p>A page is in the write side of the cache only where a store needs nothing but the store: writable, dirty, RAM, and in
 * a frame without flags.
 */
public final class LinearMemory {
    /** Entries of each side of the cache, a power of 2: a page is in the one that the low bits of its number say. */
    public static final int ENTRIES = Translations.ENTRIES;

    private static final long PAGE = -FRAME_SIZE;
    private static final int LOG_LONG = 3;

    private final Mmu mmu;
    private final PhysicalMemory memory;
    private final byte[] ram;
    private final boolean user;

    // What is in use of the translations, by kind of access.
    private Translations translations;
    private long[] readTag;
    private long[] writeTag;
    private long[] executeTag;
    private long[] readOffset;
    private long[] writeOffset;
    private int[] executeOffset;

    /** How often all write sides were dropped. */
    private long writeDrops;

    /** Null but for debugging; otherwise the read and write sides of the cache stay empty. */
    private AccessListener listener;

    LinearMemory(Mmu mmu, PhysicalMemory memory, boolean user, Translations translations) {
        this.mmu = mmu;
        this.memory = memory;
        this.ram = memory.ram();
        this.user = user;
        use(translations);
    }

    void watch(AccessListener accesses) {
        listener = accesses;
    }

    /** False where it takes less to flush the translations than to change to others. */
    boolean canChange() {
        return translations.holdsFewGlobals();
    }

    /** Goes on with other translations, which hold none of a global page. */
    void use(Translations others, boolean keepGlobal) {
        if (!keepGlobal) {
            translations.dropGlobals();
        } else if (others != translations) {
            translations.moveGlobals(others);
        }
        if (others.writeDrops != writeDrops) {
            others.dropWrites();
            others.writeDrops = writeDrops;
        }
        use(others);
    }

    private void use(Translations others) {
        translations = others;
        readTag = others.readTag;
        writeTag = others.writeTag;
        executeTag = others.executeTag;
        readOffset = others.readOffset;
        writeOffset = others.writeOffset;
        executeOffset = others.executeOffset;
    }

    void flush(boolean keepGlobal) {
        translations.flush(keepGlobal);
    }

    void invalidatePage(long linear) {
        translations.invalidatePage(linear);
    }

    /** Of the translations in use now, and of others when they are in use again. */
    void dropWrites() {
        translations.writeDrops = ++writeDrops;
        translations.dropWrites();
    }

    private static int index(long linear) {
        return Translations.index(linear);
    }

    /** Where an entry's tag and offset lie in their arrays, as {@link Ram} has it. */
    private static long entry(long linear) {
        return ((int) linear >>> FRAME_SHIFT - LOG_LONG & ENTRIES - 1 << LOG_LONG) + (int) Ram.LONGS;
    }

    private int claim(long linear) {
        return translations.claim(linear, mmu.walkedGlobal(), mmu.walkedShift());
    }

    /**
     * The physical address to fetch an instruction byte from.
     *
     * @throws MemoryFault where the page may not be executed
     */
    public long execute(long linear) {
        int i = index(linear);
        if (executeTag[i] == (linear & PAGE)) {
            return (int) linear + executeOffset[i] & 0xffffffffL;
        }
        long physical = mmu.walk(linear, Mmu.EXECUTE, user);
        if (memory.isReadable(physical >>> FRAME_SHIFT)) {
            claim(linear);
            executeTag[i] = linear & PAGE;
            executeOffset[i] = (int) (physical - linear);
        }
        return physical;
    }

    private long read(long linear) {
        long physical = mmu.walk(linear, Mmu.READ, user);
        if (listener == null && memory.isReadable(physical >>> FRAME_SHIFT)) {
            int i = claim(linear);
            readTag[i] = linear & PAGE;
            readOffset[i] = physical - linear + Ram.BYTES;
        }
        return physical;
    }

    private long write(long linear) {
        long physical = mmu.walk(linear, Mmu.WRITE, user);
        if (listener == null && mmu.walkedWritable() && memory.isPlain(physical >>> FRAME_SHIFT)) {
            int i = claim(linear);
            writeTag[i] = linear & PAGE;
            writeOffset[i] = physical - linear + Ram.BYTES;
        }
        return physical;
    }

    /**
     * Checks that {@code size} bytes could be written, without writing.
     *
     * @throws MemoryFault where a store to them would fault
     */
    public void checkWrite(long linear, int size) {
        if (writeTag[index(linear)] != (linear & PAGE)) {
            write(linear);
        }
        long last = linear + size - 1;
        if ((last & PAGE) != (linear & PAGE) && writeTag[index(last)] != (last & PAGE)) {
            write(last & PAGE);
        }
    }

    private long loadSlow(long linear, int size) {
        if (listener != null) {
            listener.access(linear, size, false);
        }
        if ((linear & FRAME_SIZE - 1) <= FRAME_SIZE - size) {
            return memory.read(read(linear), size);
        }
        int low = (int) (FRAME_SIZE - (linear & FRAME_SIZE - 1));
        long first = read(linear);
        long second = read(linear + low & PAGE);
        long value = 0;
        for (int i = size - 1; i >= 0; i--) {
            value = value << 8 | memory.read(i < low ? first + i : second + i - low, 1);
        }
        return value;
    }

    private long loadForStoreSlow(long linear, int size) {
        checkWrite(linear, size);
        return loadSlow(linear, size);
    }

    private void storeSlow(long linear, int size, long value) {
        if (listener != null) {
            listener.access(linear, size, true);
        }
        if ((linear & FRAME_SIZE - 1) <= FRAME_SIZE - size) {
            memory.write(write(linear), size, value);
            return;
        }
        int low = (int) (FRAME_SIZE - (linear & FRAME_SIZE - 1));
        long first = write(linear);
        long second = write(linear + low & PAGE);
        for (int i = 0; i < size; i++) {
            memory.write(i < low ? first + i : second + i - low, 1, value >>> 8 * i);
        }
    }

    // Accesses are looked up by the page of their last byte: if it is another than the first byte's, the entry is not
    // its.

    // For translated code, which looks accesses up itself and makes those that it finds.

    /** The pages that loads find, by entry. */
    public long[] readTags() {
        return readTag;
    }

    /** What to add to an address in such a page for its place in RAM, as {@link Ram} has it. */
    public long[] readOffsets() {
        return readOffset;
    }

    /** The pages that stores find, by entry. */
    public long[] writeTags() {
        return writeTag;
    }

    /** As {@link #readOffsets}. */
    public long[] writeOffsets() {
        return writeOffset;
    }

    public byte[] ram() {
        return ram;
    }

    /** True where {@link #execute} finds what it gives in the cache, and CR3 loads leave it there. */
    public boolean isExecutableGlobally(long linear) {
        int i = index(linear);
        return executeTag[i] == (linear & PAGE) && translations.global[i];
    }

    /** The physical address that {@link #execute} would give, or -1 where it would have to walk. */
    public long executable(long linear) {
        int i = index(linear);
        return executeTag[i] == (linear & PAGE) ? (int) linear + executeOffset[i] & 0xffffffffL : -1;
    }

    public long load8(long linear) {
        long entry = entry(linear);
        return Ram.get64(readTag, entry) == (linear & PAGE)
                ? Ram.get8(ram, linear + Ram.get64(readOffset, entry))
                : loadSlow(linear, 1);
    }

    /** The load of a read-modify-write: faults as a write does. */
    public long loadForStore8(long linear) {
        long entry = entry(linear);
        return Ram.get64(writeTag, entry) == (linear & PAGE)
                ? Ram.get8(ram, linear + Ram.get64(writeOffset, entry))
                : loadForStoreSlow(linear, 1);
    }

    public void store8(long linear, long value) {
        long entry = entry(linear);
        if (Ram.get64(writeTag, entry) == (linear & PAGE)) {
            Ram.put8(ram, linear + Ram.get64(writeOffset, entry), value);
        } else {
            storeSlow(linear, 1, value);
        }
    }

    public long load16(long linear) {
        long entry = entry(linear);
        return Ram.get64(readTag, entry) == (linear + 1 & PAGE)
                ? Ram.get16(ram, linear + Ram.get64(readOffset, entry))
                : loadSlow(linear, 2);
    }

    /** The load of a read-modify-write: faults as a write does. */
    public long loadForStore16(long linear) {
        long entry = entry(linear);
        return Ram.get64(writeTag, entry) == (linear + 1 & PAGE)
                ? Ram.get16(ram, linear + Ram.get64(writeOffset, entry))
                : loadForStoreSlow(linear, 2);
    }

    public void store16(long linear, long value) {
        long entry = entry(linear);
        if (Ram.get64(writeTag, entry) == (linear + 1 & PAGE)) {
            Ram.put16(ram, linear + Ram.get64(writeOffset, entry), value);
        } else {
            storeSlow(linear, 2, value);
        }
    }

    public long load32(long linear) {
        long entry = entry(linear);
        return Ram.get64(readTag, entry) == (linear + 3 & PAGE)
                ? Ram.get32(ram, linear + Ram.get64(readOffset, entry))
                : loadSlow(linear, 4);
    }

    /** The load of a read-modify-write: faults as a write does. */
    public long loadForStore32(long linear) {
        long entry = entry(linear);
        return Ram.get64(writeTag, entry) == (linear + 3 & PAGE)
                ? Ram.get32(ram, linear + Ram.get64(writeOffset, entry))
                : loadForStoreSlow(linear, 4);
    }

    public void store32(long linear, long value) {
        long entry = entry(linear);
        if (Ram.get64(writeTag, entry) == (linear + 3 & PAGE)) {
            Ram.put32(ram, linear + Ram.get64(writeOffset, entry), value);
        } else {
            storeSlow(linear, 4, value);
        }
    }

    public long load64(long linear) {
        long entry = entry(linear);
        return Ram.get64(readTag, entry) == (linear + 7 & PAGE)
                ? Ram.get64(ram, linear + Ram.get64(readOffset, entry))
                : loadSlow(linear, 8);
    }

    /** The load of a read-modify-write: faults as a write does. */
    public long loadForStore64(long linear) {
        long entry = entry(linear);
        return Ram.get64(writeTag, entry) == (linear + 7 & PAGE)
                ? Ram.get64(ram, linear + Ram.get64(writeOffset, entry))
                : loadForStoreSlow(linear, 8);
    }

    public void store64(long linear, long value) {
        long entry = entry(linear);
        if (Ram.get64(writeTag, entry) == (linear + 7 & PAGE)) {
            Ram.put64(ram, linear + Ram.get64(writeOffset, entry), value);
        } else {
            storeSlow(linear, 8, value);
        }
    }

    /** Loads by size in bytes: 1, 2, 4 or 8. */
    public long load(long linear, int size) {
        return switch (size) {
            case 1 -> load8(linear);
            case 2 -> load16(linear);
            case 4 -> load32(linear);
            case 8 -> load64(linear);
            default -> throw new IllegalArgumentException("size " + size);
        };
    }

    /** Read-modify-write loads by size in bytes: 1, 2, 4 or 8. */
    public long loadForStore(long linear, int size) {
        return switch (size) {
            case 1 -> loadForStore8(linear);
            case 2 -> loadForStore16(linear);
            case 4 -> loadForStore32(linear);
            case 8 -> loadForStore64(linear);
            default -> throw new IllegalArgumentException("size " + size);
        };
    }

    /**
     * Stores {@code value} again and again, upwards, as far as one page goes.
     *
     * @param size of the value: 1, 2, 4 or 8
     * @return bytes stored, a multiple of {@code size} and at most {@code bytes}; 0 where stores must go one by one
     */
    public int fill(long linear, int size, long value, int bytes) {
        int i = index(linear);
        if (writeTag[i] != (linear & PAGE)) {
            return 0;
        }
        int room = (int) (FRAME_SIZE - (linear & FRAME_SIZE - 1));
        int count = Math.min(bytes, room) / size * size;
        int from = (int) (linear + writeOffset[i] - Ram.BYTES);
        boolean uniform = value == 0;
        if (size == 1 || uniform) {
            Arrays.fill(ram, from, from + count, (byte) value);
        } else {
            for (long at = Ram.BYTES + from; at < Ram.BYTES + from + count; at += size) {
                switch (size) {
                    case 2 -> Ram.put16(ram, at, value);
                    case 4 -> Ram.put32(ram, at, value);
                    default -> Ram.put64(ram, at, value);
                }
            }
        }
        return count;
    }

    /**
     * Copies upwards, as far as the pages of both addresses go.
     *
     * @param size of an element
     * @return bytes copied, a multiple of {@code size} and at most {@code bytes}; 0 where elements must go one by one
     */
    public int copy(long to, long from, int size, int bytes) {
        int w = index(to);
        int r = index(from);
        if (writeTag[w] != (to & PAGE) || readTag[r] != (from & PAGE)) {
            return 0;
        }
        int target = (int) (to + writeOffset[w] - Ram.BYTES);
        int source = (int) (from + readOffset[r] - Ram.BYTES);
        int room = (int) (FRAME_SIZE - Math.max(to & FRAME_SIZE - 1, from & FRAME_SIZE - 1));
        int count = Math.min(bytes, room) / size * size;
        if (target > source && target < source + count) {
            // An upward copy onto its own source repeats a pattern, which arraycopy does not.
            return 0;
        }
        System.arraycopy(ram, source, ram, target, count);
        return count;
    }

    /** Stores by size in bytes: 1, 2, 4 or 8. */
    public void store(long linear, int size, long value) {
        switch (size) {
            case 1 -> store8(linear, value);
            case 2 -> store16(linear, value);
            case 4 -> store32(linear, value);
            case 8 -> store64(linear, value);
            default -> throw new IllegalArgumentException("size " + size);
        }
    }
}
