package org.pvdiet.emulator.platform.xenpv;

/** physdev_op for a domain without devices (public/physdev.h, arch/x86/physdev.c). */
final class PhysicalDeviceOperations {
    private static final int PORTS = 65536;

    // PHYSDEVOP_*.
    private static final int SET_IOPL = 6;
    private static final int SET_IOBITMAP = 7;
    private static final int PIRQ_EOI_GMFN_V1 = 17;
    private static final int PIRQ_EOI_GMFN_V2 = 28;

    private final Domain domain;
    private final GuestMemory guest;
    private boolean hasEoiMap;

    PhysicalDeviceOperations(Domain domain) {
        this.domain = domain;
        this.guest = domain.guest;
    }

    long call(int command, long argument) {
        return switch (command) {
            case SET_IOPL -> setIopl(guest.load32(argument));
            case SET_IOBITMAP -> setIoBitmap(guest.load64(argument), guest.load32(argument + 8));
            case PIRQ_EOI_GMFN_V1, PIRQ_EOI_GMFN_V2 -> registerEoiMap(guest.load64(argument));
            default -> domain.unimplemented.enosys("physdev_op " + command);
        };
    }

    private long setIopl(int level) {
        if (Integer.compareUnsigned(level, 3) > 0) {
            return Errno.EINVAL;
        }
        domain.vcpu.iopl = (long) level << 12;
        return 0;
    }

    private long setIoBitmap(long bitmap, int ports) {
        if (Integer.compareUnsigned(ports, PORTS) > 0 || !GuestMemory.isGuests(bitmap)) {
            return Errno.EINVAL;
        }
        domain.vcpu.ioBitmap = bitmap;
        domain.vcpu.ioBitmapLimit = ports;
        return 0;
    }

    /** A page in which Xen would mark interrupt lines that need an end of interrupt: there are none. */
    private long registerEoiMap(long mfn) {
        if (domain.frames.getWithType(mfn, PageType.WRITABLE) != 0) {
            return Errno.EINVAL;
        }
        if (hasEoiMap) {
            domain.frames.putWithType(mfn);
            return Errno.EBUSY;
        }
        hasEoiMap = true;
        return 0;
    }
}
