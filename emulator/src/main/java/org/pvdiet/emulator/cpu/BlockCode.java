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
    private final byte[] page = new byte[FRAME_SIZE];

    private long rip;
    private long base;
    private long physical;
    private Mode mode;
    private LinearMemory memory;
    private boolean isCopied;
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
     * @param most bytes of the page that will be read
     */
    void start(long rip, long base, long physical, int most, Mode mode, LinearMemory memory) {
        this.rip = rip;
        this.base = base;
        this.physical = physical;
        this.mode = mode;
        this.memory = memory;
        this.crossed = -1;
        isCopied = physicalMemory.isReadable(physical >>> FRAME_SHIFT);
        if (isCopied) {
            physicalMemory.read(physical, Math.min(most, (int) (pageEnd() - rip)), page);
        }
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
    public int byteAt(long address) {
        long offset = address - rip;
        if (address < pageEnd()) {
            return isCopied ? page[(int) offset] & 0xff : (int) physicalMemory.read(physical + offset, 1);
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
