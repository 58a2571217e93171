package org.pvdiet.emulator.platform.xenpv;

/** How long the virtual CPU ran and waited, and the guest's copy of that (struct vcpu_runstate_info of public/vcpu.h). */
final class Runstate {
    static final int RUNNING = 0;
    static final int BLOCKED = 2;

    /** XEN_RUNSTATE_UPDATE. */
    private static final long UPDATE = 1L << 63;

    private final GuestMemory guest;
    private final VmAssists assists;
    private final long[] times = new long[4];
    private int state = RUNNING;
    private long entered;
    private long area;

    Runstate(GuestMemory guest, VmAssists assists) {
        this.guest = guest;
        this.assists = assists;
    }

    /** VCPUOP_register_runstate_memory_area: a linear address of the guest's kernel. */
    void register(long address) {
        area = address;
        store(area);
    }

    void change(int to, long now) {
        times[state] += now - entered;
        state = to;
        entered = now;
        if (area == 0) {
            return;
        }
        try {
            if (assists.runstateUpdateFlag()) {
                guest.store64(area + 8, entered | UPDATE);
            }
            store(area);
        } catch (BadGuestAddress e) {
            // Xen tries again when the kernel is next entered; with one CPU that is the next change.
        }
    }

    /** VCPUOP_get_runstate_info: as it would be if the state changed now. */
    void store(long address, long now) {
        long[] upToNow = times.clone();
        upToNow[state] += now - entered;
        store(address, upToNow);
    }

    private void store(long address) {
        store(address, times);
    }

    private void store(long address, long[] spent) {
        guest.store32(address, state);
        for (int i = 0; i < spent.length; i++) {
            guest.store64(address + 16 + 8L * i, spent[i]);
        }
        guest.store64(address + 8, entered);
    }
}
