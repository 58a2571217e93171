package org.pvdiet.traces;

import com.google.common.base.Preconditions;
import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Writes a trace. One thread fills batches; others encode, compress and write them.
 *
 * <p>Rows of calls are opened at entry and finished when the call ends, so that they stand in the order of entry:
 *
 * <pre>{@code
 * RowBatch<CallColumn> batch = writer.callBatch();
 * int row = batch.open();                  // the call's seq is batch.firstRow() + row
 * batch.set(CallColumn.HOOK, row, hook);   // ... state before
 * // ... later
 * batch.set(CallColumn.OUTCOME, row, Outcome.RETURNED);
 * batch.finish(row);
 * }</pre>
 *
 * Rows of effects are appended with all their values before the next {@link #effectBatch}.
 *
 * <p>A failure to write (a full disk, say) is thrown as {@link TraceWriteException} by the next method called; the trace
 * then stays incomplete, with the parts finished so far.
 */
public final class TraceWriter implements AutoCloseable {
    /** Full batches of calls that may wait for open rows; with one more, the oldest's open calls are abandoned. */
    static final int MAX_WAITING_BATCHES = 32;

    private static final Pattern OWN_FILES =
            Pattern.compile("(trace\\.json|(hooks|sites|symbols|frames|(calls|effects)-\\d{5,})\\.parquet)(\\.tmp)?");

    private final Path directory;
    private final TraceInfo info;
    private final Options options;
    private final OpenCalls openCalls;
    private final Map<String, FileEntry> files = new TreeMap<>();
    private final PartsWriter<CallColumn> calls;
    private final PartsWriter<EffectColumn> effects;
    private final Deque<RowBatch<CallColumn>> waiting = new ArrayDeque<>();
    private RowBatch<CallColumn> callBatch;
    private RowBatch<EffectColumn> effectBatch;
    private boolean closed;

    private TraceWriter(Path directory, TraceInfo info, Options options, OpenCalls openCalls) {
        this.directory = directory;
        this.info = info;
        this.options = options;
        this.openCalls = openCalls;
        this.calls = new PartsWriter<>(
                directory,
                Table.CALLS,
                CallColumn.values(),
                columns(CallColumn.class, Table.CALLS, info.registers()),
                options,
                MAX_WAITING_BATCHES + 1,
                this::finished);
        this.effects = new PartsWriter<>(
                directory,
                Table.EFFECTS,
                EffectColumn.values(),
                EnumSet.allOf(EffectColumn.class),
                options,
                1,
                this::finished);
        this.callBatch = calls.next();
        this.effectBatch = effects.next();
    }

    /** Loads what the first trace needs to begin, which takes 0.1 s: for another thread in the meantime. */
    public static void load() {
        try {
            TraceDocument.loadForWriting();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Begins a trace in a new directory.
     *
     * @param openCalls completes rows that must be written before their call has ended
     * @throws TraceWriteException if the directory cannot be made, or there is something already which
     *     {@code options} do not let us replace or which is not a trace
     */
    public static TraceWriter create(Path directory, TraceInfo info, Options options, OpenCalls openCalls) {
        try {
            clear(directory, options.overwrite());
            Files.createDirectories(directory);
            document(info, TraceDocument.State.INCOMPLETE, Optional.empty(), ImmutableList.of())
                    .write(directory);
        } catch (IOException e) {
            throw new TraceWriteException(
                    "Cannot create the trace " + directory + ": " + reason(e) + ". Choose another output.", e);
        }
        return new TraceWriter(directory, info, options, openCalls);
    }

    /** A batch of calls with room for at least one row. The same object until it is full. */
    public RowBatch<CallColumn> callBatch() {
        calls.check();
        effects.check();
        if (callBatch.isFull()) {
            nextCallBatch();
        }
        return callBatch;
    }

    private void nextCallBatch() {
        waiting.add(callBatch);
        writeFinished();
        if (waiting.size() > MAX_WAITING_BATCHES) {
            abandonOpen(waiting.element());
            writeFinished();
        }
        callBatch = calls.next();
    }

    /** A batch of effects with room for at least one row. The same object until it is full. */
    public RowBatch<EffectColumn> effectBatch() {
        calls.check();
        effects.check();
        if (effectBatch.isFull()) {
            effects.write(effectBatch);
            effectBatch = effects.next();
        }
        return effectBatch;
    }

    /** Writes the table of hooks, in place of one written before. */
    public void hooks(List<Hook> hooks) {
        table(Table.HOOKS, HookColumn.class, hooks, Rows::put);
    }

    /** Writes the table of sites, in place of one written before. */
    public void sites(List<Site> sites) {
        table(Table.SITES, SiteColumn.class, sites, Rows::put);
    }

    /** Writes the symbols, in place of those written before. */
    public void symbols(List<Symbol> symbols) {
        table(Table.SYMBOLS, SymbolColumn.class, symbols, Rows::put);
    }

    /** Writes all runs of frames so far, in place of those written before. */
    public void frames(List<FrameRun> frames) {
        table(Table.FRAMES, FrameColumn.class, frames, Rows::put);
    }

    /**
     * Writes what is left and marks the trace complete.
     *
     * @throws TraceWriteException if anything could not be written; the trace is then incomplete
     */
    public void complete(Ending ending) {
        Preconditions.checkState(!closed, "already closed");
        addMissingTables();
        stop();
        calls.check();
        effects.check();
        try {
            write(TraceDocument.State.COMPLETE, Optional.of(ending));
        } catch (IOException e) {
            throw failed(TraceDocument.FILE_NAME, e);
        }
    }

    /** Unless the trace is complete, writes what is left and leaves the trace marked incomplete. Does not throw. */
    @Override
    public void close() {
        if (!closed) {
            stop();
        }
    }

    private void stop() {
        closed = true;
        try {
            if (callBatch.rows() > 0) {
                waiting.add(callBatch);
            }
            waiting.forEach(this::abandonOpen);
            writeFinished();
            effects.write(effectBatch);
        } catch (TraceWriteException e) {
            // Also held by the PartsWriter that threw it, which complete() asks.
        } finally {
            calls.stop();
            effects.stop();
        }
    }

    private void writeFinished() {
        while (!waiting.isEmpty() && !waiting.element().anyOpen()) {
            calls.write(waiting.remove());
        }
    }

    private void abandonOpen(RowBatch<CallColumn> batch) {
        batch.openRows().stream().forEach(row -> {
            openCalls.abandon(batch, row);
            batch.finish(row);
        });
    }

    private void addMissingTables() {
        Set<String> names;
        synchronized (files) {
            names = Set.copyOf(files.keySet());
        }
        if (!names.contains(Table.HOOKS.fileName(0))) {
            hooks(ImmutableList.of());
        }
        if (!names.contains(Table.SITES.fileName(0))) {
            sites(ImmutableList.of());
        }
        if (!names.contains(Table.SYMBOLS.fileName(0))) {
            symbols(ImmutableList.of());
        }
        if (!names.contains(Table.FRAMES.fileName(0))) {
            frames(ImmutableList.of());
        }
    }

    private <C extends Enum<C> & Column, R> void table(
            Table table, Class<C> type, List<R> records, Rows.Put<C, R> put) {
        calls.check();
        effects.check();
        Preconditions.checkState(!closed, "already closed");
        Set<C> columns = EnumSet.allOf(type);
        RowBatch<C> batch = new RowBatch<>(columns, Math.max(1, records.size()));
        for (R value : records) {
            put.put(batch, batch.append(), value);
        }
        try {
            TableFile<C> file = new TableFile<>(
                    directory,
                    table,
                    0,
                    List.copyOf(columns),
                    TableFile.dictionaries(columns.size()),
                    options.rowGroupRows(),
                    options.compressionLevel());
            try {
                file.write(batch, 0, batch.rows());
                finished(file.close());
            } catch (IOException e) {
                file.abandon();
                throw e;
            }
        } catch (IOException e) {
            throw failed(table.fileName(0), e);
        }
    }

    private void finished(FileEntry entry) throws IOException {
        synchronized (files) {
            files.put(entry.name(), entry);
            write(TraceDocument.State.INCOMPLETE, Optional.empty());
        }
    }

    private void write(TraceDocument.State state, Optional<Ending> ending) throws IOException {
        synchronized (files) {
            document(info, state, ending, ImmutableList.copyOf(files.values())).write(directory);
        }
    }

    private static TraceDocument document(
            TraceInfo info, TraceDocument.State state, Optional<Ending> ending, List<FileEntry> files) {
        return new TraceDocument(
                TraceDocument.FORMAT,
                TraceSchema.FORMAT_VERSION,
                state,
                info,
                ending,
                new Counts(rows(files, Table.CALLS), rows(files, Table.EFFECTS)),
                files);
    }

    private static long rows(List<FileEntry> files, Table table) {
        return files.stream()
                .filter(file -> file.name().startsWith(table.tableName() + "-"))
                .mapToLong(FileEntry::rows)
                .sum();
    }

    private static <C extends Enum<C> & Column> Set<C> columns(Class<C> type, Table table, RegisterMode registers) {
        EnumSet<C> columns = EnumSet.noneOf(type);
        table.columns(registers).forEach(column -> columns.add(type.cast(column)));
        return Collections.unmodifiableSet(columns);
    }

    private TraceWriteException failed(String file, IOException cause) {
        return new TraceWriteException(
                "Cannot write " + directory.resolve(file) + ": " + reason(cause)
                        + ". The trace is incomplete; free some space or choose another output, and record again.",
                cause);
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    /** Makes room for a new trace: deletes a trace, and never anything else. */
    private static void clear(Path directory, boolean overwrite) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        if (!Files.isDirectory(directory)) {
            throw new TraceWriteException(directory + " exists and is not a trace; choose another output.");
        }
        List<Path> content;
        try (Stream<Path> list = Files.list(directory)) {
            content = list.toList();
        }
        if (content.isEmpty()) {
            return;
        }
        boolean trace = content.stream()
                        .allMatch(file ->
                                OWN_FILES.matcher(file.getFileName().toString()).matches())
                && Files.exists(directory.resolve(TraceDocument.FILE_NAME));
        if (!trace) {
            throw new TraceWriteException(
                    directory + " exists and holds something else than a trace; choose another output.");
        }
        if (!overwrite) {
            throw new TraceWriteException(directory + " exists; choose another output, or replace it with --force.");
        }
        // The description goes first: what is left of a trace that is half deleted is none.
        Files.delete(directory.resolve(TraceDocument.FILE_NAME));
        for (Path file : content) {
            Files.deleteIfExists(file);
        }
    }
}
