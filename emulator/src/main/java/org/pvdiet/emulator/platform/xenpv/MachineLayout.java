package org.pvdiet.emulator.platform.xenpv;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.pvdiet.emulator.memory.PhysicalMemory;
import org.pvdiet.emulator.platform.Platform.Frames;

/**
 * Where in machine memory things are: a first megabyte that is no RAM, Xen's own frames, the machine-to-physical table, and
 * the heap that the guest's memory comes from.
 *
 * @param guestFrames frames of guest memory
 * @param machineFrames all frames of the machine
 */
record MachineLayout(long guestFrames, long machineFrames) {
    static final long FIRST_XEN_FRAME = 256;

    static final long SHARED_INFO = FIRST_XEN_FRAME;
    static final long PER_DOMAIN_L3 = FIRST_XEN_FRAME + 1;
    static final long PER_DOMAIN_L2 = FIRST_XEN_FRAME + 2;
    static final long PER_DOMAIN_L1 = FIRST_XEN_FRAME + 3;
    static final long RESERVED_GDT = FIRST_XEN_FRAME + 4;
    static final long TSS = FIRST_XEN_FRAME + 5;
    static final long ZERO = FIRST_XEN_FRAME + 6;
    static final long MACHINE_TO_PHYS_L3 = FIRST_XEN_FRAME + 7;
    static final long MACHINE_TO_PHYS_L2 = FIRST_XEN_FRAME + 8;
    static final long DIRECT_MAP_L3 = FIRST_XEN_FRAME + 9;
    static final long GRANT_TABLE = FIRST_XEN_FRAME + 16;

    /** gnttab_max_frames' default. */
    static final int GRANT_FRAMES = 64;

    private static final long MACHINE_TO_PHYS = 512;

    /** What a guest can get beyond its memory, by exchanging or reserving: LIBXL_MAXMEM_CONSTANT, 1 MiB, and a margin. */
    private static final long SPARE_FRAMES = 1024;

    /** A run of frames is at most this long, so that the guest's and the machine's numbers never agree for long. */
    private static final int LONGEST_RUN = 1024;

    /**
     * @param guestBytes memory of the guest, a multiple of 4096
     */
    static MachineLayout forGuest(long guestBytes) {
        long guestFrames = guestBytes >> PhysicalMemory.FRAME_SHIFT;
        long machineFrames = MACHINE_TO_PHYS + guestFrames + SPARE_FRAMES;
        // The table has an entry for each of its own frames, too.
        long table = MachineToPhys.bytes(machineFrames + MachineToPhys.bytes(machineFrames) / 4096 * 2);
        return new MachineLayout(guestFrames, machineFrames + (table >> PhysicalMemory.FRAME_SHIFT));
    }

    /** Bytes of machine memory that a guest with so much memory needs. */
    static long machineBytes(long guestBytes) {
        return forGuest(guestBytes).machineFrames << PhysicalMemory.FRAME_SHIFT;
    }

    long machineToPhysBase() {
        return MACHINE_TO_PHYS << PhysicalMemory.FRAME_SHIFT;
    }

    long firstHeapFrame() {
        return MACHINE_TO_PHYS + (MachineToPhys.bytes(machineFrames) >> PhysicalMemory.FRAME_SHIFT);
    }

    /**
     * Gives the guest machine frames in runs of random length and order, so that a frame number which was not translated
     * shows.
     *
     * @return the guest's frames in ascending order
     */
    List<Frames> assign(long seed) {
        // Traces from when there was no choice say 0, and their guests got what 1 gives.
        Random random = new Random(seed + 1);
        List<Long> lengths = new ArrayList<>();
        for (long left = guestFrames; left > 0; ) {
            long length = Math.min(left, 1 + random.nextInt(LONGEST_RUN));
            lengths.add(length);
            left -= length;
        }
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < lengths.size(); i++) {
            order.add(i);
        }
        Collections.shuffle(order, random);
        long[] start = new long[lengths.size()];
        long mfn = machineFrames;
        for (int run : order) {
            mfn -= lengths.get(run);
            start[run] = mfn;
        }
        List<Frames> frames = new ArrayList<>();
        long pfn = 0;
        for (int i = 0; i < start.length; i++) {
            frames.add(new Frames(pfn, start[i], lengths.get(i)));
            pfn += lengths.get(i);
        }
        return frames;
    }
}
