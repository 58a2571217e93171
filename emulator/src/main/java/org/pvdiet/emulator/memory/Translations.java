package org.pvdiet.emulator.memory;

import static org.pvdiet.emulator.memory.PhysicalMemory.FRAME_SHIFT;
import static org.pvdiet.emulator.memory.PhysicalMemory.FRAME_SIZE;

import java.util.Arrays;

/** A direct-mapped cache of translations, with a side for each kind of access. */
final class Translations {
    static final int ENTRIES = 1024;
    private static final int MASK = ENTRIES - 1;

    /** Matches no page address. */
    private static final long EMPTY = 1;

    /** To move more global entries takes longer than what it saves. */
    private static final int FEW = 64;

    final long[] readTag = new long[ENTRIES];
    final long[] writeTag = new long[ENTRIES];
    final long[] executeTag = new long[ENTRIES];

    // What to add to a linear address of the page for its place, as Ram has it.
    final long[] readOffset = new long[ENTRIES];
    final long[] writeOffset = new long[ENTRIES];

    // Physical minus linear address of the page, modulo 2^32: RAM is below 2 GiB.
    final int[] executeOffset = new int[ENTRIES];
    final boolean[] global = new boolean[ENTRIES];

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
        Arrays.fill(readTag, EMPTY);
        Arrays.fill(writeTag, EMPTY);
        Arrays.fill(executeTag, EMPTY);
    }

    static int index(long linear) {
        return (int) (linear >>> FRAME_SHIFT) & MASK;
    }

    void flush(boolean keepGlobal) {
        drop(locals, false);
        if (!keepGlobal) {
            dropGlobals();
            holdsLarge = false;
        }
    }

    void dropGlobals() {
        drop(globals, true);
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

    boolean holdsFewGlobals() {
        return globals.count <= FEW;
    }

    /** Global pages go with the processor to another root's translations, where these leave room. */
    void moveGlobals(Translations to) {
        while (globals.count > 0) {
            int entry = globals.remove();
            if (global[entry] && page(entry) != EMPTY) {
                if (to.page(entry) == EMPTY) {
                    to.readTag[entry] = readTag[entry];
                    to.writeTag[entry] = writeTag[entry];
                    to.executeTag[entry] = executeTag[entry];
                    to.readOffset[entry] = readOffset[entry];
                    to.writeOffset[entry] = writeOffset[entry];
                    to.executeOffset[entry] = executeOffset[entry];
                    to.mark(entry, true, pageShift[entry]);
                }
                drop(entry);
            }
        }
    }

    void dropWrites() {
        Arrays.fill(writeTag, EMPTY);
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

    private void drop(int i) {
        readTag[i] = EMPTY;
        writeTag[i] = EMPTY;
        executeTag[i] = EMPTY;
    }

    /**
     * An entry of another page leaves its slot as a whole, so that the slot's global mark speaks of one page.
     *
     * @return the slot
     */
    int claim(long linear, boolean ofGlobalPage, int shift) {
        int i = index(linear);
        long page = linear & -FRAME_SIZE;
        if (readTag[i] != page && writeTag[i] != page && executeTag[i] != page) {
            drop(i);
        }
        mark(i, ofGlobalPage, shift);
        return i;
    }

    private void mark(int i, boolean ofGlobalPage, int shift) {
        global[i] = ofGlobalPage;
        if (ofGlobalPage) {
            globals.add(i);
        } else {
            locals.add(i);
        }
        pageShift[i] = (byte) shift;
        holdsLarge |= shift > FRAME_SHIFT;
    }
}
