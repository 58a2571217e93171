package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.memory.PhysicalMemory;

/** xen_version (public/version.h, common/kernel.c). */
final class VersionOperations {
    private static final int VERSION = 4 << 16 | 17;

    /** What an unprivileged guest gets for a text that is not for it. */
    private static final String DENIED = "<denied>";

    // Bits of submap 0, public/features.h.
    private static final int PAE_PGDIR_ABOVE_4GB = 1 << 4;
    private static final int MMU_PT_UPDATE_PRESERVE_AD = 1 << 5;
    private static final int HIGHMEM_ASSIST = 1 << 6;
    private static final int GNTTAB_MAP_AVAIL_BITS = 1 << 7;
    private static final int MEMORY_OP_VNODE_SUPPORTED = 1 << 13;
    private static final int DIRECT_MAPPED = 1 << 17;

    // XENVER_*.
    private static final int VERSION_NUMBER = 0;
    private static final int EXTRAVERSION = 1;
    private static final int COMPILE_INFO = 2;
    private static final int CAPABILITIES = 3;
    private static final int CHANGESET = 4;
    private static final int PLATFORM_PARAMETERS = 5;
    private static final int GET_FEATURES = 6;
    private static final int PAGESIZE = 7;
    private static final int GUEST_HANDLE = 8;
    private static final int COMMANDLINE = 9;
    private static final int BUILD_ID = 10;

    private final Domain domain;
    private final GuestMemory guest;

    VersionOperations(Domain domain) {
        this.domain = domain;
        this.guest = domain.guest;
    }

    long call(int command, long argument) {
        switch (command) {
            case VERSION_NUMBER -> {
                return VERSION;
            }
            case EXTRAVERSION -> guest.storeString(argument, ".0", 16);
            case COMPILE_INFO -> {
                guest.storeString(argument, "pvdiet", 64);
                guest.storeString(argument + 64, "pvdiet", 16);
                guest.storeString(argument + 80, "", 32);
                guest.storeString(argument + 112, "2024-01-01", 32);
            }
            case CAPABILITIES -> guest.storeString(argument, "xen-3.0-x86_64 ", 1024);
            case CHANGESET -> guest.storeString(argument, "", 64);
            case PLATFORM_PARAMETERS -> guest.store64(argument, XenSlots.MACHINE_TO_PHYS);
            case GET_FEATURES -> {
                if (guest.load32(argument) != 0) {
                    return Errno.EINVAL;
                }
                guest.store32(argument + 4, features());
            }
            case PAGESIZE -> {
                return argument == 0 ? PhysicalMemory.FRAME_SIZE : Errno.EINVAL;
            }
            case GUEST_HANDLE -> guest.storeString(argument, "", 16);
            case COMMANDLINE -> guest.storeString(argument, DENIED, DENIED.length() + 1);
            case BUILD_ID -> {
                return Errno.EPERM;
            }
            default -> {
                return domain.unimplemented.enosys("xen_version " + command);
            }
        }
        return 0;
    }

    private int features() {
        return MMU_PT_UPDATE_PRESERVE_AD
                | HIGHMEM_ASSIST
                | GNTTAB_MAP_AVAIL_BITS
                | MEMORY_OP_VNODE_SUPPORTED
                | DIRECT_MAPPED
                | (domain.assists.extendedCr3() ? PAE_PGDIR_ABOVE_4GB : 0);
    }
}
