package org.pvdiet.emulator.memory;

import com.google.common.collect.ObjectArrays;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The machine's physical address space: RAM from address 0, device regions above or inside it. Frames can carry flags; a
 * write to a flagged frame is told to the flag's listener before it happens. Reads of addresses where nothing is give all
 * ones, writes there are lost, as on a PC's bus.
 */
public final class PhysicalMemory {
    public static final int FRAME_SHIFT = 12;
    public static final int FRAME_SIZE = 1 << FRAME_SHIFT;

    /** Frame flag: holds code that has been decoded. */
    public static final int CODE = 1;

    /** Frame flag: somebody wants to see each write, such as the recorder for page tables. */
    public static final int WATCHED = 2;

    private record Region(long base, long size, Mmio device) {}

    /** Kept, because the memory goes with it. */
    private final HostMemory host;

    /** Place of RAM's first byte, as {@link Ram} has it. */
    private final long ram;

    private final int ramSize;
    private final byte[] frameFlags;
    // An array, because a walk asks for its length at each level.
    private Region[] regions = {};
    private final List<Runnable> flagChanges = new ArrayList<>();
    private CodeWriteListener codeListener = (address, size) -> {};
    private WriteListener watchListener = (address, size, value) -> {};

    /**
     * @param bytes of RAM, a multiple of 4096 and less than 2 GiB
     */
    public PhysicalMemory(long bytes) {
        if (bytes <= 0 || bytes >= 1L << 31 || bytes % FRAME_SIZE != 0) {
            throw new IllegalArgumentException("RAM must be a multiple of 4096 bytes below 2 GiB, not " + bytes);
        }
        host = new HostMemory(bytes);
        ram = host.place;
        ramSize = (int) bytes;
        frameFlags = new byte[(int) (bytes >> FRAME_SHIFT)];
    }

    public long size() {
        return ramSize;
    }

    /** Place of RAM's first byte, for whoever has translated an address and checked the frame's flags. */
    long ram() {
        return ram;
    }

    public void map(long base, long size, Mmio device) {
        regions = ObjectArrays.concat(regions, new Region(base, size, device));
        flagChanges.forEach(Runnable::run);
    }

    public void onCodeWrite(CodeWriteListener listener) {
        codeListener = listener;
    }

    public void onWatchedWrite(WriteListener listener) {
        watchListener = listener;
    }

    /** Runs {@code change} whenever a frame gains a flag, so that cached translations can be dropped. */
    void onFlagChange(Runnable change) {
        flagChanges.add(change);
    }

    public int frameFlags(long frame) {
        return frame >= 0 && frame < frameFlags.length ? frameFlags[(int) frame] : 0;
    }

    public void flag(long frame, int flags) {
        int old = frameFlags(frame);
        if ((old | flags) != old) {
            frameFlags[(int) frame] = (byte) (old | flags);
            if (old == 0) {
                flagChanges.forEach(Runnable::run);
            }
        }
    }

    public void unflag(long frame, int flags) {
        frameFlags[(int) frame] &= (byte) ~flags;
    }

    /** True where a frame is RAM, unflagged and under no device: reads and writes may go straight to the bytes. */
    boolean isPlain(long frame) {
        return isReadable(frame) && frameFlags[(int) frame] == 0;
    }

    /** True where reads may go straight to the bytes. */
    public boolean isReadable(long frame) {
        return frame < frameFlags.length && (regions.length == 0 || deviceAt(frame << FRAME_SHIFT) == null);
    }

    private Region deviceAt(long address) {
        for (Region region : regions) {
            if (address + FRAME_SIZE > region.base && address < region.base + region.size) {
                return region;
            }
        }
        return null;
    }

    /** Reads 1, 2, 4 or 8 bytes, zero-extended. */
    public long read(long address, int size) {
        Region region = regions.length > 0 ? deviceAt(address & -FRAME_SIZE) : null;
        if (region != null && address >= region.base && address < region.base + region.size) {
            return low(size, region.device.read(address - region.base, size));
        }
        if (address < 0 || address + size > ramSize) {
            return low(size, -1);
        }
        long at = ram + address;
        return switch (size) {
            case 1 -> Ram.get8(at);
            case 2 -> Ram.get16(at);
            case 4 -> Ram.get32(at);
            case 8 -> Ram.get64(at);
            default -> throw new IllegalArgumentException("size " + size);
        };
    }

