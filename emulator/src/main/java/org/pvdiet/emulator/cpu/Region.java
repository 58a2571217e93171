package org.pvdiet.emulator.cpu;

import java.util.Arrays;
import org.pvdiet.emulator.memory.LinearMemory;
import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.memory.PhysicalMemory;

/** Blocks that are translated together. Belongs to the guest's thread, but for what says otherwise. */
final class Region {
    final Block[] blocks;

    /** What the blocks' bytes were when the region was formed. */
    final byte[][] code;

    private final int longest;

    // At this generation of the translations all blocks were right, and all of them of global pages or not.
    private long generation;
    private boolean global;

    // By exit: the block that has been entered from there. Two of a block that ends in an indirect jump.
    private final Block[] links;

    private boolean dead;

    /** Set by the thread that translates. */
    private volatile Translation translation;

    /** @param generation of the translations that the blocks were found by */
    Region(Block[] blocks, byte[][] code, long generation) {
        this.blocks = blocks;
        this.code = code;
        this.generation = generation;
        int instructions = 0;
        for (int i = 0; i < blocks.length; i++) {
            Block block = blocks[i];
            block.joined(this);
            instructions += block.count;
            if (block.region == null) {
                block.region = this;
                block.entry = i;
            }
        }
        longest = instructions;
        links = new Block[blocks.length * Translation.EXITS];
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
     * the guest could notice. The block that is to be entered has been looked at.
     */
    boolean isCurrent(Block entered, LinearMemory memory, Mmu mmu) {
        if (isCurrent(mmu)) {
            return true;
        }
        long page = entered.start >>> PhysicalMemory.FRAME_SHIFT;
        for (Block block : blocks) {
            if (block.start >>> PhysicalMemory.FRAME_SHIFT != page
                    && !block.isCurrent(mmu)
                    && memory.executable(block.start) != block.physical) {
                return false;
            }
        }
        found(memory, mmu);
        return true;
    }

    /** False where translations may have changed since all blocks were found by them. */
    boolean isCurrent(Mmu mmu) {
        return mmu.isCurrent(generation, global);
    }

    private boolean isGlobal(LinearMemory memory) {
        for (Block block : blocks) {
            if (!memory.isExecutableGlobally(block.start)) {
                return false;
            }
        }
        return true;
    }

    private void found(LinearMemory memory, Mmu mmu) {
        global = isGlobal(memory);
        generation = mmu.generation(global);
    }

    /** The block that has been entered from an exit where control goes to an address, if it is what is there still; or null. */
    Block linked(int exit, long rip, Mmu mmu) {
        Block next = links[exit];
        if (next == null || next.rip != rip) {
            next = links[exit ^ 1];
        }
        return next != null
                        && next.rip == rip
                        && next.region != null
                        && next.region.translation != null
                        && next.region.isCurrent(mmu)
                ? next
                : null;
    }

    /** Remembers what is entered from an exit: a block that has a translation. */
    void link(int exit, Block next) {
        // The first that was entered from here stays: of an indirect jump's targets the second place is for the latest.
        boolean free = links[exit] == null || links[exit].isDead();
        links[free ? exit : exit ^ 1] = next;
    }

    /** Runs the probe of a block that control has come to, if there is one; false where control does not go on there. */
    boolean goesOn(Cpu cpu, int number) {
        Block block = blocks[number];
        return block.probe == null || !cpu.probe(block) && !dead;
    }

    /** Has the interpreter execute an instruction of a block; false where control does not go on behind it. */
    boolean interpret(Cpu cpu, int number, int instruction) {
        return cpu.interpret(this, blocks[number], instruction);
    }

    /** A block has gone, or there are too many regions: this is never entered again. */
    void kill() {
        if (dead) {
            return;
        }
        dead = true;
        // Others may lead here still, until they are led elsewhere.
        translation = null;
        Arrays.fill(links, null);
        for (Block block : blocks) {
            if (block.region == this) {
                block.region = null;
                block.executions = 0;
            }
            if (!block.isDead()) {
                block.left(this);
            }
        }
    }
}
