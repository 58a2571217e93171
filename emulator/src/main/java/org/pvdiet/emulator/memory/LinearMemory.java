package org.pvdiet.emulator.memory;

import static org.pvdiet.emulator.memory.PhysicalMemory.FRAME_SHIFT;
import static org.pvdiet.emulator.memory.PhysicalMemory.FRAME_SIZE;

/**
 * Linear addresses as one privilege sees them: loads, stores and fetches through a direct-mapped translation cache. All
 * loads are zero-extended; all stores take the low bytes. Any access may throw {@link MemoryFault}, and then nothing has
 * been written.
 *
 * <p>A page is in the write side of the cache only where a store needs nothing but the store: writable, dirty, RAM, and in
 * a frame without flags.
 */
public final class LinearMemory {
    private static final int LOG_LONG = 3;

    /** What an address is shifted by for {@link #ENTRY_MASK}. */
    public static final int ENTRY_SHIFT = FRAME_SHIFT - Translations.LOG_WORDS - LOG_LONG;

    /** Of an address, shifted: which entry it is that its page can be in, as that entry's offset in bytes. */
    public static final int ENTRY_MASK = Translations.ENTRIES - 1 << Translations.LOG_WORDS + LOG_LONG;

    // Offsets in bytes of an entry's words.

    /** The page that loads find here. */
    public static final int READ = Translations.READ << LOG_LONG;

    /** What to add to an address in a page that is found for its place in RAM. */
    public static final int OFFSET = Translations.OFFSET << LOG_LONG;

    /** The page that stores find here. */
    public static final int WRITE = Translations.WRITE << LOG_LONG;

    private static final int EXECUTE = Translations.EXECUTE << LOG_LONG;

    private static final long PAGE = -FRAME_SIZE;

    private final Mmu mmu;
    private final PhysicalMemory memory;
    /** Place of RAM's first byte. */
    private final long ram;

    private final boolean user;

    private Translations translations;
    private long[] words;

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

