package org.pvdiet.emulator.cpu;

import java.util.ArrayList;
import java.util.List;
import org.pvdiet.emulator.memory.PhysicalMemory;

/** All blocks, by where their code lies in physical memory, and gone once that is written. */
final class CodeCache {
    private static final int LINE_SHIFT = 6;
    private static final int LINES = PhysicalMemory.FRAME_SIZE >> LINE_SHIFT;

    /** A frame's code. */
    private static final class Frame {
        /** Blocks by the line of their first byte. */
        final Block[] byLine = new Block[LINES];

        /** All blocks with bytes in this frame. */
        final List<Block> blocks = new ArrayList<>();

        /** Lines that hold bytes of blocks. */
        long lines;
    }

    private final PhysicalMemory memory;
    private final Frame[] frames;

    /** How many frames hold code. */
    private int framesOfCode;

    CodeCache(PhysicalMemory memory) {
        this.memory = memory;
        this.frames = new Frame[(int) (memory.size() >> PhysicalMemory.FRAME_SHIFT)];
        memory.onCodeWrite(this::written);
    }

    private static int line(long physical) {
        return (int) physical >> LINE_SHIFT & LINES - 1;
    }

    /** Null where there is none. */
    Block find(long rip, long physical, int mode) {
        int number = (int) (physical >>> PhysicalMemory.FRAME_SHIFT);
        Frame frame = number < frames.length ? frames[number] : null;
        if (frame == null) {
            return null;
        }
        for (Block block = frame.byLine[line(physical)]; block != null; block = block.chained) {
            if (block.rip == rip && block.physical == physical && block.mode == mode) {
                return block;
            }
        }
        return null;
    }

    /** Keeps a block, unless its code is not in RAM. */
    void add(Block block) {
        if (block.physical + block.length > memory.size()
                || block.secondPhysical >= memory.size() - PhysicalMemory.FRAME_SIZE) {
            return;
        }
        Frame frame = mark(block.physical, block.length, block);
        int line = line(block.physical);
        block.chained = frame.byLine[line];
        frame.byLine[line] = block;
        if (block.secondPhysical >= 0) {
            mark(block.secondPhysical, secondLength(block), block);
        }
    }

    private static int secondLength(Block block) {
        return (int) (block.address(block.count) - block.start) - block.length;
    }

    private Frame mark(long physical, int length, Block block) {
        int number = (int) (physical >>> PhysicalMemory.FRAME_SHIFT);
        Frame frame = frames[number];
        if (frame == null) {
            frame = new Frame();
            frames[number] = frame;
            framesOfCode++;
        }
        memory.flag(number, PhysicalMemory.CODE);
        frame.blocks.add(block);
        frame.lines |= lines(physical, length);
        return frame;
    }

    private static long lines(long physical, int length) {
        int first = line(physical);
        int last = line(physical + length - 1);
        return -1L << first & -1L >>> LINES - 1 - last;
    }

    private void written(long address, int size) {
        int number = (int) (address >>> PhysicalMemory.FRAME_SHIFT);
        Frame frame = frames[number];
        if (frame == null || (frame.lines & lines(address, size)) == 0) {
            return;
        }
        // From the last, because those that go leave the list.
        for (int i = frame.blocks.size() - 1; i >= 0; i--) {
            Block block = frame.blocks.get(i);
            if (overlaps(block.physical, block.length, address, size)
                    || block.secondPhysical >= 0
                            && overlaps(block.secondPhysical, secondLength(block), address, size)) {
                remove(block);
            }
        }
    }

    private static boolean overlaps(long a, int aLength, long b, int bLength) {
        return a < b + bLength && b < a + aLength;
    }

    void remove(Block block) {
        block.kill();
        unmark(block.physical, block);
        if (block.secondPhysical >= 0) {
            unmark(block.secondPhysical, block);
        }
    }

    private void unmark(long physical, Block block) {
        int number = (int) (physical >>> PhysicalMemory.FRAME_SHIFT);
        Frame frame = number < frames.length ? frames[number] : null;
        if (frame == null || !frame.blocks.remove(block)) {
            return;
        }
        if (frame.blocks.isEmpty()) {
            frames[number] = null;
            framesOfCode--;
            memory.unflag(number, PhysicalMemory.CODE);
            return;
        }
        int line = line(physical);
        if (frame.byLine[line] == block) {
            frame.byLine[line] = block.chained;
        } else {
            for (Block before = frame.byLine[line]; before != null; before = before.chained) {
                if (before.chained == block) {
                    before.chained = block.chained;
                }
            }
        }
        frame.lines = 0;
        for (Block left : frame.blocks) {
            frame.lines |= left.physical >>> PhysicalMemory.FRAME_SHIFT == number
                    ? lines(left.physical, left.length)
                    : lines(left.secondPhysical, secondLength(left));
        }
    }

    /** Removes the blocks with an instruction at a linear address, in whatever address space. */
    void removeAt(long address) {
        int left = framesOfCode;
        for (int number = 0; left > 0; number++) {
            Frame frame = frames[number];
            if (frame != null) {
                left--;
                frame.blocks.stream()
                        .filter(block -> block.spans(address))
                        .toList()
                        .forEach(this::remove);
            }
        }
    }

    void clear() {
        for (int number = 0; framesOfCode > 0; number++) {
            if (frames[number] != null) {
                frames[number].blocks.forEach(Block::kill);
                frames[number] = null;
                framesOfCode--;
                memory.unflag(number, PhysicalMemory.CODE);
            }
        }
    }
}
