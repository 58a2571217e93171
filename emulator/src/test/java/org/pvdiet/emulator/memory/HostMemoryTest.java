package org.pvdiet.emulator.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A machine's memory is zero when it is switched on: traces would differ from run to run otherwise. */
class HostMemoryTest {
    private static final int SIZE = 8 << 20;

    /** With what Linux tells of pages, and where it tells nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"/proc/self/pagemap", "/proc/self/there-is-no-such-file"})
    void isZeroWhereAnotherWasWrittenToAndFreed(String pagemap) {
        // glibc gives what was freed last again, and keeps pieces of this size where an arena's last one has been
        // freed.
        long[] used = Stream.generate(() -> Ram.allocate(1 << 16))
                .limit(2 * SIZE >> 16)
                .mapToLong(Long::longValue)
                .toArray();
        Arrays.stream(used).forEach(place -> Ram.fill(place, 1 << 16, (byte) 0xa5));
        Arrays.stream(used).forEach(Ram::free);
        HostMemory memory = new HostMemory(SIZE, Path.of(pagemap));
        byte[] bytes = new byte[SIZE];
        Ram.copy(memory.place, bytes, SIZE);
        Reference.reachabilityFence(memory);
        assertEquals(-1, Arrays.mismatch(new byte[SIZE], bytes));
    }

    /** As proc(5) has it of statm. */
    @Test
    void takesNothingOfTheHostBeforeItIsTouched() throws IOException {
        long before = pages(1);
        HostMemory memory = new HostMemory(1 << 29);
        long touched = pages(1) - before;
        assertTrue(touched < (1 << 28) / Ram.pageSize(), touched + " pages");
        assertEquals(0, Ram.get64(memory.place + (1 << 29) - 8));
        Reference.reachabilityFence(memory);
    }

    /** The collector sees nothing of what these take. */
    @Test
    void isFreedWhenNobodyHasIt() throws IOException {
        long each = 1L << 30;
        long before = pages(0);
        for (int i = 0; i < 16; i++) {
            HostMemory memory = new HostMemory(each);
            assertEquals(0, Ram.get64(memory.place));
            Reference.reachabilityFence(memory);
        }
        long more = (pages(0) - before) * Ram.pageSize();
        assertTrue(more < 8 * each, more + " bytes");
    }

    /** In memory (1), or of the address space (0). */
    private static long pages(int number) throws IOException {
        return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[number]);
    }
}
