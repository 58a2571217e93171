package org.pvdiet.emulator.platform.xenpv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pvdiet.emulator.memory.PhysicalMemory;
import org.pvdiet.emulator.platform.Platform.Frames;

/** The table that translates machine frames back to the guest's, in memory that the guest reads at 0xffff800000000000. */
final class MachineToPhys {
    /** INVALID_M2P_ENTRY. */
    static final long INVALID = -1;

    /** Bytes of the table that one level-2 entry maps, and the table's granularity. */
    static final int CHUNK = 2 << 20;

    private final PhysicalMemory memory;
    private final long base;
    private final long entries;

    /**
     * @param base physical address of the table, a multiple of {@link #CHUNK}
     * @param entries how many machine frames there are
     */
    MachineToPhys(PhysicalMemory memory, long base, long entries) {
        this.memory = memory;
        this.base = base;
        this.entries = entries;
        for (long at = 0; at < bytes(entries); at += 8) {
            memory.writeLong(base + at, INVALID);
        }
    }

    /** Bytes that a table of so many entries takes, whole chunks. */
    static long bytes(long entries) {
        return (entries * 8 + CHUNK - 1) / CHUNK * CHUNK;
    }

    long base() {
        return base;
    }

    long entries() {
        return entries;
    }

    /** The guest's frame number, or {@link #INVALID}. */
    long get(long mfn) {
        return memory.readLong(base + mfn * 8);
    }

    void set(long mfn, long pfn) {
        memory.writeLong(base + mfn * 8, pfn);
    }

    void forget(long mfn) {
        set(mfn, INVALID);
    }

    /** The guest's frames in ascending order and the machine frames behind them. */
    List<Frames> runs(FrameTable frames) {
        long[] mfnOf = new long[(int) entries];
        Arrays.fill(mfnOf, -1);
        for (long mfn = 0; mfn < entries; mfn++) {
            long pfn = get(mfn);
            if (pfn >= 0 && pfn < entries && frames.isGuests(mfn)) {
                mfnOf[(int) pfn] = mfn;
            }
        }
        List<Frames> runs = new ArrayList<>();
        for (int pfn = 0; pfn < mfnOf.length; ) {
            int end = pfn + 1;
            while (mfnOf[pfn] >= 0 && end < mfnOf.length && mfnOf[end] == mfnOf[pfn] + end - pfn) {
                end++;
            }
            if (mfnOf[pfn] >= 0) {
                runs.add(new Frames(pfn, mfnOf[pfn], end - pfn));
            }
            pfn = end;
        }
        return runs;
    }
}
