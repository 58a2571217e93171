package org.pvdiet.traces;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Writes the parts of one table on a thread of its own, and recycles the batches. */
final class PartsWriter<C extends Enum<C> & Column> {
    /** Told of each finished part, on the writing thread. */
    interface Finished {
        void file(FileEntry entry) throws IOException;
    }

    /**
     * Full batches that may wait to be written; then the filling thread waits. A guest makes as many calls in the time that
     * it takes to compress a row group.
     */
    private static final int QUEUED_BATCHES = 16;

    /**
     * Between looks for a full batch, in milliseconds. To wake a thread that waits takes the filling thread up to 0.2 ms in a
     * virtual machine, some hundred times in a boot.
     */
    private static final int PAUSE = 5;

    private final Path directory;
    private final Table table;
    private final C[] all;
    private final Set<C> present;
    private final Options options;
    private final Finished finished;
    private final int maxBatches;
    private final BlockingQueue<Optional<RowBatch<C>>> full = new ArrayBlockingQueue<>(QUEUED_BATCHES);
    private final BlockingQueue<RowBatch<C>> free;
    private final Thread thread;
    private int batches;
    private long nextRow;
    private volatile TraceWriteException failure;

    // The writing thread's own. What a part's words take is used again for the next part: left behind, it would fill
    // the memory that nothing is collected from.
    private final List<WordDictionary> dictionaries;
    private TableFile<C> file;
    private int parts;

    /**
     * @param held batches that the filling thread may hold at once
     */
    PartsWriter(Path directory, Table table, C[] all, Set<C> present, Options options, int held, Finished finished) {
        this.directory = directory;
        this.table = table;
        this.all = all;
        this.present = present;
        this.options = options;
        this.finished = finished;
        this.maxBatches = held + QUEUED_BATCHES + 1;
        this.free = new ArrayBlockingQueue<>(maxBatches);
        this.dictionaries = TableFile.dictionaries(present.size());
        this.thread = new Thread(this::run, "trace-" + table.tableName());
        thread.setDaemon(true);
        thread.start();
    }

    /** An empty batch for the rows that follow those of the batch given before, which must be full. */
    RowBatch<C> next() {
        check();
        RowBatch<C> batch = free.poll();
        if (batch == null && batches < maxBatches) {
            batch = new RowBatch<>(present, options.batchRows());
            batches++;
        }
        try {
            if (batch == null) {
                batch = free.take();
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        batch.restart(nextRow);
        nextRow += batch.capacity();
        return batch;
    }

    /** Hands a batch to the writing thread. */
    void write(RowBatch<C> batch) {
        check();
        try {
            full.put(Optional.of(batch));
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Throws what went wrong on the writing thread, if anything did. */
    void check() {
        TraceWriteException e = failure;
        if (e != null) {
            throw e;
        }
    }

    /** Waits until all is written, and ends the thread. Does not throw: see {@link #check}. */
    void stop() {
        boolean interrupted = false;
        while (true) {
            try {
                full.put(Optional.empty());
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private TraceWriteException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new TraceWriteException("Writing " + directory + " was interrupted; the trace is incomplete.", cause);
    }

    private void run() {
        try {
            while (true) {
                Optional<RowBatch<C>> batch = full.poll();
                if (batch == null) {
                    Thread.sleep(PAUSE);
                    continue;
                }
                if (failure == null) {
                    attempt(batch);
                }
                if (batch.isEmpty()) {
                    return;
                }
                free.add(batch.get());
            }
        } catch (InterruptedException e) {
            failure = interrupted(e);
        }
    }

    /** After a failure the thread goes on taking batches, so that the filling thread never waits for ever. */
    private void attempt(Optional<RowBatch<C>> batch) {
        try {
            if (batch.isPresent()) {
                append(batch.get());
            } else {
                end();
            }
        } catch (IOException e) {
            failure = failed(e, e.getMessage());
        } catch (RuntimeException | OutOfMemoryError e) {
            failure = failed(e, e.toString());
        }
    }

    private void append(RowBatch<C> batch) throws IOException {
        if (table == Table.CALLS) {
            numberCalls(batch);
        }
        for (int from = 0; from < batch.rows(); ) {
            openPart();
            int to = (int) Math.min(batch.rows(), from + options.partRows() - file.rows());
            file.write(batch, from, to);
            from = to;
            if (file.rows() == options.partRows()) {
                endPart();
            }
        }
    }

    private void numberCalls(RowBatch<C> batch) {
        C seq = all[CallColumn.SEQ.ordinal()];
        for (int row = 0; row < batch.rows(); row++) {
            batch.set(seq, row, batch.firstRow() + row);
        }
    }

    private void end() throws IOException {
        if (parts == 0) {
            openPart();
        }
        if (file != null) {
            endPart();
        }
    }

    private void openPart() throws IOException {
        if (file == null) {
            file = new TableFile<>(
                    directory,
                    table,
                    parts,
                    List.copyOf(present),
                    dictionaries,
                    options.rowGroupRows(),
                    options.compressionLevel());
            parts++;
        }
    }

    private void endPart() throws IOException {
        FileEntry entry = file.close();
        file = null;
        finished.file(entry);
    }

    private TraceWriteException failed(Throwable cause, String why) {
        TableFile<C> unfinished = file;
        file = null;
        if (unfinished != null) {
            unfinished.abandon();
        }
        return new TraceWriteException(
                "Cannot write " + directory.resolve(table.fileName(Math.max(0, parts - 1))) + ": " + why
                        + ". What was finished before is kept and marked incomplete; free some space or choose another"
                        + " output, and record again.",
                cause);
    }
}
