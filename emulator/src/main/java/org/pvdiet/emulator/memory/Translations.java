package org.pvdiet.emulator.memory;

import static org.pvdiet.emulator.memory.PhysicalMemory.FRAME_SHIFT;
import static org.pvdiet.emulator.memory.PhysicalMemory.FRAME_SIZE;

import java.util.Arrays;

/** A direct-mapped cache of translations. */
final class Translations {
    static final int ENTRIES = 1024;
    private static final int MASK = ENTRIES - 1;
    private static final int TABLE_ENTRIES = 512;

    // An entry's words: for each kind of access the address of the page that it finds there, and what to add to
    // a linear address of that page for its place, as Ram has it. They share a line of the processor's cache.
    static final int READ = 0;
    static final int OFFSET = 1;
    static final int WRITE = 2;
    static final int EXECUTE = 3;
    static final int LOG_WORDS = 2;

    /** Matches no page address. */
    private static final long EMPTY = 1;

    final long[] words = new long[ENTRIES << LOG_WORDS];

    /** Physical addresses of the page-table entries that translations rest on. */
    private final long[] entries = new long[ENTRIES];

    private final boolean[] global = new boolean[ENTRIES];

    // The entries that have been of no global page since those were dropped last; and those of global pages likewise.
    private final Entries locals = new Entries();
    private final Entries globals = new Entries();

    // Log2 of the size of the page that an entry is a piece of: INVLPG drops all its pieces.
    private final byte[] pageShift = new byte[ENTRIES];
    private boolean holdsLarge;

    /** Which drop of all write sides was the last that has been done here. */
    long writeDrops;

    /** Numbers of entries, each once. */
    private static final class Entries {
        private final short[] numbers = new short[ENTRIES];
        private final boolean[] contained = new boolean[ENTRIES];
        private int count;

        void add(int entry) {
            if (!contained[entry]) {
                contained[entry] = true;
                numbers[count++] = (short) entry;
            }
        }

        int remove() {
            int entry = numbers[--count];
            contained[entry] = false;
            return entry;
        }
    }

    Translations() {
        Arrays.fill(words, EMPTY);
    }

    private static int index(long linear) {
        return (int) (linear >>> FRAME_SHIFT) & MASK;
    }

    void flush(boolean keepGlobal) {
        drop(locals, false);
        if (!keepGlobal) {
            drop(globals, true);
            holdsLarge = false;
        }
    }

    /** An entry that has been of another kind of page since is not of these any more. */
    private void drop(Entries entries, boolean ofGlobalPages) {
        while (entries.count > 0) {
            int entry = entries.remove();
            if (global[entry] == ofGlobalPages) {
                drop(entry);
            }
        }
    }

    void dropWrites() {
        for (int i = WRITE; i < words.length; i += 1 << LOG_WORDS) {
            words[i] = EMPTY;
        }
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

    /** Whether an address's entry is of a global page. */
    boolean isGlobal(long linear) {
        return global[index(linear)];
    }

    /** Drops what rests on an entry of a level-1 table: the entry's number in it is the low half of the page's. */
    void dropRestingOn(long at) {
        for (int i = (int) (at >>> 3) & TABLE_ENTRIES - 1; i < ENTRIES; i += TABLE_ENTRIES) {
            if (entries[i] == at) {
                drop(i);
            }
        }
    }

    private long page(int i) {
        long read = word(i, READ);
        long write = word(i, WRITE);
        return read != EMPTY ? read : write != EMPTY ? write : word(i, EXECUTE);
    }

    private long word(int i, int which) {
        return words[(i << LOG_WORDS) + which];
    }

    private void drop(int i) {
        Arrays.fill(words, i << LOG_WORDS, i + 1 << LOG_WORDS, EMPTY);
    }

    /**
     * A page that was just walked to is found by a kind of access from now on. An entry of another page, or of the same
     * where it led elsewhere, leaves its place as a whole, so that the place's offset and global mark hold for each kind.
     */
    void add(int kind, long linear, long offset, Mmu walked) {
        int i = index(linear);
        long page = linear & -FRAME_SIZE;
        long before = page(i);
        if (before != EMPTY && (before != page || word(i, OFFSET) != offset)) {
            drop(i);
        }
        words[(i << LOG_WORDS) + kind] = page;
        words[(i << LOG_WORDS) + OFFSET] = offset;
        boolean ofGlobalPage = walked.walkedGlobal();
        entries[i] = walked.walkedEntry();
        global[i] = ofGlobalPage;
        (ofGlobalPage ? globals : locals).add(i);
        pageShift[i] = (byte) walked.walkedShift();
        holdsLarge |= pageShift[i] > FRAME_SHIFT;
    }
}
