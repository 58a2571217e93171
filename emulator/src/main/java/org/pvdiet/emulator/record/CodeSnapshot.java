package org.pvdiet.emulator.record;

import java.util.HashMap;
import java.util.Map;
import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.memory.PhysicalMemory;

/** Pages of the guest's code as they were at one moment, so that another thread can read them while the guest goes on. */
final class CodeSnapshot {
    /** INT3, which no function goes on after. */
    private static final int NOT_MAPPED = 0xcc;

    private static final byte[] NOTHING = {};

    private final Map<Long, byte[]> pages = new HashMap<>();

    /** The page that was read last: code is read byte by byte. */
    private long latest;

    private byte[] latestPage;

    /** Keeps the pages of {@code length} bytes from a linear address on. */
    void keep(Mmu mmu, long address, long length) {
        long last = address + length - 1 >> PhysicalMemory.FRAME_SHIFT;
        for (long page = address >> PhysicalMemory.FRAME_SHIFT; page <= last; page++) {
            pages.computeIfAbsent(page, number -> content(mmu, number << PhysicalMemory.FRAME_SHIFT));
        }
    }

    private static byte[] content(Mmu mmu, long address) {
        long physical = mmu.peek(address);
        return physical < 0 || physical >= mmu.memory().size()
                ? NOTHING
                : mmu.memory().read(physical, PhysicalMemory.FRAME_SIZE, new byte[PhysicalMemory.FRAME_SIZE]);
    }

    boolean isMapped(long address) {
        return page(address).length > 0;
    }

    /** The byte at an address, unsigned. */
    int read(long address) {
        byte[] page = page(address);
        return page.length == 0 ? NOT_MAPPED : page[(int) address & PhysicalMemory.FRAME_SIZE - 1] & 0xff;
    }

    private byte[] page(long address) {
        long number = address >> PhysicalMemory.FRAME_SHIFT;
        if (latestPage == null || number != latest) {
            latestPage = pages.get(number);
            latest = number;
        }
        if (latestPage == null) {
            throw new IllegalStateException(String.format("the page at %#x was not kept", address));
        }
        return latestPage;
    }
}
