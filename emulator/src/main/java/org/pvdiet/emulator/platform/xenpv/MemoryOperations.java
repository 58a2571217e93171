package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.memory.PhysicalMemory;

/** memory_op (common/memory.c, arch/x86/x86_64/mm.c). */
final class MemoryOperations {
    private static final int COMMAND = 0x3f;
    private static final int START_SHIFT = 6;
    private static final int RESERVATION_SIZE = 32;

    /** domu_max_order. */
    private static final int HIGHEST_ORDER = 9;

    private static final int E820_RAM = 1;

    // XENMEM_*.
    private static final int INCREASE_RESERVATION = 0;
    private static final int DECREASE_RESERVATION = 1;
    private static final int MAXIMUM_RAM_PAGE = 2;
    private static final int CURRENT_RESERVATION = 3;
    private static final int MAXIMUM_RESERVATION = 4;
    private static final int MACHPHYS_MFN_LIST = 5;
    private static final int POPULATE_PHYSMAP = 6;
    private static final int ADD_TO_PHYSMAP = 7;
    private static final int MEMORY_MAP = 9;
    private static final int MACHINE_MEMORY_MAP = 10;
    private static final int EXCHANGE = 11;
    private static final int MACHPHYS_MAPPING = 12;
    private static final int SET_MEMORY_MAP = 13;
    private static final int REMOVE_FROM_PHYSMAP = 15;
    private static final int ADD_TO_PHYSMAP_BATCH = 23;
    private static final int GET_VNUMAINFO = 26;

    private final Domain domain;
    private final FrameTable frames;
    private final GuestMemory guest;
    private long pages;
    private final long maximum;

    /**
     * @param maximum frames that the guest may have at most
     */
    MemoryOperations(Domain domain, long maximum) {
        this.domain = domain;
        this.frames = domain.frames;
        this.guest = domain.guest;
        this.pages = domain.layout.guestFrames();
        this.maximum = maximum;
    }

    /** struct xen_memory_reservation. */
    private record Reservation(long extents, long count, int order, int domain) {}

    private Reservation reservation(long at) {
        return new Reservation(guest.load64(at), guest.load64(at + 8), guest.load32(at + 16), guest.load16(at + 24));
    }

    long call(long command, long argument) {
        long start = command >>> START_SHIFT;
        return switch ((int) command & COMMAND) {
            case INCREASE_RESERVATION, DECREASE_RESERVATION, POPULATE_PHYSMAP ->
                reserve((int) command & COMMAND, start, argument);
            case MAXIMUM_RAM_PAGE -> domain.layout.machineFrames();
            case CURRENT_RESERVATION -> own(guest.load16(argument), pages);
            case MAXIMUM_RESERVATION -> own(guest.load16(argument), maximum);
            case MACHPHYS_MFN_LIST -> machineToPhysFrames(argument);
            case ADD_TO_PHYSMAP -> Errno.EACCES;
            case MEMORY_MAP -> memoryMap(argument);
            // For domain 0 and toolstacks.
            case MACHINE_MEMORY_MAP, SET_MEMORY_MAP -> Errno.EPERM;
            case EXCHANGE -> exchange(argument);
            case MACHPHYS_MAPPING -> machineToPhysMapping(argument);
            case REMOVE_FROM_PHYSMAP, ADD_TO_PHYSMAP_BATCH -> Errno.EACCES;
            // The guest has no virtual NUMA nodes.
            case GET_VNUMAINFO -> Errno.EOPNOTSUPP;
            default -> domain.unimplemented.enosys("memory_op " + (command & COMMAND));
        };
    }

    private static long own(int which, long value) {
        return Domain.isSelf(which) ? value : Errno.ESRCH;
    }

    private long reserve(int command, long start, long argument) {
        Reservation r = reservation(argument);
        if (!Domain.isSelf(r.domain) || r.order > HIGHEST_ORDER || r.order < 0) {
            return start;
        }
        long done = start;
        try {
            while (done < r.count && (command == DECREASE_RESERVATION ? give(r, done) : take(command, r, done))) {
                done++;
            }
        } catch (BadGuestAddress e) {
            // As many as were done so far.
        }
        return done;
    }

    /** XENMEM_decrease_reservation of one extent. */
    private boolean give(Reservation r, long index) {
        long mfn = guest.load64(r.extents + index * 8);
        for (long i = 0; i < 1L << r.order; i++) {
            if (!frames.isGuests(mfn + i) || frames.page(mfn + i).special) {
                return false;
            }
            release(mfn + i);
        }
        return true;
    }

    private void release(long mfn) {
        if (frames.page(mfn).allocated) {
            frames.page(mfn).allocated = false;
            pages--;
            frames.put(mfn);
        }
    }

