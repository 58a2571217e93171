package org.pvdiet.emulator.memory;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.ref.Cleaner;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory outside of Java's heap, all of it zero at first, freed when nobody has this object any more. The host finds its pages when
 * they are touched, and a guest touches less than half of its RAM in a boot. An array is cleared from end to end before
 * anybody has it: that takes 40 ms for a guest's RAM, half a second in a virtual machine whose own host must find the
 * memory, and meanwhile other threads of HotSpot's wait.
 */
final class HostMemory {
    /** By page of the process: a word, Linux's Documentation/admin-guide/mm/pagemap.rst. */
    private static final Path PAGEMAP = Path.of("/proc/self/pagemap");

    /** A page is in memory or in swap: in a word's highest byte. */
    private static final int TOUCHED = 0xc0;

    /** So many bytes are cleared at once: HotSpot stops no thread meanwhile. */
    private static final long PART = 1 << 20;

    /** Where so many bytes are in use, those are looked for that need not be: the collector does not see them. */
    private static final long MANY = 1L << 30;

    private static final AtomicLong IN_USE = new AtomicLong();
    private static final Cleaner CLEANER = Cleaner.create();

    /** Place of the first byte, as {@link Ram} has it. */
    final long place;

    /** @throws OutOfMemoryError where the host has no such memory */
    HostMemory(long bytes) {
        this(bytes, PAGEMAP);
    }

    HostMemory(long bytes, Path pagemap) {
        long page = Ram.pageSize();
        long pages = (bytes + page - 1) / page;
        if (IN_USE.get() + bytes > MANY) {
            System.gc();
        }
        long allocated = Ram.allocate((pages + 1) * page);
        IN_USE.addAndGet(bytes);
        CLEANER.register(this, () -> {
            Ram.free(allocated);
            IN_USE.addAndGet(-bytes);
        });
        place = (allocated + page - 1) / page * page;
        clear(page, (int) pages, pagemap);
    }

    /** Clears pages that somebody has touched before; one that nobody has touched is zero when it is. */
    private void clear(long page, int pages, Path pagemap) {
        byte[] words;
        try {
            words = words(place / page, pages, pagemap);
        } catch (IOException e) {
            // No Linux, or one that does not tell.
            for (long done = 0; done < pages * page; done += PART) {
                Ram.fill(place + done, Math.min(PART, pages * page - done), (byte) 0);
            }
            return;
        }
        for (int i = 0; i < pages; i++) {
            if ((words[i * Long.BYTES + Long.BYTES - 1] & TOUCHED) != 0) {
                Ram.fill(place + i * page, page, (byte) 0);
            }
        }
    }

    private static byte[] words(long firstPage, int pages, Path pagemap) throws IOException {
        byte[] words = new byte[pages * Long.BYTES];
        try (RandomAccessFile file = new RandomAccessFile(pagemap.toFile(), "r")) {
            file.seek(firstPage * Long.BYTES);
            file.readFully(words);
        }
        return words;
    }
}
