package org.pvdiet.traces;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Ints;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;

/** Reads a table that is in parts. */
final class TableParts<C extends Enum<C> & Column> implements AutoCloseable {
    private final Path directory;
    private final TraceDocument document;
    private final Table table;
    private final C[] all;
    private final Set<C> columns;
    private final C seq;
    private final C icount;
    private final BufferAllocator allocator;
    private final List<Scan> scans = Collections.synchronizedList(new ArrayList<>());
    private List<TableReader<C>> parts;
    private ImmutableList<RowGroup> groups;

    TableParts(
            Path directory,
            TraceDocument document,
            Table table,
            C[] all,
            Class<C> type,
            C seq,
            C icount,
            BufferAllocator allocator) {
        this.directory = directory;
        this.document = document;
        this.table = table;
        this.all = all;
        this.seq = seq;
        this.icount = icount;
        this.allocator = allocator;
        EnumSet<C> present = EnumSet.noneOf(type);
        table.columns(document.run().registers()).forEach(column -> present.add(type.cast(column)));
        this.columns = Collections.unmodifiableSet(present);
    }

    Set<C> columns() {
        return columns;
    }

    synchronized List<RowGroup> groups() {
        if (groups == null) {
            openParts();
        }
        return groups;
    }

    Batch<C> read(RowGroup group, Set<C> wanted) {
        List<RowGroup> known = groups();
        if (!known.contains(group)) {
            throw new IllegalArgumentException("not a row group of this table: " + group);
        }
        if (!columns.containsAll(wanted)) {
            throw new BadTraceException(directory + " was recorded without full registers: it has no "
                    + wanted.stream()
                            .filter(column -> !columns.contains(column))
                            .findFirst()
                            .orElseThrow()
                            .columnName()
                    + ".");
        }
        return parts.get(group.part()).read(group.index(), wanted, allocator);
    }

    Iterable<Batch<C>> scan(Set<C> wanted) {
        return () -> new Scan(wanted);
    }

    Batch<C> range(long from, long to) {
        List<RowGroup> overlapping = groups().stream()
                .filter(group -> group.firstSeq() < to && group.lastSeq() >= from)
                .toList();
        int rows = 0;
        for (RowGroup group : overlapping) {
            try (Batch<C> seqs = read(group, Collections.singleton(seq))) {
                rows += Ints.checkedCast(rowsBetween(seqs, from, to).size());
            }
        }
        Batch<C> result = new Batch<>(allocator, all, columns, Math.max(1, rows));
        try {
            result.startAt(table == Table.CALLS ? from : 0);
            for (RowGroup group : overlapping) {
                try (Batch<C> batch = read(group, columns)) {
                    for (int row : rowsBetween(batch, from, to)) {
                        copy(batch, row, result);
                    }
                }
            }
            return result;
        } catch (RuntimeException e) {
            result.close();
            throw e;
        }
    }

    @Override
    public void close() {
        List.copyOf(scans).forEach(Scan::close);
    }

    private List<Integer> rowsBetween(Batch<C> batch, long from, long to) {
        List<Integer> rows = new ArrayList<>();
        for (int row = 0; row < batch.rows(); row++) {
            long value = batch.get(seq, row);
            if (!batch.isNull(seq, row) && value >= from && value < to) {
                rows.add(row);
            }
        }
        return rows;
    }

    private void copy(Batch<C> source, int row, Batch<C> target) {
        int copy = target.append();
        for (C column : columns) {
            if (!source.isNull(column, row)) {
                target.set(column, copy, source.get(column, row));
            }
        }
    }

    private void openParts() {
        List<FileEntry> entries = new ArrayList<>();
        for (int part = 0; ; part++) {
            Optional<FileEntry> entry = document.file(table.fileName(part));
            if (entry.isEmpty()) {
                break;
            }
            entries.add(entry.get());
        }
        parts = entries.parallelStream()
                .map(entry -> new TableReader<>(directory.resolve(entry.name()), entry, true, table, all, columns))
                .toList();
        ImmutableList.Builder<RowGroup> found = ImmutableList.builder();
        for (int part = 0; part < parts.size(); part++) {
            TableReader<C> reader = parts.get(part);
            for (int index = 0; index < reader.rowGroups(); index++) {
                long[] seqs = reader.range(index, seq);
                long[] icounts = reader.range(index, icount);
                found.add(new RowGroup(
                        table,
                        part,
                        index,
                        reader.rows(index),
                        reader.bytes(index),
                        seqs[0],
                        seqs[1],
                        icounts[0],
                        icounts[1]));
            }
        }
        groups = found.build();
    }

    /** One pass over the table. */
    private final class Scan implements Iterator<Batch<C>> {
        private final Set<C> wanted;
        private final Iterator<RowGroup> remaining;
        private Batch<C> current;

        Scan(Set<C> wanted) {
            this.wanted = wanted;
            this.remaining = groups().iterator();
            scans.add(this);
        }

        @Override
        public boolean hasNext() {
            if (!remaining.hasNext()) {
                close();
            }
            return remaining.hasNext();
        }

        @Override
        public Batch<C> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            release();
            current = read(remaining.next(), wanted);
            return current;
        }

        void close() {
            release();
            scans.remove(this);
        }

        private void release() {
            if (current != null) {
                current.close();
                current = null;
            }
        }
    }
}
