package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.memory.LinearMemory;

/** A region's code as bytecode: what {@link RegionWriter} makes a class of. */
abstract class Translation {
    /**
     * What {@link #run} gives where all of the region might retire too many instructions, or a probe or what the interpreter
     * did in between has ended it: the processor is where control goes on.
     */
    static final int OUT_OF_TIME = Integer.MIN_VALUE;

    /** An entry that leads nowhere: {@link #run} returns at once, and touches neither processor nor memory. */
    static final int NOWHERE = -1;

    /** Most ways out of a block's end. */
    static final int EXITS = 2;

    static final int MOST_INSTRUCTIONS = 256;

    /** What this is the code of; generated code has it run probes, and instructions without bytecode. */
    final Region region;

    Translation(Region region) {
        this.region = region;
    }

    /**
     * Executes from an entry of the region until control leaves the region, does not go on behind a probe or an interpreted
     * instruction, or the interpreter is needed.
     *
     * @param stopAt how many instructions may have retired in total; there must be room for the whole region
     * @param entry number of the block to begin with, or {@link #NOWHERE}
     * @return where control has left the region at a block's end, that block's number times {@link #EXITS} and which of its
     *     exits it was; or a {@link #place}, or {@link #OUT_OF_TIME}
     */
    abstract int run(Cpu cpu, LinearMemory memory, long stopAt, int entry);

    /** The block that was left at its end. */
    static int lastOf(int exit) {
        return exit / EXITS;
    }

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
