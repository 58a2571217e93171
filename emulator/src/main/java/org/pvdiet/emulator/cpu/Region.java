package org.pvdiet.emulator.cpu;

/**
 * Blocks that are translated together, entered at the first. Belongs to the guest's thread, but for what says otherwise.
 */
final class Region {
    final Block[] blocks;

    /** What the blocks' bytes were when the region was formed. */
    final byte[][] code;

    private boolean dead;

    /** Set by the thread that translates. */
    private volatile Translated translated;

    /** A translation, and the micro-operations that it has no bytecode for. */
    record Translated(Translation translation, MicroOp[] ops) {}

    Region(Block[] blocks, byte[][] code) {
        this.blocks = blocks;
        this.code = code;
        for (Block block : blocks) {
            block.joined(this);
        }
        blocks[0].region = this;
    }

    /** Null until there is one. */
    Translated translated() {
        return translated;
    }

    /** To be called by the thread that translates. */
    void complete(Translated result) {
        translated = result;
    }

    /** A block has gone: this is never entered again. */
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
