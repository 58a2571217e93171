package org.pvdiet.emulator.record;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pvdiet.emulator.memory.PhysicalMemory;

class TrackedFramesTest {
    private static final long TABLE = 5;
    private static final long AT = TABLE << PhysicalMemory.FRAME_SHIFT;
    private static final long ENTRY = 0x8000_0000_0000_0163L;

    private final PhysicalMemory memory = new PhysicalMemory(1 << 20);
    private final List<String> seen = new ArrayList<>();
    private final TrackedFrames frames = new TrackedFrames(memory, new TrackedFrames.Listener() {
        @Override
        public void pageTableEntry(long address, int level, long old, long value) {
            seen.add(String.format("%x level %d: %x to %x", address, level, old, value));
        }

        @Override
        public void descriptor(long address, long old, long value) {
            seen.add(String.format("%x: %x to %x", address, old, value));
        }
    });

    /** As where code is patched: a hook is given a pointer to the entry, sets it, and clears it. */
    @Test
    void aTableThatIsEmptiedIsOneAgainWhenAHookPointsIntoIt() {
        for (int i = 0; i < 2; i++) {
            frames.trackPageTable(TABLE, 1);
            memory.writeLong(AT + 8, ENTRY);
            memory.writeLong(AT + 8, 0);
        }
        assertEquals(
                List.of(
                        "5008 level 1: 0 to 8000000000000163",
                        "5008 level 1: 8000000000000163 to 0",
                        "5008 level 1: 0 to 8000000000000163",
                        "5008 level 1: 8000000000000163 to 0"),
                seen);
    }

    @Test
    void whatIsWrittenToAnEmptiedTableIsNoEntry() {
        frames.trackPageTable(TABLE, 1);
        memory.writeLong(AT, ENTRY);
        memory.writeLong(AT, 0);
        seen.clear();
        memory.writeLong(AT, 1);
        memory.writeLong(AT + 16, 2);
        assertEquals(List.of(), seen);
        assertEquals(0, memory.frameFlags(TABLE));

        // Two entries by then: the table is one until both are cleared.
        frames.trackPageTable(TABLE, 1);
        memory.writeLong(AT, 0);
        memory.writeLong(AT + 16, 0);
        memory.writeLong(AT + 16, 3);
        assertEquals(List.of("5000 level 1: 1 to 0", "5010 level 1: 2 to 0"), seen);
    }

    @Test
    void anEmptiedTableIsOneOfAnotherLevelWhereItIsUsedAsOne() {
        frames.trackPageTable(TABLE, 1);
        memory.writeLong(AT, ENTRY);
        memory.writeLong(AT, 0);
        seen.clear();
        long below = TABLE + 1;
        frames.trackPageTable(TABLE, 2);
        memory.writeLong(AT, below << PhysicalMemory.FRAME_SHIFT | 0x63);
        memory.writeLong(below << PhysicalMemory.FRAME_SHIFT, ENTRY);
        assertEquals(List.of("5000 level 2: 0 to 6063", "6000 level 1: 0 to 8000000000000163"), seen);
    }
}
