package org.pvdiet.traces;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.memory.RootAllocator;

/**
 * Reads a trace. Methods throw {@link BadTraceException} where the trace is damaged, and may be called from several
 * threads at once. Batches use memory of the reader and must be closed before it.
 */
public final class TraceReader implements AutoCloseable {
    private final Path directory;
    private final TraceDocument document;
    private final RootAllocator allocator = new RootAllocator();
    private final Supplier<List<Hook>> hooks =
            Suppliers.memoize(() -> table(Table.HOOKS, HookColumn.values(), HookColumn.class, Rows::hook));
    private final Supplier<List<Site>> sites =
            Suppliers.memoize(() -> table(Table.SITES, SiteColumn.values(), SiteColumn.class, Rows::site));
    private final Supplier<List<Symbol>> symbols =
            Suppliers.memoize(() -> table(Table.SYMBOLS, SymbolColumn.values(), SymbolColumn.class, Rows::symbol));
    private final Supplier<List<FrameRun>> frames =
            Suppliers.memoize(() -> table(Table.FRAMES, FrameColumn.values(), FrameColumn.class, Rows::frames));
    private final TableParts<CallColumn> calls;
    private final TableParts<EffectColumn> effects;
    private final List<CompletableFuture<Void>> begun = Collections.synchronizedList(new ArrayList<>());

    private TraceReader(Path directory, TraceDocument document) {
        this.directory = directory;
        this.document = document;
        this.calls = new TableParts<>(
                directory,
                document,
                Table.CALLS,
                CallColumn.values(),
                CallColumn.class,
                CallColumn.SEQ,
                CallColumn.ICOUNT,
                allocator);
        this.effects = new TableParts<>(
                directory,
                document,
                Table.EFFECTS,
                EffectColumn.values(),
                EffectColumn.class,
                EffectColumn.SEQ,
                EffectColumn.ICOUNT,
                allocator);
    }

    /** Loads on other threads what the first trace takes, a fifth of a second: to be called before options are read. */
    public static void load() {
        CompletableFuture.runAsync(TableReader::load);
        CompletableFuture.runAsync(TraceDocument::loadForReading);
    }

    /** Opens a trace, complete or not. */
    public static TraceReader open(Path directory) {
        return new TraceReader(directory, TraceDocument.read(directory));
    }

    /**
     * Begins to read on other threads what an analysis asks for before it reads calls, and opens the files of these meanwhile.
     * What of the former is damaged is said to who asks for it.
     */
    public void readAhead() {
        // None of these waits for another thread while it keeps others waiting for it, as row groups would.
        for (Runnable part : List.<Runnable>of(this::symbols, this::sites, this::frames, this::hooks)) {
            begun.add(CompletableFuture.runAsync(part));
        }
        calls.groups();
        effects.groups();
    }

    /** The trace's directory. */
    public Path path() {
        return directory;
    }

    /** What was known when the recording began. */
    public TraceInfo info() {
        return document.run();
    }

    /** Whether the recording was closed. If not, this is the beginning of a run, and the message should say so. */
    public boolean complete() {
        return document.state() == TraceDocument.State.COMPLETE;
    }

    /** How the run ended; empty if the trace is not complete. */
    public Optional<Ending> ending() {
        return document.ending();
    }

    public Counts counts() {
        return document.counts();
    }

    /** The finished Parquet files of a table, in order, for other programs; only these belong to the trace. */
    public List<Path> files(Table table) {
        String name = table.tableName();
        return document.files().stream()
                .map(FileEntry::name)
                .filter(file -> file.startsWith(name + (table.inParts() ? "-" : ".")))
                .sorted()
                .map(directory::resolve)
                .toList();
    }

    /** The hooks, by id; empty if the recording stopped before they were written. */
    public List<Hook> hooks() {
        return hooks.get();
    }

    /** The sites, by id; likewise. */
    public List<Site> sites() {
        return sites.get();
    }

    /** The symbols, by address; likewise. */
    public List<Symbol> symbols() {
        return symbols.get();
    }

    /** The runs of frames; likewise. */
    public List<FrameRun> frames() {
        return frames.get();
    }

    /** The columns that this trace's calls have. */
    public Set<CallColumn> callColumns() {
        return calls.columns();
    }

    /** All calls in order, a row group at a time. A batch is valid until the next is asked for. */
    public Iterable<Batch<CallColumn>> calls(Set<CallColumn> columns) {
        return calls.scan(columns);
    }

    /** All effects in order of happening, likewise. */
    public Iterable<Batch<EffectColumn>> effects(Set<EffectColumn> columns) {
        return effects.scan(columns);
    }

    /** The row groups of calls, in order: for reading by several threads. */
    public List<RowGroup> callGroups() {
        return calls.groups();
    }

    /** The row groups of effects, in order. */
    public List<RowGroup> effectGroups() {
        return effects.groups();
    }

    /** Reads columns of one row group of calls. The caller closes the batch. */
    public Batch<CallColumn> readCalls(RowGroup group, Set<CallColumn> columns) {
        return calls.read(group, columns);
    }

    /** Reads columns of one row group of effects. The caller closes the batch. */
    public Batch<EffectColumn> readEffects(RowGroup group, Set<EffectColumn> columns) {
        return effects.read(group, columns);
    }

    /**
     * All columns of calls {@code from} (inclusive) to {@code to} (exclusive), as far as they exist. Reads whole row
     * groups: for a look at a few, not for scanning. The caller closes the batch.
     */
    public Batch<CallColumn> callRange(long from, long to) {
        return calls.range(from, to);
    }

    /** All columns of the effects in such a range of calls, in order of happening. The caller closes the batch. */
    public Batch<EffectColumn> effectRange(long from, long to) {
        return effects.range(from, to);
    }

    @Override
    public void close() {
        begun.forEach(part -> part.handle((nothing, failure) -> nothing).join());
        calls.close();
        effects.close();
        allocator.close();
    }

    private <C extends Enum<C> & Column, R> List<R> table(Table table, C[] all, Class<C> type, Rows.Get<C, R> get) {
        Optional<FileEntry> entry = document.file(table.fileName(0));
        if (entry.isEmpty()) {
            if (complete()) {
                throw new BadTraceException(directory.resolve(TraceDocument.FILE_NAME) + " lists no table of "
                        + table.tableName() + ", though the trace is complete.");
            }
            return ImmutableList.of();
        }
        // A run that was killed may have replaced this file just before it could say so in trace.json.
        boolean checked = complete();
        Set<C> columns = EnumSet.allOf(type);
        TableReader<C> reader =
                new TableReader<>(directory.resolve(entry.get().name()), entry.get(), checked, table, all, columns);
        List<R> records = new ArrayList<>();
        for (int group = 0; group < reader.rowGroups(); group++) {
            try (Batch<C> batch = reader.read(group, columns, allocator)) {
                for (int row = 0; row < batch.rows(); row++) {
                    records.add(get.get(batch, row));
                }
            }
        }
        return Collections.unmodifiableList(records);
    }
}
