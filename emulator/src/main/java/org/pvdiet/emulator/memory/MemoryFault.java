package org.pvdiet.emulator.memory;

/**
 * A linear address that cannot be accessed. One object per {@link Mmu} is reused, without a stack trace: faults are as
 * normal as branches here.
 */
public final class MemoryFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Page-fault error code bits, SDM volume 3, section 4.7. */
    public static final int PRESENT = 1;

    public static final int WRITE = 2;
    public static final int USER = 4;
    public static final int RESERVED = 8;
    public static final int FETCH = 16;

    private long address;
    private int errorCode;
    private boolean canonical;

    MemoryFault() {
        super(null, null, false, false);
    }

    MemoryFault page(long address, int errorCode) {
        this.address = address;
        this.errorCode = errorCode;
        this.canonical = true;
        return this;
    }

    MemoryFault nonCanonical(long address) {
        this.address = address;
        this.errorCode = 0;
        this.canonical = false;
        return this;
    }

    /** The linear address whose access failed. */
    public long address() {
        return address;
    }

    public int errorCode() {
        return errorCode;
    }

    /** True for a page fault; false where the address is not canonical, which is #GP or #SS and never reaches paging. */
    public boolean isPageFault() {
        return canonical;
    }

    @Override
    public String getMessage() {
        return canonical
                ? String.format("page fault at %#x, error code %#x", address, errorCode)
                : String.format("non-canonical address %#x", address);
    }
}
