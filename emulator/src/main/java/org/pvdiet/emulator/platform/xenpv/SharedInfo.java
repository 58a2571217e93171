package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.memory.PhysicalMemory;

/**
 * The page that Xen and the guest share, and virtual CPU 0's part of it, which the guest may move elsewhere (struct
 * shared_info and vcpu_info of public/xen.h).
 */
final class SharedInfo {
    private static final int VCPU_INFO_SIZE = 64;
    private static final int VCPUS = 32;

    // Offsets in vcpu_info.
    private static final int UPCALL_PENDING = 0;
    private static final int UPCALL_MASK = 1;
    private static final int PENDING_SELECTOR = 8;
    private static final int CR2 = 16;
    private static final int TIME = 32;

    // Offsets in shared_info.
    private static final int EVTCHN_PENDING = VCPUS * VCPU_INFO_SIZE;
    private static final int EVTCHN_MASK = EVTCHN_PENDING + 64 * 8;
    private static final int WC_VERSION = EVTCHN_MASK + 64 * 8;
    private static final int WC_SEC = WC_VERSION + 4;
    private static final int WC_NSEC = WC_VERSION + 8;
    private static final int WC_SEC_HI = WC_VERSION + 12;

    private final PhysicalMemory memory;
    private final long base = MachineLayout.SHARED_INFO << PhysicalMemory.FRAME_SHIFT;
    private long vcpuInfo = base;

    SharedInfo(PhysicalMemory memory) {
        this.memory = memory;
        for (int vcpu = 0; vcpu < VCPUS; vcpu++) {
            memory.write(base + vcpu * VCPU_INFO_SIZE + UPCALL_MASK, 1, 1);
        }
    }

    boolean isVcpuInfoMoved() {
        return vcpuInfo != base;
    }

    /** VCPUOP_register_vcpu_info: copies it to a machine address, where it stays. */
    void moveVcpuInfo(long address) {
        for (int at = 0; at < VCPU_INFO_SIZE; at += 8) {
            memory.writeLong(address + at, memory.readLong(vcpuInfo + at));
        }
        vcpuInfo = address;
        memory.writeLong(vcpuInfo + PENDING_SELECTOR, -1);
        setUpcallPending();
    }

    boolean isUpcallPending() {
        return memory.read(vcpuInfo + UPCALL_PENDING, 1) != 0;
    }

    void setUpcallPending() {
        memory.write(vcpuInfo + UPCALL_PENDING, 1, 1);
    }

    int upcallMask() {
        return (int) memory.read(vcpuInfo + UPCALL_MASK, 1);
    }

    void setUpcallMask(boolean masked) {
        memory.write(vcpuInfo + UPCALL_MASK, 1, masked ? 1 : 0);
    }

    void setCr2(long linear) {
        memory.writeLong(vcpuInfo + CR2, linear);
    }

    /** Sets a bit of evtchn_pending_sel; true where it was set already. */
    boolean testAndSetSelector(int word) {
        return testAndSet(vcpuInfo + PENDING_SELECTOR, word);
    }

    boolean testAndSetPending(int port) {
        return testAndSet(base + EVTCHN_PENDING + port / 64 * 8L, port % 64);
    }

    boolean isPending(int port) {
        return (memory.readLong(base + EVTCHN_PENDING + port / 64 * 8L) >>> port % 64 & 1) != 0;
    }

    void clearPending(int port) {
        long at = base + EVTCHN_PENDING + port / 64 * 8L;
        memory.writeLong(at, memory.readLong(at) & ~(1L << port % 64));
    }

    boolean isMasked(int port) {
        return (memory.readLong(base + EVTCHN_MASK + port / 64 * 8L) >>> port % 64 & 1) != 0;
    }

    void unmask(int port) {
        long at = base + EVTCHN_MASK + port / 64 * 8L;
        memory.writeLong(at, memory.readLong(at) & ~(1L << port % 64));
    }

    private boolean testAndSet(long at, int bit) {
        long old = memory.readLong(at);
        memory.writeLong(at, old | 1L << bit);
        return (old >>> bit & 1) != 0;
    }

    /** vcpu_time_info; the version is even while the rest is consistent, which it always is between instructions. */
    void setTime(PvClock clock) {
        clock.store(memory, vcpuInfo + TIME);
    }

    void setWallClock(long seconds, int nanoseconds) {
        memory.writeInt(base + WC_SEC, (int) seconds);
        memory.writeInt(base + WC_SEC_HI, (int) (seconds >>> 32));
        memory.writeInt(base + WC_NSEC, nanoseconds);
        memory.writeInt(base + WC_VERSION, memory.readInt(base + WC_VERSION) + 2);
    }
}
