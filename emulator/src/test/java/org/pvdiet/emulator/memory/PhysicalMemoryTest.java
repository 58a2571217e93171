package org.pvdiet.emulator.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PhysicalMemoryTest {

    /** What lies above the low bytes is whatever the register that is stored held: another thing interpreted than translated. */
    @Test
    void whoWatchesAFrameIsToldOfTheBytesThatAreWrittenAndNoOthers() {
        PhysicalMemory memory = new PhysicalMemory(2 * PhysicalMemory.FRAME_SIZE);
        List<Long> seen = new ArrayList<>();
        memory.onWatchedWrite((address, size, value) -> seen.add(value));
        memory.flag(1, PhysicalMemory.WATCHED);
        for (int size : new int[] {1, 2, 4, 8}) {
            memory.write(PhysicalMemory.FRAME_SIZE, size, 0x8877665544332211L);
        }
        assertEquals(List.of(0x11L, 0x2211L, 0x44332211L, 0x8877665544332211L), seen);
    }

    @Test
    void aDeviceIsWrittenTheBytesOfTheAccessAndNoOthersAndSoItIsRead() {
        PhysicalMemory memory = new PhysicalMemory(PhysicalMemory.FRAME_SIZE);
        List<Long> seen = new ArrayList<>();
        memory.map(0xfee00000L, PhysicalMemory.FRAME_SIZE, new Mmio() {
            @Override
            public long read(long offset, int size) {
                return 0x8877665544332211L;
            }

            @Override
            public void write(long offset, int size, long value) {
                seen.add(value);
            }
        });
        for (int size : new int[] {1, 2, 4, 8}) {
            memory.write(0xfee00000L, size, 0x8877665544332211L);
            seen.add(memory.read(0xfee00000L, size));
        }
        assertEquals(
                List.of(
                        0x11L,
                        0x11L,
                        0x2211L,
                        0x2211L,
                        0x44332211L,
                        0x44332211L,
                        0x8877665544332211L,
                        0x8877665544332211L),
                seen);
    }
}