    /** Goes on with other translations. */
    void use(Translations others) {
        if (others.writeDrops != writeDrops) {
            others.dropWrites();
            others.writeDrops = writeDrops;
        }
        translations = others;
        words = others.words;
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

    /** Where the words of an address's entry lie, as {@link Ram} has it. */
    private static long entry(long linear) {
        return ((int) linear >>> ENTRY_SHIFT & ENTRY_MASK) + (int) Ram.LONGS;
    }

    private static boolean holds(long[] words, long entry, long kind, long linear) {
        return Ram.get64(words, entry + kind) == (linear & PAGE);
    }

    private static long place(long[] words, long entry, long linear) {
        return linear + Ram.get64(words, entry + OFFSET);
    }

    private void add(int kind, long linear, long physical) {
        translations.add(kind, linear, physical - linear + ram, mmu);
    }

    /**
     * The physical address to fetch an instruction byte from.
     *
     * @throws MemoryFault where the page may not be executed
     */
    public long execute(long linear) {
        long entry = entry(linear);
        if (holds(words, entry, EXECUTE, linear)) {
            return physical(place(words, entry, linear));
        }
        long physical = mmu.walk(linear, Mmu.EXECUTE, user);
        mmu.fetched(linear);
        if (memory.isReadable(physical >>> FRAME_SHIFT)) {
            add(Translations.EXECUTE, linear, physical);
        }
        return physical;
    }

    private long read(long linear) {
        long physical = mmu.walk(linear, Mmu.READ, user);
        if (listener == null && memory.isReadable(physical >>> FRAME_SHIFT)) {
            add(Translations.READ, linear, physical);
        }
        return physical;
    }

    private long write(long linear) {
        long physical = mmu.walk(linear, Mmu.WRITE, user);
        if (listener == null && mmu.walkedWritable() && memory.isPlain(physical >>> FRAME_SHIFT)) {
            add(Translations.WRITE, linear, physical);
        }
        return physical;
    }

    /**
     * Checks that {@code size} bytes could be written, without writing.
     *
     * @throws MemoryFault where a store to them would fault
     */
    public void checkWrite(long linear, int size) {
        if (!holds(words, entry(linear), WRITE, linear)) {
            write(linear);
        }
        long last = linear + size - 1;
        if ((last & PAGE) != (linear & PAGE) && !holds(words, entry(last), WRITE, last)) {
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

    // An access is looked up by the page of its last byte: where that is not the first byte's, it is not the entry's.

    // For translated code, which looks accesses up itself and makes those that it finds.

    /**
     * The translation cache: the words of an address's entry begin at {@link #ENTRY_MASK} of its bits from {@link
     * #ENTRY_SHIFT} on, as {@link Ram} has it.
     */
    public long[] words() {
        return words;
    }

    /** The physical address of a byte of RAM, by its place. */
    public long physical(long place) {
        return place - ram;
    }

    /** True where {@link #execute} finds what it gives in the cache, and CR3 loads leave it there. */
    public boolean isExecutableGlobally(long linear) {
        return holds(words, entry(linear), EXECUTE, linear) && translations.isGlobal(linear);
    }

    /** The physical address that {@link #execute} would give, or -1 where it would have to walk. */
    public long executable(long linear) {
        long entry = entry(linear);
        return holds(words, entry, EXECUTE, linear) ? physical(place(words, entry, linear)) : -1;
    }

    public long load8(long linear) {
        long entry = entry(linear);
        return holds(words, entry, READ, linear) ? Ram.get8(place(words, entry, linear)) : loadSlow(linear, 1);
    }

    /** The load of a read-modify-write: faults as a write does. */
    public long loadForStore8(long linear) {
        long entry = entry(linear);
        return holds(words, entry, WRITE, linear) ? Ram.get8(place(words, entry, linear)) : loadForStoreSlow(linear, 1);
    }

    public void store8(long linear, long value) {
        long entry = entry(linear);
        if (holds(words, entry, WRITE, linear)) {
            Ram.put8(place(words, entry, linear), value);
        } else {
            storeSlow(linear, 1, value);
        }
    }

    public long load16(long linear) {
        long entry = entry(linear);
        return holds(words, entry, READ, linear + 1) ? Ram.get16(place(words, entry, linear)) : loadSlow(linear, 2);
    }

    /** The load of a read-modify-write: faults as a write does. */
    public long loadForStore16(long linear) {
        long entry = entry(linear);
        return holds(words, entry, WRITE, linear + 1)
                ? Ram.get16(place(words, entry, linear))
                : loadForStoreSlow(linear, 2);
    }

    public void store16(long linear, long value) {
        long entry = entry(linear);
        if (holds(words, entry, WRITE, linear + 1)) {
            Ram.put16(place(words, entry, linear), value);
        } else {
            storeSlow(linear, 2, value);
        }
    }

    public long load32(long linear) {
        long entry = entry(linear);
        return holds(words, entry, READ, linear + 3) ? Ram.get32(place(words, entry, linear)) : loadSlow(linear, 4);
    }

    /** The load of a read-modify-write: faults as a write does. */
    public long loadForStore32(long linear) {
        long entry = entry(linear);
        return holds(words, entry, WRITE, linear + 3)
                ? Ram.get32(place(words, entry, linear))
                : loadForStoreSlow(linear, 4);
    }

    public void store32(long linear, long value) {
        long entry = entry(linear);
        if (holds(words, entry, WRITE, linear + 3)) {
            Ram.put32(place(words, entry, linear), value);
        } else {
            storeSlow(linear, 4, value);
        }
    }

    public long load64(long linear) {
        long entry = entry(linear);
        return holds(words, entry, READ, linear + 7) ? Ram.get64(place(words, entry, linear)) : loadSlow(linear, 8);
    }

    /** The load of a read-modify-write: faults as a write does. */
    public long loadForStore64(long linear) {
        long entry = entry(linear);
        return holds(words, entry, WRITE, linear + 7)
                ? Ram.get64(place(words, entry, linear))
                : loadForStoreSlow(linear, 8);
    }

    public void store64(long linear, long value) {
        long entry = entry(linear);
        if (holds(words, entry, WRITE, linear + 7)) {
            Ram.put64(place(words, entry, linear), value);
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
        int room = (int) (FRAME_SIZE - (linear & FRAME_SIZE - 1));
        int count = Math.min(bytes, room) / size * size;
        long from = overwritten(linear, count);
        if (from < 0) {
            return 0;
        }
        if (size == 1 || value == 0) {
            Ram.fill(from, count, (byte) value);
            return count;
        }
        for (long at = from; at < from + count; at += size) {
            switch (size) {
                case 2 -> Ram.put16(at, value);
                case 4 -> Ram.put32(at, value);
                default -> Ram.put64(at, value);
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
        long entry = entry(from);
        if (!holds(words, entry, READ, from)) {
            return 0;
        }
        int room = (int) (FRAME_SIZE - Math.max(to & FRAME_SIZE - 1, from & FRAME_SIZE - 1));
        int count = Math.min(bytes, room) / size * size;
        long source = place(words, entry, from);
        long target = overwritten(to, count);
        if (target < 0) {
            return 0;
        }
        if (target > source && target < source + count) {
            // An upward copy onto its own source repeats a pattern, which a copy of all at once does not.
            return 0;
        }
        Ram.copy(source, target, count);
        return count;
    }

    /**
     * Where so many bytes of a page are in RAM, about to be overwritten; -1 where each must be stored by itself.
     *
     * @throws MemoryFault where a store to the first would fault
     */
    private long overwritten(long linear, int bytes) {
        long entry = entry(linear);
        if (holds(words, entry, WRITE, linear)) {
            return place(words, entry, linear);
        }
        if (listener != null || bytes == 0) {
            return -1;
        }
        long physical = write(linear);
        return memory.overwrite(physical, bytes) ? ram + physical : -1;
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
