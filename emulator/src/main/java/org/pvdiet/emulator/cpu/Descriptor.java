package org.pvdiet.emulator.cpu;

/** The first eight bytes of a segment, system or gate descriptor (SDM volume 3, sections 3.4.5, 3.5 and 5.8.3). */
record Descriptor(long bits) {
    /** System types of IA-32e mode (SDM volume 3, table 3-2). */
    static final int LDT = 2;

    static final int TSS_AVAILABLE = 9;
    static final int TSS_BUSY = 11;
    static final int CALL_GATE = 12;
    static final int INTERRUPT_GATE = 14;
    static final int TRAP_GATE = 15;

    int type() {
        return (int) (bits >>> 40) & 0xf;
    }

    boolean isSystem() {
        return (bits >>> 44 & 1) == 0;
    }

    boolean isSystem(int type) {
        return isSystem() && type() == type;
    }

    int dpl() {
        return (int) (bits >>> 45) & 3;
    }

    boolean isPresent() {
        return (bits >>> 47 & 1) != 0;
    }

    boolean isCode() {
        return !isSystem() && (type() & 8) != 0;
    }

    boolean isConforming() {
        return isCode() && (type() & 4) != 0;
    }

    boolean isReadable() {
        return !isSystem() && (type() & 8) == 0 || isCode() && (type() & 2) != 0;
    }

    boolean isWritable() {
        return !isSystem() && (type() & 0xa) == 2;
    }

    boolean isLong() {
        return (bits >>> 53 & 1) != 0;
    }

    boolean isBig() {
        return (bits >>> 54 & 1) != 0;
    }

    /** Of a segment; a system descriptor's base goes on in its second half. */
    long base() {
        return bits >>> 16 & 0xff_ffffL | bits >>> 32 & 0xff00_0000L;
    }

    /** In bytes, granularity applied. */
    long limit() {
        long limit = bits & 0xffff | bits >>> 32 & 0xf_0000;
        return (bits >>> 55 & 1) != 0 ? limit << 12 | 0xfff : limit;
    }

    int attributes() {
        return (int) (bits >>> 40) & 0xf0ff;
    }

    /** The code segment that a gate leads to. */
    int gateSelector() {
        return (int) (bits >>> 16) & 0xffff;
    }

    /** The low half of a gate's target. */
    long gateOffset() {
        return bits & 0xffff | bits >>> 32 & 0xffff_0000L;
    }

    /** The stack that an interrupt or trap gate asks for, 0 where none. */
    int interruptStack() {
        return (int) (bits >>> 32) & 7;
    }
}
