package org.pvdiet.emulator.record;

import com.google.common.base.Throwables;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Takes events from the guest's thread to another, many at once: what a call costs the guest is little more than writing words. */
final class EventQueue {
    /** 128 KiB, the events of about a millisecond at most. */
    private static final int WORDS = 1 << 14;

    /** Where the guest is so far ahead, it waits. */
    private static final int CHUNKS = 32;

    /** Between looks for events, in milliseconds. To wake a thread costs the one that does it more than all the events. */
    private static final int PAUSE = 4;

    /** Words, one event after another. */
    static final class Chunk {
        final long[] words = new long[WORDS];
        int end;
    }

    /** Told of chunks in turn, on another thread. */
    interface Reader {
        void read(Chunk events);
    }

    private final Reader reader;
    private final BlockingQueue<Optional<Chunk>> full = new ArrayBlockingQueue<>(CHUNKS + 1);
    private final BlockingQueue<Chunk> free = new ArrayBlockingQueue<>(CHUNKS);
    private final Thread thread = new Thread(this::run, "recorder");
    private int chunks;
    private boolean ended;
    private volatile Throwable failure;

    EventQueue(Reader reader) {
        this.reader = reader;
        thread.setDaemon(true);
        thread.start();
    }

    /** An empty chunk; throws what the reader has thrown, if it has. */
    Chunk next() {
        check();
        Chunk chunk = free.poll();
        if (chunk == null && chunks < CHUNKS) {
            chunk = new Chunk();
            chunks++;
        }
        try {
            return chunk == null ? free.take() : chunk;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("recording was interrupted", e);
        }
    }

    /** Has a chunk read; it must not be touched any more. */
    void put(Chunk chunk) {
        full.add(Optional.of(chunk));
    }

    /** Waits until all is read. No more can be put. */
    void end() {
        if (!ended) {
            ended = true;
            full.add(Optional.empty());
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Throws what the reader has thrown, if it has. */
    void check() {
        if (failure != null) {
            Throwables.throwIfUnchecked(failure);
            throw new IllegalStateException(failure);
        }
    }

    private void run() {
        try {
            while (true) {
                Optional<Chunk> chunk = full.poll();
                if (chunk == null) {
                    Thread.sleep(PAUSE);
                } else if (chunk.isEmpty()) {
                    return;
                } else {
                    read(chunk.get());
                    free.add(chunk.get());
                }
            }
        } catch (InterruptedException e) {
            failure = e;
        }
    }

    /** After a failure chunks are taken and not read, so that the guest never waits for ever. */
    private void read(Chunk chunk) {
        if (failure == null) {
            try {
                reader.read(chunk);
            } catch (RuntimeException | Error e) {
                failure = e;
            }
        }
    }
}
