package org.pvdiet.emulator.cpu;

import static org.pvdiet.emulator.memory.PhysicalMemory.FRAME_SHIFT;
import static org.pvdiet.emulator.memory.PhysicalMemory.FRAME_SIZE;

import org.pvdiet.emulator.cpu.decode.CodeSource;
import org.pvdiet.emulator.cpu.decode.Mode;
import org.pvdiet.emulator.memory.LinearMemory;
import org.pvdiet.emulator.memory.PhysicalMemory;

/** Where a block's instructions are read from: one page, and a second where the first instruction goes on there. */
final class BlockCode implements CodeSource {
    private final PhysicalMemory physicalMemory;

    private long rip;
    private long base;
    private long physical;
    private Mode mode;
    private LinearMemory memory;
    private boolean isRam;
    private boolean mayCross;
    private long crossed;

    BlockCode(PhysicalMemory physicalMemory) {
        this.physicalMemory = physicalMemory;
    }

    /** Thrown where an instruction leaves the page that may not. */
    static final class LeavesPage extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private static final LeavesPage INSTANCE = new LeavesPage();

        private LeavesPage() {
            super(null, null, false, false);
        }
    }

    /**
     * Goes to the code at {@code rip}.
     *
     * @param base of CS, added to instruction pointers
     * @param physical address of the first byte
     */
    void start(long rip, long base, long physical, Mode mode, LinearMemory memory) {
        this.rip = rip;
        this.base = base;
        this.physical = physical;
        this.mode = mode;
        this.memory = memory;
        this.crossed = -1;
        isRam = physicalMemory.isReadable(physical >>> FRAME_SHIFT);
    }

    /** The instruction pointer at which the page ends. */
    long pageEnd() {
        return rip + FRAME_SIZE - (physical & FRAME_SIZE - 1);
    }

    /** Whether the instructions from now on may go on in a second page. */
    void setMayCross(boolean may) {
        mayCross = may;
    }

    /** Physical address of the second page, or -1 where no byte of it was read. */
    long crossed() {
        return crossed;
    }

    @Override
    public int bytesAt(long address, byte[] into) {
        if (!isRam) {
            return 0;
        }
        int length = (int) Math.min(pageEnd() - address, into.length);
        physicalMemory.read(physical + (address - rip), length, into);
        return length;
    }

    @Override
    public int byteAt(long address) {
        if (address < pageEnd()) {
            return (int) physicalMemory.read(physical + (address - rip), 1);
        }
        if (!mayCross) {
            throw LeavesPage.INSTANCE;
        }
        if (crossed < 0) {
            long linear = address + base;
            crossed = memory.execute((mode == Mode.BITS_64 ? linear : linear & 0xffffffffL) & -FRAME_SIZE);
        }
        return (int) physicalMemory.read(crossed + (address - pageEnd()), 1);
    }
}