    /** Writes the low 1, 2, 4 or 8 bytes of {@code value}, not crossing a frame where the frame is flagged. */
    public void write(long address, int size, long value) {
        Region region = regions.length > 0 ? deviceAt(address & -FRAME_SIZE) : null;
        if (region != null && address >= region.base && address < region.base + region.size) {
            region.device.write(address - region.base, size, low(size, value));
            return;
        }
        if (address < 0 || address + size > ramSize) {
            return;
        }
        int flags = frameFlags[(int) address >> FRAME_SHIFT];
        if (flags != 0) {
            tell(flags, address, size, low(size, value));
        }
        long at = ram + address;
        switch (size) {
            case 1 -> Ram.put8(at, value);
            case 2 -> Ram.put16(at, value);
            case 4 -> Ram.put32(at, value);
            case 8 -> Ram.put64(at, value);
            default -> throw new IllegalArgumentException("size " + size);
        }
    }

    private static long low(int size, long value) {
        return size == 8 ? value : value & (1L << 8 * size) - 1;
    }

    /**
     * To be called before many bytes of a frame are written at once. False where that must not be: they are not RAM, or somebody
     * wants to see each write.
     */
    boolean overwrite(long address, int bytes) {
        long frame = address >>> FRAME_SHIFT;
        if (!isReadable(frame) || (frameFlags[(int) frame] & WATCHED) != 0) {
            return false;
        }
        if ((frameFlags[(int) frame] & CODE) != 0) {
            codeListener.writing(address, bytes);
        }
        return true;
    }

    /** The processor's own update of an entry: not a write of the guest, so no listener hears of it. */
    void writeAccessedDirty(long address, long entry) {
        if (address + 8 <= ramSize) {
            Ram.put64(ram + address, entry);
        }
    }

    private void tell(int flags, long address, int size, long value) {
        if ((flags & CODE) != 0) {
            codeListener.writing(address, size);
        }
        if ((flags & WATCHED) != 0) {
            watchListener.writing(address, size, value);
        }
    }

    public long readLong(long address) {
        return regions.length > 0 || address < 0 || address + 8 > ramSize ? read(address, 8) : Ram.get64(ram + address);
    }

    public void writeLong(long address, long value) {
        write(address, 8, value);
    }

    public int readInt(long address) {
        return (int) read(address, 4);
    }

    public void writeInt(long address, int value) {
        write(address, 4, value);
    }

    /** Copies bytes in, as a loader or a device does it; the listeners of flagged frames see the bytes one by one. */
    public void write(long address, byte[] bytes, int offset, int length) {
        if (address < 0 || address + length > ramSize) {
            throw new IllegalArgumentException(
                    String.format("%d bytes at %#x do not fit into %d bytes of RAM", length, address, ramSize));
        }
        for (int done = 0; done < length; ) {
            long to = address + done;
            int part = (int) Math.min(length - done, FRAME_SIZE - (to & FRAME_SIZE - 1));
            if (frameFlags[(int) (to >> FRAME_SHIFT)] == 0) {
                Ram.copy(bytes, offset + done, ram + to, part);
            } else {
                for (int i = 0; i < part; i++) {
                    write(to + i, 1, bytes[offset + done + i]);
                }
            }
            done += part;
        }
    }

    public byte[] read(long address, int length, byte[] into) {
        Objects.checkFromIndexSize(address, length, ramSize);
        Ram.copy(ram + address, into, length);
        return into;
    }

    public void clear(long address, int length) {
        write(address, new byte[length], 0, length);
    }

    /** The whole of RAM's content as a hash, to compare machine states. */
    public int contentHash() {
        int hash = 0;
        byte[] frame = new byte[FRAME_SIZE];
        for (long at = 0; at < ramSize; at += FRAME_SIZE) {
            hash = 31 * hash + Arrays.hashCode(read(at, FRAME_SIZE, frame));
        }
        return hash;
    }
}
