package org.pvdiet.traces;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.parquet.bytes.ByteBufferAllocator;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;

/**
 * One Parquet file of a table while it is written, under a temporary name until it is complete.
 *
 * <p>A column of a row group is one page: a row group is small enough to be the unit of reading, and longer pages
 * compress better. Pages are of version 1: version 2 leaves definition levels uncompressed, a bit per nullable column and row.
 */
final class TableFile<C extends Enum<C> & Column> {
    /** Keeping the extremes of every column takes long; these are searched by. */
    private static final Set<String> COUNTED = Set.of("seq", "icount", "hook", "site");

    private static final int COLUMN_INDEX_TRUNCATE_BYTES = 64;

    private final Path directory;
    private final String name;
    private final List<C> columns;
    private final List<WordDictionary> dictionaries;
    private final int rowGroupRows;
    private final MessageType schema;
    private final ByteBufferAllocator allocator = new HeapByteBufferAllocator();
    private final ColumnEncodings encodings;
    private final ZstdCodec codec;
    private final ChecksummedFile file;
    private final ParquetFileWriter writer;
    private final Binary[][] names;
    private List<ColumnEncoder<C>> encoders;
    private int rowsInGroup;
    private long rows;

    /**
     * @param dictionaries one for each column, for this file's use until it is closed
     */
    TableFile(
            Path directory,
            Table table,
            int part,
            List<C> columns,
            List<WordDictionary> dictionaries,
            int rowGroupRows,
            int level)
            throws IOException {
        this.directory = directory;
        this.name = table.fileName(part);
        this.columns = columns;
        this.dictionaries = dictionaries;
        this.rowGroupRows = rowGroupRows;
        this.schema = ParquetSchema.of(table, columns);
        this.codec = new ZstdCodec(level);
        ImmutableMap.Builder<String, ColumnSpec> specs = ImmutableMap.builder();
        this.names = new Binary[columns.size()][];
        for (int i = 0; i < columns.size(); i++) {
            ColumnSpec spec = columns.get(i).spec();
            specs.put(columns.get(i).columnName(), spec);
            names[i] = spec.names().stream().map(Binary::fromString).toArray(Binary[]::new);
        }
        this.encodings = new ColumnEncodings(specs.buildOrThrow(), allocator);
        this.file = new ChecksummedFile(temporary());
        this.writer = new ParquetFileWriter(file, schema, ParquetFileWriter.Mode.CREATE, Long.MAX_VALUE, 0);
        writer.start();
    }

    /** One for each column. */
    static List<WordDictionary> dictionaries(int columns) {
        return Stream.generate(WordDictionary::new).limit(columns).toList();
    }

    long rows() {
        return rows;
    }

    /** Writes rows {@code from} (inclusive) to {@code to} (exclusive) of a batch. */
    void write(Batch<C> batch, int from, int to) throws IOException {
        // Once for all rows: what of a batch is left over for the next file comes back.
        if (from == 0) {
            for (C column : columns) {
                column.spec()
                        .unchangedFrom()
                        .ifPresent(u -> batch.dropUnchanged(column, named(u.from()), named(u.where())));
            }
        }
        for (int start = from; start < to; ) {
            if (encoders == null) {
                encoders = startRowGroup();
            }
            int end = Math.min(to, start + rowGroupRows - rowsInGroup);
            for (ColumnEncoder<C> encoder : encoders) {
                encoder.add(batch, start, end);
            }
            rowsInGroup += end - start;
            rows += end - start;
            start = end;
            if (rowsInGroup == rowGroupRows) {
                endRowGroup();
            }
        }
    }

    /** Completes the file and gives it its name. */
    FileEntry close() throws IOException {
        if (encoders != null) {
            endRowGroup();
        }
        writer.end(ImmutableMap.of());
        Files.move(temporary(), directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        return new FileEntry(name, rows, file.length(), file.checksum());
    }

    /** Gives the file up after a failure, and removes what was written if that is possible. */
    void abandon() {
        try {
            file.close();
        } catch (IOException e) {
            // Expected: what could not be written before cannot be now. The failure itself is reported.
        }
        try {
            Files.deleteIfExists(temporary());
        } catch (IOException e) {
            // It keeps its temporary name, so nobody takes it for a part.
        }
    }

    private Path temporary() {
        return directory.resolve(name + ".tmp");
    }

    private List<ColumnEncoder<C>> startRowGroup() {
        List<ColumnEncoder<C>> started = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            C column = columns.get(i);
            dictionaries.get(i).clear();
            started.add(new ColumnEncoder<>(
                    column,
                    schema.getColumns().get(i),
                    encodings,
                    names[i],
                    dictionaries.get(i),
                    COUNTED.contains(column.columnName())));
        }
        return started;
    }

    private void endRowGroup() throws IOException {
        try (ColumnChunkPageWriteStore pages = new ColumnChunkPageWriteStore(
                codec.getCompressor(CompressionCodecName.ZSTD),
                schema,
                allocator,
                COLUMN_INDEX_TRUNCATE_BYTES,
                /* pageWriteChecksumEnabled */ true)) {
            for (int i = 0; i < columns.size(); i++) {
                encoders.get(i).finish(pages.getPageWriter(schema.getColumns().get(i)));
            }
            writer.startBlock(rowsInGroup);
            pages.flushToFileWriter(writer);
            writer.endBlock();
        }
        encoders = null;
        rowsInGroup = 0;
    }

    private C named(String column) {
        return columns.stream()
                .filter(c -> c.columnName().equals(column))
                .findFirst()
                .orElseThrow();
    }
}
