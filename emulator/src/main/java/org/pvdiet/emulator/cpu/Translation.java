package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.memory.LinearMemory;

/** A region's code as bytecode: what {@link RegionWriter} makes a class of. */
abstract class Translation {
    /** What {@link #run} gives where the run has left in the middle of a block and all is done that follows from it. */
    static final int LEFT = -1;

    /**
     * Executes from the region's first block until control leaves the region, or something else must be looked at.
     *
     * @param ops the micro-operations that have no bytecode
     * @param stopAt no block begins that would retire more instructions than this in total
     * @return the number of the last block, at whose end the processor's state is; or {@link #LEFT}; or what
     *     {@link #interruptedAfter} gives
     */
    abstract int run(Cpu cpu, LinearMemory memory, Block[] blocks, MicroOp[] ops, long stopAt);

    /** A block and one of its instructions, as one number that is not negative. */
    static int place(int block, int instruction) {
        return block << 8 | instruction;
    }

    /**
     * Something wants attention after an instruction that is not its block's last. Registers and flags are right, and
     * {@link Cpu#retired} counts up to the block's start.
     */
    static int interruptedAfter(int place) {
        return LEFT - 1 - place;
    }

    /** The place that {@link #interruptedAfter} was told, which gives it back as well. */
    static int interruptedPlace(int result) {
        return LEFT - 1 - result;
    }

    static int blockOf(int place) {
        return place >> 8;
    }

    static int instructionOf(int place) {
        return place & 0xff;
    }

    /** @param place inverted or not */
    static int fault(Cpu cpu, Block[] blocks, int place, RuntimeException cause) {
        int where = place < 0 ? ~place : place;
        cpu.fault(blocks[blockOf(where)], instructionOf(where), cause);
        return LEFT;
    }

    /** #GP(0) where an instruction pointer is not canonical. */
    static long canonical(long target) {
        if (target << 16 >> 16 != target) {
            throw Fault.generalProtection();
        }
        return target;
    }
}
