package org.pvdiet.emulator.platform.xenpv;

import java.nio.charset.StandardCharsets;
import org.pvdiet.emulator.memory.LinearMemory;
import org.pvdiet.emulator.memory.MemoryFault;

/**
 * The guest's linear memory as Xen reads and writes it for hypercalls and frames: through the guest's page tables, never
 * Xen's own area. Every access throws {@link BadGuestAddress} where it is not possible.
 */
final class GuestMemory {
    private static final long XEN_START = 0xffff_8000_0000_0000L;
    private static final long XEN_END = 0xffff_8800_0000_0000L;

    private final LinearMemory memory;

    GuestMemory(LinearMemory supervisor) {
        this.memory = supervisor;
    }

    /** __addr_ok: canonical and not Xen's. */
    static boolean isGuests(long address) {
        return isCanonical(address) && !(address >= XEN_START && address < XEN_END);
    }

    static boolean isCanonical(long address) {
        return address << 16 >> 16 == address;
    }

    long load(long address, int size) {
        check(address, size);
        try {
            return memory.load(address, size);
        } catch (MemoryFault e) {
            throw new BadGuestAddress(e.address());
        }
    }

    void store(long address, int size, long value) {
        check(address, size);
        try {
            memory.store(address, size, value);
        } catch (MemoryFault e) {
            throw new BadGuestAddress(e.address());
        }
    }

    private static void check(long address, int size) {
        if (!isGuests(address) || !isGuests(address + size - 1)) {
            throw new BadGuestAddress(address);
        }
    }

    long load64(long address) {
        return load(address, 8);
    }

    int load32(long address) {
        return (int) load(address, 4);
    }

    int load16(long address) {
        return (int) load(address, 2);
    }

    int load8(long address) {
        return (int) load(address, 1);
    }

    void store64(long address, long value) {
        store(address, 8, value);
    }

    void store32(long address, int value) {
        store(address, 4, value);
    }

    byte[] load(long address, byte[] into) {
        for (int i = 0; i < into.length; i++) {
            into[i] = (byte) load8(address + i);
        }
        return into;
    }

    /** Writes a string into a field of fixed size, the rest zero. */
    void storeString(long address, String text, int size) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < size; i++) {
            store(address + i, 1, i < bytes.length ? bytes[i] : 0);
        }
    }
}
