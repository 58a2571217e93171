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
    public static final int ENTRIES = 1024;

    private static final int MASK = ENTRIES - 1;
    private static final long PAGE = -FRAME_SIZE;

    /** Matches no page address. */
    private static final long EMPTY = 1;

    private final Mmu mmu;
    private final PhysicalMemory memory;
    private final byte[] ram;
    private final boolean user;

    private final long[] readTag = new long[ENTRIES];
    private final long[] writeTag = new long[ENTRIES];
    private final long[] executeTag = new long[ENTRIES];

    // What to add to a linear address of the page for its place, as Ram has it.
    private final long[] readOffset = new long[ENTRIES];
    private final long[] writeOffset = new long[ENTRIES];

    // Physical minus linear address of the page, modulo 2^32: RAM is below 2 GiB.
    private final int[] executeOffset = new int[ENTRIES];
    private final boolean[] global = new boolean[ENTRIES];
    private boolean holdsGlobal;

    // The entries that have been of no global page since the last flush, each once: a flush is for these.
    private final int[] local = new int[ENTRIES];
    private final boolean[] isLocal = new boolean[ENTRIES];
    private int locals;

    // Log2 of the size of the page that an entry is a piece of: INVLPG drops all its pieces.
    private final byte[] pageShift = new byte[ENTRIES];
    private boolean holdsLarge;

    /** Null but for debugging; otherwise the read and write sides of the cache stay empty. */
    private AccessListener listener;

    LinearMemory(Mmu mmu, PhysicalMemory memory, boolean user) {
        this.mmu = mmu;
        this.memory = memory;
        this.ram = memory.ram();
        this.user = user;
        clear();
    }

    void watch(AccessListener accesses) {
        listener = accesses;
    }

    void flush(boolean keepGlobal) {
        for (int i = 0; i < locals; i++) {
            int entry = local[i];
            isLocal[entry] = false;
            if (!global[entry]) {
                drop(entry);
            }
        }
        locals = 0;
        if (!keepGlobal) {
            if (holdsGlobal) {
                clear();
            }
            holdsLarge = false;
        }
    }

    private void clear() {
        Arrays.fill(readTag, EMPTY);
        Arrays.fill(writeTag, EMPTY);
        Arrays.fill(executeTag, EMPTY);
        holdsGlobal = false;
    }

    private void drop(int i) {
        readTag[i] = EMPTY;
        writeTag[i] = EMPTY;
        executeTag[i] = EMPTY;
    }

    void invalidatePage(long linear) {
        drop(index(linear));
        if (holdsLarge) {
            for (int i = 0; i < ENTRIES; i++) {
                if (pageShift[i] > FRAME_SHIFT && (page(i) ^ linear) >>> pageShift[i] == 0) {
                    drop(i);
                }
            }
        }
    }

    private long page(int i) {
        return readTag[i] != EMPTY ? readTag[i] : writeTag[i] != EMPTY ? writeTag[i] : executeTag[i];
    }

    void dropWrites() {
        Arrays.fill(writeTag, EMPTY);
    }

    private static int index(long linear) {
        return (int) (linear >>> FRAME_SHIFT) & MASK;
    }

    /** An entry of another page leaves its slot as a whole, so that the slot's global mark speaks of one page. */
    private void claim(int i, long page) {
        if (readTag[i] != page && writeTag[i] != page && executeTag[i] != page) {
            drop(i);
        }
        global[i] = mmu.walkedGlobal();
        holdsGlobal |= global[i];
        if (!global[i] && !isLocal[i]) {
            isLocal[i] = true;
            local[locals++] = i;
        }
        pageShift[i] = (byte) mmu.walkedShift();
        holdsLarge |= pageShift[i] > FRAME_SHIFT;
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
            claim(i, linear & PAGE);
            executeTag[i] = linear & PAGE;
            executeOffset[i] = (int) (physical - linear);
        }
        return physical;
    }

    private long read(long linear) {
        long physical = mmu.walk(linear, Mmu.READ, user);
        if (listener == null && memory.isReadable(physical >>> FRAME_SHIFT)) {
            int i = index(linear);
            claim(i, linear & PAGE);
            readTag[i] = linear & PAGE;
            readOffset[i] = physical - linear + Ram.BYTES;
        }
        return physical;
    }

    private long write(long linear) {
        long physical = mmu.walk(linear, Mmu.WRITE, user);
        if (listener == null && mmu.walkedWritable() && memory.isPlain(physical >>> FRAME_SHIFT)) {
            int i = index(linear);
            claim(i, linear & PAGE);
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
        return executeTag[i] == (linear & PAGE) && global[i];
    }

    /** The physical address that {@link #execute} would give, or -1 where it would have to walk. */
    public long executable(long linear) {
        int i = index(linear);
        return executeTag[i] == (linear & PAGE) ? (int) linear + executeOffset[i] & 0xffffffffL : -1;
    }

    public long load8(long linear) {
        int i = index(linear);
        if (readTag[i] == (linear & PAGE)) {
            return Ram.get8(ram, linear + readOffset[i]);
        }
        return loadSlow(linear, 1);
    }

    /** The load of a read-modify-write: faults as a write does. */
    public long loadForStore8(long linear) {
        int i = index(linear);
        if (writeTag[i] == (linear & PAGE)) {
            return Ram.get8(ram, linear + writeOffset[i]);
        }
        checkWrite(linear, 1);
        return loadSlow(linear, 1);
    }

    public void store8(long linear, long value) {
        int i = index(linear);
        if (writeTag[i] == (linear & PAGE)) {
            Ram.put8(ram, linear + writeOffset[i], value);
        } else {
            storeSlow(linear, 1, value);
        }
    }

    public long load16(long linear) {
        int i = index(linear);
        if (readTag[i] == (linear & PAGE) && (linear & FRAME_SIZE - 1) <= FRAME_SIZE - 2) {
            return Ram.get16(ram, linear + readOffset[i]);
        }
        return loadSlow(linear, 2);
    }

    /** The load of a read-modify-write: faults as a write does. */
    public long loadForStore16(long linear) {
        int i = index(linear);
        if (writeTag[i] == (linear & PAGE) && (linear & FRAME_SIZE - 1) <= FRAME_SIZE - 2) {
            return Ram.get16(ram, linear + writeOffset[i]);
        }
        checkWrite(linear, 2);
        return loadSlow(linear, 2);
    }

    public void store16(long linear, long value) {
        int i = index(linear);
        if (writeTag[i] == (linear & PAGE) && (linear & FRAME_SIZE - 1) <= FRAME_SIZE - 2) {
            Ram.put16(ram, linear + writeOffset[i], value);
        } else {
            storeSlow(linear, 2, value);
        }
    }

    public long load32(long linear) {
        int i = index(linear);
        if (readTag[i] == (linear & PAGE) && (linear & FRAME_SIZE - 1) <= FRAME_SIZE - 4) {
            return Ram.get32(ram, linear + readOffset[i]);
        }
        return loadSlow(linear, 4);
    }

    /** The load of a read-modify-write: faults as a write does. */
    public long loadForStore32(long linear) {
        int i = index(linear);
        if (writeTag[i] == (linear & PAGE) && (linear & FRAME_SIZE - 1) <= FRAME_SIZE - 4) {
            return Ram.get32(ram, linear + writeOffset[i]);
        }
        checkWrite(linear, 4);
        return loadSlow(linear, 4);
    }

    public void store32(long linear, long value) {
        int i = index(linear);
        if (writeTag[i] == (linear & PAGE) && (linear & FRAME_SIZE - 1) <= FRAME_SIZE - 4) {
            Ram.put32(ram, linear + writeOffset[i], value);
        } else {
            storeSlow(linear, 4, value);
        }
    }

    public long load64(long linear) {
        int i = index(linear);
        if (readTag[i] == (linear & PAGE) && (linear & FRAME_SIZE - 1) <= FRAME_SIZE - 8) {
            return Ram.get64(ram, linear + readOffset[i]);
        }
        return loadSlow(linear, 8);
    }

    /** The load of a read-modify-write: faults as a write does. */
    public long loadForStore64(long linear) {
        int i = index(linear);
        if (writeTag[i] == (linear & PAGE) && (linear & FRAME_SIZE - 1) <= FRAME_SIZE - 8) {
            return Ram.get64(ram, linear + writeOffset[i]);
        }
        checkWrite(linear, 8);
        return loadSlow(linear, 8);
    }

    public void store64(long linear, long value) {
        int i = index(linear);
        if (writeTag[i] == (linear & PAGE) && (linear & FRAME_SIZE - 1) <= FRAME_SIZE - 8) {
            Ram.put64(ram, linear + writeOffset[i], value);
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