    /** XENMEM_increase_reservation and XENMEM_populate_physmap of one extent. */
    private boolean take(int command, Reservation r, long index) {
        boolean populate = command == POPULATE_PHYSMAP;
        long pfn = populate ? guest.load64(r.extents + index * 8) : 0;
        long count = 1L << r.order;
        if (pages + count > maximum) {
            return false;
        }
        long mfn = frames.allocate(r.order);
        if (mfn < 0) {
            return false;
        }
        pages += count;
        for (long i = 0; populate && i < count; i++) {
            domain.machineToPhys.set(mfn + i, pfn + i);
        }
        if (r.extents != 0) {
            guest.store64(r.extents + index * 8, mfn);
        }
        return true;
    }

    /** XENMEM_machphys_mfn_list. */
    private long machineToPhysFrames(long argument) {
        int most = guest.load32(argument);
        long list = guest.load64(argument + 8);
        long bytes = MachineToPhys.bytes(domain.layout.machineFrames());
        int count = 0;
        for (; count < most && (long) count * MachineToPhys.CHUNK < bytes; count++) {
            long address = domain.layout.machineToPhysBase() + (long) count * MachineToPhys.CHUNK;
            guest.store64(list + count * 8L, address >> PhysicalMemory.FRAME_SHIFT);
        }
        guest.store32(argument + 16, count);
        return 0;
    }

    /** XENMEM_machphys_mapping: where the table may be, not how far it goes. */
    private long machineToPhysMapping(long argument) {
        long end = XenSlots.MACHINE_TO_PHYS + (1L << 38);
        guest.store64(argument, XenSlots.MACHINE_TO_PHYS);
        guest.store64(argument + 8, end);
        guest.store64(argument + 16, (end - XenSlots.MACHINE_TO_PHYS) / 8 - 1);
        return 0;
    }

    /** XENMEM_memory_map: one region, as libxl sets it. */
    private long memoryMap(long argument) {
        int room = guest.load32(argument);
        long buffer = guest.load64(argument + 8);
        if (room > 0) {
            guest.store64(buffer, 0);
            guest.store64(buffer + 8, domain.layout.guestFrames() << PhysicalMemory.FRAME_SHIFT);
            guest.store32(buffer + 16, E820_RAM);
        }
        guest.store32(argument, Math.min(room, 1));
        return 0;
    }

    /** XENMEM_exchange: other frames for the same amount of memory. */
    private long exchange(long argument) {
        Reservation in = reservation(argument);
        Reservation out = reservation(argument + RESERVATION_SIZE);
        long doneAt = argument + 2 * RESERVATION_SIZE;
        long done = guest.load64(doneAt);
        boolean sane = in.order >= 0
                && out.order >= 0
                && Math.max(in.order, out.order) <= HIGHEST_ORDER
                && in.count << in.order == out.count << out.order
                && done <= in.count
                && (in.order == 0 || out.order == 0);
        if (!sane) {
            return Errno.EINVAL;
        }
        if (!Domain.isSelf(in.domain) || !Domain.isSelf(out.domain)) {
            return Errno.EPERM;
        }
        long chunkIn = 1L << Math.max(0, out.order - in.order);
        long chunkOut = 1L << Math.max(0, in.order - out.order);
        for (long i = done / chunkIn; i < in.count / chunkIn; i++) {
            int error = exchangeChunk(in, out, i, chunkIn, chunkOut);
            if (error != 0) {
                guest.store64(doneAt, i * chunkIn);
                return error;
            }
        }
        guest.store64(doneAt, in.count);
        return 0;
    }

    private int exchangeChunk(Reservation in, Reservation out, long chunk, long chunkIn, long chunkOut) {
        long[] old = new long[(int) (chunkIn << in.order)];
        for (int j = 0; j < chunkIn; j++) {
            long mfn = guest.load64(in.extents + (chunk * chunkIn + j) * 8);
            for (int k = 0; k < 1 << in.order; k++) {
                old[(j << in.order) + k] = mfn + k;
                // Nothing else may refer to it (steal_page).
                if (!frames.isGuests(mfn + k) || frames.page(mfn + k).special || frames.page(mfn + k).references != 1) {
                    return Errno.EINVAL;
                }
            }
        }
        long[] fresh = new long[(int) chunkOut];
        for (int j = 0; j < chunkOut; j++) {
            fresh[j] = frames.allocate(out.order);
            if (fresh[j] < 0) {
                while (--j >= 0) {
                    frames.put(fresh[j]);
                }
                return Errno.ENOMEM;
            }
        }
        for (long mfn : old) {
            frames.page(mfn).allocated = false;
            frames.put(mfn);
        }
        for (int j = 0; j < chunkOut; j++) {
            long at = out.extents + (chunk * chunkOut + j) * 8;
            long pfn = guest.load64(at);
            for (int k = 0; k < 1 << out.order; k++) {
                domain.machineToPhys.set(fresh[j] + k, pfn + k);
            }
            guest.store64(at, fresh[j]);
        }
        return 0;
    }
}
