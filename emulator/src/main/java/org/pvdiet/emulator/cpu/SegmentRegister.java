package org.pvdiet.emulator.cpu;

/** A segment register with its hidden part (SDM volume 3, section 3.4.3). */
public final class SegmentRegister {

    public int selector;
    public long base;

    /** In bytes, granularity applied. */
    public long limit;

    /** Bits 55:40 of the descriptor without the limit: type 3:0, S 4, DPL 6:5, P 7, AVL 12, L 13, D/B 14, G 15. */
    public int attributes;

    public boolean isPresent() {
        return (attributes & 0x80) != 0;
    }

    public int dpl() {
        return attributes >> 5 & 3;
    }

    public boolean isLong() {
        return (attributes & 0x2000) != 0;
    }

    /** D/B: 32-bit code or stack. */
    public boolean isBig() {
        return (attributes & 0x4000) != 0;
    }

    public void set(int selector, long base, long limit, int attributes) {
        this.selector = selector;
        this.base = base;
        this.limit = limit;
        this.attributes = attributes;
    }
}
