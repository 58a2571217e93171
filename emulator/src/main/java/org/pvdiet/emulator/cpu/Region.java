package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.memory.LinearMemory;
import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.memory.PhysicalMemory;

/**
 * Blocks that are translated together, entered at the first. Belongs to the guest's thread, but for what says otherwise.
 */
final class Region {
    final Block[] blocks;

    /** What the blocks' bytes were when the region was formed. */
    final byte[][] code;

    private final int longest;

    /** Of the translations that all blocks were last found by. */
    private long generation;

    private boolean dead;

    /** Set by the thread that translates. */
    private volatile Translation translation;

    /** @param generation of the translations that the blocks were found by */
    Region(Block[] blocks, byte[][] code, long generation) {
        this.blocks = blocks;
        this.code = code;
        this.generation = generation;
        int instructions = 0;
        for (Block block : blocks) {
            block.joined(this);
            instructions += block.count;
        }
        longest = instructions;
        blocks[0].region = this;
    }

    /** Null until there is one. */
    Translation translation() {
        return translation;
    }

    /** To be called by the thread that translates. */
    void complete(Translation result) {
        translation = result;
    }

    /** The most instructions that retire before the region's end, or before it goes back to one of its blocks. */
    int longest() {
        return longest;
    }

    boolean isDead() {
        return dead;
    }

    /**
     * True where each block is still what its address leads to; false too where that cannot be said without a walk, which
     * the guest could notice. The first block has been looked at.
     */
    boolean isCurrent(LinearMemory memory, Mmu mmu) {
        long now = mmu.generation();
        if (generation == now) {
            return true;
        }
        long page = blocks[0].start >>> PhysicalMemory.FRAME_SHIFT;
        for (Block block : blocks) {
            if (block.start >>> PhysicalMemory.FRAME_SHIFT != page
                    && !block.isCurrent(mmu)
                    && memory.executable(block.start) != block.physical) {
                return false;
            }
        }
        generation = now;
        return true;
    }

    /** A block has gone, or there are too many regions: this is never entered again. */
    void kill() {
        if (dead) {
            return;
        }
        dead = true;
        Block first = blocks[0];
        if (first.region == this) {
            first.region = null;
            first.executions = 0;
        }
        for (Block block : blocks) {
            if (!block.isDead()) {
                block.left(this);
            }
        }
    }
}
