package org.pvdiet.emulator.platform.xenpv;

/** grant_table_op as far as a guest that nobody maps pages of needs it (public/grant_table.h, common/grant_table.c). */
final class GrantTableOperations {
    private static final int OKAY = 0;
    private static final int GENERAL_ERROR = -1;
    private static final int BAD_DOMAIN = -2;

    // GNTTABOP_*.
    private static final int SETUP_TABLE = 2;
    private static final int QUERY_SIZE = 6;
    private static final int SET_VERSION = 8;
    private static final int GET_VERSION = 10;

    private final Domain domain;
    private final GuestMemory guest;
    private int frames = 1;

    GrantTableOperations(Domain domain) {
        this.domain = domain;
        this.guest = domain.guest;
        for (int i = 0; i < MachineLayout.GRANT_FRAMES; i++) {
            domain.frames.share(MachineLayout.GRANT_TABLE + i);
        }
    }

    long call(int command, long argument, int count) {
        return switch (command) {
            case SETUP_TABLE -> count == 1 ? setup(argument) : Errno.EINVAL;
            case QUERY_SIZE -> count == 1 ? querySize(argument) : Errno.EINVAL;
            case SET_VERSION -> setVersion(guest.load32(argument));
            case GET_VERSION -> {
                guest.store32(argument + 4, 1);
                yield Domain.isSelf(guest.load16(argument)) ? 0 : Errno.ESRCH;
            }
            default -> domain.unimplemented.enosys("grant_table_op " + command);
        };
    }

    private long setup(long argument) {
        int wanted = guest.load32(argument + 4);
        int status = OKAY;
        if (!Domain.isSelf(guest.load16(argument))) {
            status = BAD_DOMAIN;
        } else if (Integer.compareUnsigned(wanted, MachineLayout.GRANT_FRAMES) > 0) {
            status = GENERAL_ERROR;
        } else {
            frames = Math.max(frames, wanted);
            long list = guest.load64(argument + 16);
            for (int i = 0; i < wanted; i++) {
                guest.store64(list + i * 8L, MachineLayout.GRANT_TABLE + i);
            }
        }
        guest.store(argument + 8, 2, status);
        return 0;
    }

    private long querySize(long argument) {
        boolean self = Domain.isSelf(guest.load16(argument));
        if (self) {
            guest.store32(argument + 4, frames);
            guest.store32(argument + 8, MachineLayout.GRANT_FRAMES);
        }
        guest.store(argument + 12, 2, self ? OKAY : BAD_DOMAIN);
        return 0;
    }

    /** Only the first form: a Xen may be limited to it (gnttab=max-ver:1). */
    private long setVersion(int version) {
        if (version == 2) {
            return domain.unimplemented.enosys("grant_table_op set_version 2");
        }
        return version == 1 ? 0 : Errno.EINVAL;
    }
}
