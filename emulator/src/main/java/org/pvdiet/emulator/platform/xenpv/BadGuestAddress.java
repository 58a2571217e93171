package org.pvdiet.emulator.platform.xenpv;

/** An address from the guest that Xen cannot access on its behalf: -EFAULT. Without a stack trace: normal control flow. */
final class BadGuestAddress extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long address;

    BadGuestAddress(long address) {
        super(String.format("guest address %#x", address), null, false, false);
        this.address = address;
    }

    long address() {
        return address;
    }
}
