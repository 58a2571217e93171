package org.pvdiet.emulator.cpu;

/**
 * A fault that an instruction raises: it leaves the machine as it was before that instruction. Page faults and non-canonical
 * addresses come as {@link org.pvdiet.emulator.memory.MemoryFault}. Without a stack trace: faults are as normal as branches.
 */
public final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int vector;
    private final int errorCode;

    private Fault(int vector, int errorCode) {
        super("exception " + vector, null, false, false);
        this.vector = vector;
        this.errorCode = errorCode;
    }

    private static final Fault GP0 = new Fault(Vector.GENERAL_PROTECTION, 0);
    private static final Fault UD = new Fault(Vector.INVALID_OPCODE, 0);
    private static final Fault NM = new Fault(Vector.DEVICE_NOT_AVAILABLE, 0);
    private static final Fault DE = new Fault(Vector.DIVIDE_ERROR, 0);

    public static Fault of(int vector, int errorCode) {
        return new Fault(vector, errorCode);
    }

    /** #GP(0). */
    public static Fault generalProtection() {
        return GP0;
    }

    /** #UD. */
    public static Fault invalidOpcode() {
        return UD;
    }

    /** #NM. */
    public static Fault deviceNotAvailable() {
        return NM;
    }

    /** #DE. */
    public static Fault divideError() {
        return DE;
    }

    public int vector() {
        return vector;
    }

    /** Zero for vectors without one. */
    public int errorCode() {
        return errorCode;
    }
}
