package org.pvdiet.emulator.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class EventQueueTest {
    private static final int CHUNKS = 500;

    private static void put(EventQueue queue, long word) {
        EventQueue.Chunk chunk = queue.next();
        chunk.words[0] = word;
        chunk.end = 1;
        queue.put(chunk);
    }

    @Test
    void allIsReadInOrderByAReaderThatIsSlower() {
        List<Long> read = new ArrayList<>();
        EventQueue queue = new EventQueue(events -> {
            read.add(events.words[0]);
            if (read.size() % 100 == 0) {
                pause();
            }
        });
        List<Long> written = new ArrayList<>();
        for (long i = 0; i < CHUNKS; i++) {
            put(queue, i);
            written.add(i);
        }
        queue.end();
        queue.check();
        assertEquals(written, read);
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A full disk, say: the guest's thread is told, and neither waits for ever. */
    @Test
    void whatTheReaderThrowsIsThrownWhereEventsAreWritten() {
        RuntimeException failure = new IllegalArgumentException("no space");
        EventQueue queue = new EventQueue(events -> {
            if (events.words[0] == 3) {
                throw failure;
            }
        });
        assertSame(failure, assertThrows(IllegalArgumentException.class, () -> {
            for (long i = 0; true; i++) {
                put(queue, i);
            }
        }));
        queue.end();
        assertSame(failure, assertThrows(IllegalArgumentException.class, queue::check));
    }
}
