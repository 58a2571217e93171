package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.memory.LinearMemory;

/** A region's code as bytecode: what {@link RegionWriter} makes a class of. */
abstract class Translation {
    /** What {@link #run} gives where all of the region might retire too many instructions. */
    static final int OUT_OF_TIME = Integer.MIN_VALUE;

    private static final int MOST_INSTRUCTIONS = 256;

    /**
     * Executes from the region's first block until control leaves the region, or the interpreter is needed.
     *
     * @param stopAt how many instructions may have retired in total; there must be room for the whole region
     * @return the number of the last block where control has left the region at its end, or a {@link #place}, or
     *     {@link #OUT_OF_TIME}
     */
    abstract int run(Cpu cpu, LinearMemory memory, long stopAt);

    /** A block, and the instruction of it that the interpreter is to go on with: a negative number. */
    static int place(int block, int instruction) {
        return ~(block * MOST_INSTRUCTIONS + instruction);
    }

    static int blockOf(int place) {
        return ~place / MOST_INSTRUCTIONS;
    }

    static int instructionOf(int place) {
        return ~place % MOST_INSTRUCTIONS;
    }
}
