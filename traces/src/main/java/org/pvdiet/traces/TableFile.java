package org.pvdiet.traces;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;

/**
 * One Parquet file of a table while it is written, under a temporary name until it is complete.
 *
 * <p>A column of a row group is one page: a row group is small enough to be the unit of reading, and longer pages
 * compress better. (It also lets whole batches be written column by column: parquet-java ends a page in the middle of a
 * row otherwise.)
 */
final class TableFile<C extends Enum<C> & Column> {
    private static final int MAX_PAGE_BYTES = 1 << 26;
    private static final int COLUMN_INDEX_TRUNCATE_BYTES = 64;

    private final Path directory;
    private final String name;
    private final List<C> columns;
    private final int rowGroupRows;
    private final MessageType schema;
    private final ParquetProperties properties;
    private final ZstdCodec codec;
    private final ChecksummedFile file;
    private final ParquetFileWriter writer;
    private final Binary[][] names;
    private ColumnChunkPageWriteStore pages;
    private ColumnWriteStore store;
    private int rowsInGroup;
    private long rows;

    TableFile(Path directory, Table table, int part, List<C> columns, int rowGroupRows, int level) throws IOException {
        this.directory = directory;
        this.name = table.fileName(part);
        this.columns = columns;
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
        this.properties = ParquetProperties.builder()
                // Version 1 pages: version 2 leaves definition levels uncompressed, a bit per nullable column and row.
                .withWriterVersion(ParquetProperties.WriterVersion.PARQUET_1_0)
                .withValuesWriterFactory(new ColumnEncodings(specs.buildOrThrow()))
                .withAllocator(new HeapByteBufferAllocator())
                .withPageSize(MAX_PAGE_BYTES)
                .withPageRowCountLimit(Integer.MAX_VALUE)
                .withMinRowCountForPageSizeCheck(Integer.MAX_VALUE)
                .withMaxRowCountForPageSizeCheck(Integer.MAX_VALUE)
                .withSizeStatisticsEnabled(false)
                // Keeping the extremes of every column costs a third of the writer's time; these are searched by.
                .withStatisticsEnabled(false)
                .withStatisticsEnabled("seq", true)
                .withStatisticsEnabled("icount", true)
                .withStatisticsEnabled("hook", true)
                .withStatisticsEnabled("site", true)
                .withPageWriteChecksumEnabled(true)
                .build();
        this.file = new ChecksummedFile(temporary());
        this.writer = new ParquetFileWriter(file, schema, ParquetFileWriter.Mode.CREATE, Long.MAX_VALUE, 0);
        writer.start();
    }

    long rows() {
        return rows;
    }

    /** Writes rows {@code from} (inclusive) to {@code to} (exclusive) of a batch. */
    void write(Batch<C> batch, int from, int to) throws IOException {
        for (int start = from; start < to; ) {
            if (store == null) {
                pages = new ColumnChunkPageWriteStore(
                        codec.getCompressor(CompressionCodecName.ZSTD),
                        schema,
                        properties.getAllocator(),
                        COLUMN_INDEX_TRUNCATE_BYTES,
                        properties.getPageWriteChecksumEnabled());
                store = properties.newColumnWriteStore(schema, pages, pages);
            }
            int end = Math.min(to, start + rowGroupRows - rowsInGroup);
            for (int i = 0; i < columns.size(); i++) {
                ColumnWriter column = store.getColumnWriter(schema.getColumns().get(i));
                writeColumn(column, columns.get(i), names[i], batch, start, end);
            }
            for (int row = start; row < end; row++) {
                store.endRecord();
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
        if (store != null) {
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

    private void endRowGroup() throws IOException {
        store.flush();
        writer.startBlock(rowsInGroup);
        pages.flushToFileWriter(writer);
        writer.endBlock();
        store.close();
        pages.close();
        store = null;
        pages = null;
        rowsInGroup = 0;
    }

    private void writeColumn(ColumnWriter out, C column, Binary[] values, Batch<C> batch, int from, int to) {
        ColumnSpec spec = column.spec();
        int present = spec.nullable() ? 1 : 0;
        C before = spec.unchangedFrom().map(u -> named(u.from())).orElse(null);
        C where = spec.unchangedFrom().map(u -> named(u.where())).orElse(null);
        for (int row = from; row < to; row++) {
            if (batch.isNull(column, row)) {
                if (!spec.nullable()) {
                    throw new IllegalStateException("row " + (batch.firstRow() + row) + " of " + name
                            + " has no value for column " + column.columnName());
                }
                out.writeNull(0, 0);
                continue;
            }
            if (spec.type().isBytes()) {
                out.write(Binary.fromConstantByteArray(batch.getBytes(column, row)), 0, present);
                continue;
            }
            long value = batch.get(column, row);
            if (before != null
                    && !batch.isNull(where, row)
                    && !batch.isNull(before, row)
                    && batch.get(before, row) == value) {
                out.writeNull(0, 0);
                continue;
            }
            switch (spec.type()) {
                case INT64, UINT64 -> out.write(value, 0, present);
                case INT32 -> out.write(Math.toIntExact(value), 0, present);
                case NAME -> out.write(values[(int) value], 0, present);
                case BOOL -> out.write(value != 0, 0, present);
                case STRING, BYTES -> throw new AssertionError(spec.type());
            }
        }
    }

    private C named(String column) {
        return columns.stream()
                .filter(c -> c.columnName().equals(column))
                .findFirst()
                .orElseThrow();
    }
}
