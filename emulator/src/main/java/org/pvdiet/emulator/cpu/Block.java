package org.pvdiet.emulator.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pvdiet.emulator.memory.Mmu;

/**
 * Instructions that are executed one after another: the last transfers control, or is followed by a jump to the next
 * block. All lie in one page, but for a single instruction that crosses into a second.
 */
final class Block {
    /** Never an instruction pointer: a block with it is found by nobody. */
    private static final long DEAD = 0x8000_0000_0000_0000L;

    /** Thrown by a block that was changed while it ran, before the next of its instructions. */
    static final class Cut extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private static final Cut CUT = new Cut();

        private Cut() {
            super(null, null, false, false);
        }
    }

    private static final Step CUT = new Step() {
        @Override
        void execute(Cpu cpu) {
            throw Cut.CUT;
        }
    };

    /** How control leaves a block. */
    enum Exit {
        /** To one of at most two addresses. */
        DIRECT,
        /** To any address. */
        INDIRECT,
        /** To any address, and the mode, privilege or translations may have changed. */
        CHANGED
    }

    /** Of the first instruction, or {@link #DEAD}. */
    long rip;

    final long start;
    final int mode;
    final int count;
    final Step[] steps;

    final Exit exit;

    final Probe probe;

    /** Physical address of the first byte. */
    final long physical;

    /** Bytes in the first page. */
    final int length;

    /** Physical address of the bytes in the second page, or -1. */
    final long secondPhysical;

    // At this generation of the translations they were right, and all of global pages or not.
    private long generation;
    private boolean global;

    // The blocks that were executed after this one, where it ends in a direct jump.
    Block next;
    Block other;

    /** In the same line of code. */
    Block chained;

    /** Times that the interpreter has begun it, as far as anybody counts. */
    int executions;

    /** What is entered where this block begins and is translated or going to be, or null; and the number of this in it. */
    Region region;

    int entry;

    /** All regions that this block is a part of. */
    private final List<Region> regions = new ArrayList<>(0);

    /** The last step where it is the last two instructions at once: what it is of the first of them. Else null. */
    private final Step lastAlone;

    // Per instruction, and one more for the end: first step, and offset from the first instruction.
    private final short[] firstSteps;
    private final short[] offsets;

    Block(
            long rip,
            int mode,
            Step[] steps,
            short[] firstSteps,
            short[] offsets,
            Step lastAlone,
            Exit exit,
            Probe probe,
            long physical,
            int length,
            long secondPhysical) {
        this.rip = rip;
        this.start = rip;
        this.mode = mode;
        this.count = firstSteps.length - 1;
        this.steps = steps;
        this.firstSteps = firstSteps;
        this.offsets = offsets;
        this.lastAlone = lastAlone;
        this.exit = exit;
        this.probe = probe;
        this.physical = physical;
        this.length = length;
        this.secondPhysical = secondPhysical;
    }

    int firstStep(int instruction) {
        return firstSteps[instruction];
    }

    /** The address of an instruction, or of what follows for {@code count}. */
    long address(int instruction) {
        return start + offsets[instruction];
    }

    /** True where an address lies in the block. */
    boolean spans(long address) {
        return address - start >= 0 && address - start < offsets[count];
    }

    /** The instruction that a step belongs to. */
    int instructionOf(int step) {
        int i = Arrays.binarySearch(firstSteps, 0, count, (short) step);
        if (i < 0) {
            return -i - 2;
        }
        // Instructions without steps (NOP) share the first step of the next: it is the last of them that has it.
        while (i + 1 < count && firstSteps[i + 1] == step) {
            i++;
        }
        return i;
    }

    /** Whether an instruction, whatever it is, leaves control where the next of the block is, if nothing happens. */
    boolean goesOnAfter(int instruction) {
        return instruction < count - 1;
    }

    /** True where the last of so many instructions shares a step with the one after it. */
    boolean isFused(int instructions) {
        return lastAlone != null && instructions == count - 1;
    }

    /** The steps without that of the last instruction. */
    Step[] unfused() {
        Step[] copy = steps.clone();
        copy[copy.length - 1] = lastAlone;
        return copy;
    }

    void joined(Region whole) {
        regions.add(whole);
    }

    void left(Region whole) {
        regions.remove(whole);
    }

    /** Its translations are right now. */
    void found(long generation, boolean global) {
        this.generation = generation;
        this.global = global;
    }

    /** False where its translations may have changed since they were found. */
    boolean isCurrent(Mmu mmu) {
        return mmu.isCurrent(generation, global);
    }

    boolean isDead() {
        return rip == DEAD;
    }

    /** Ends the block before its next instruction, if it is running, and for ever. */
    void kill() {
        rip = DEAD;
        regions.forEach(Region::kill);
        regions.clear();
        next = null;
        other = null;
        for (int i = 0; i < count; i++) {
            if (firstSteps[i] < firstSteps[i + 1]) {
                steps[firstSteps[i]] = CUT;
            }
        }
    }
}
