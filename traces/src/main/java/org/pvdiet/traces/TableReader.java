package org.pvdiet.traces;

import com.github.luben.zstd.Zstd;
import com.google.common.base.Preconditions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.zip.CRC32C;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.values.bitpacking.Packer;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * Reads one finished file of a table. Whatever is wrong with the file becomes a {@link BadTraceException}: its checksum
 * is compared first, so that the Parquet library sees only what the writer wrote, and what the library throws at
 * anything else is caught.
 */
final class TableReader<C extends Enum<C> & Column> {
    private static final String REMEDY = " Copy the trace anew, or record it again.";
    private static final int MAX_GROUP_ROWS = 1 << 24;

    private final Path path;
    private final Table table;
    private final C[] all;
    private final Set<C> present;
    private final ParquetMetadata metadata;

    /**
     * @param path the file
     * @param entry what {@code trace.json} says of it
     * @param checked whether its checksum must be right
     * @param present the columns it must have
     */
    TableReader(Path path, FileEntry entry, boolean checked, Table table, C[] all, Set<C> present) {
        this.path = path;
        this.table = table;
        this.all = all;
        this.present = present;
        if (checked) {
            compareChecksum(entry);
        }
        this.metadata = guarded(() -> {
            try (ParquetFileReader reader = new ParquetFileReader(new LocalInputFile(path), options())) {
                return reader.getFooter();
            }
        });
        checkSchema();
        checkRowGroups(checked ? entry.rows() : -1);
    }

    /** Loads what the first file takes. */
    static void load() {
        Objects.requireNonNull(options());
        // Its class makes two of Jackson's mappers.
        Preconditions.checkState(
                new ParquetMetadata(null, List.of()).getBlocks().isEmpty());
        Packer.LITTLE_ENDIAN.newBytePacker(1);
        Packer.LITTLE_ENDIAN.newBytePackerForLong(1);
        // Unpacks a native library.
        Zstd.maxCompressionLevel();
    }

    int rowGroups() {
        return metadata.getBlocks().size();
    }

    int rows(int group) {
        return (int) metadata.getBlocks().get(group).getRowCount();
    }

    /** That a row group takes in the file. */
    long bytes(int group) {
        return metadata.getBlocks().get(group).getCompressedSize();
    }

    long rows() {
        return metadata.getBlocks().stream()
                .mapToLong(BlockMetaData::getRowCount)
                .sum();
    }

    /** Least and greatest value of an integer column in a row group; {0, -1} where it has none. */
    long[] range(int group, C column) {
        return guarded(() -> {
            for (ColumnChunkMetaData chunk : metadata.getBlocks().get(group).getColumns()) {
                if (chunk.getPath().toDotString().equals(column.columnName())
                        && chunk.getStatistics().hasNonNullValue()) {
                    return new long[] {
                        ((Number) chunk.getStatistics().genericGetMin()).longValue(),
                        ((Number) chunk.getStatistics().genericGetMax()).longValue()
                    };
                }
            }
            return new long[] {0, -1};
        });
    }

    /** The columns asked for and those without which they mean nothing. */
    Set<C> closure(Set<C> columns) {
        EnumSet<C> result = EnumSet.copyOf(columns);
        for (C column : columns) {
            Preconditions.checkArgument(present.contains(column), "no column %s here", column);
            column.spec().unchangedFrom().ifPresent(unchanged -> {
                result.add(named(unchanged.from()));
                result.add(named(unchanged.where()));
            });
        }
        return result;
    }

    /** Reads columns of a row group into a new batch. */
    Batch<C> read(int group, Set<C> columns, BufferAllocator allocator) {
        Set<C> read = closure(columns);
        int rows = rows(group);
        List<C> stored = read.stream().filter(column -> !isAbsent(column)).toList();
        MessageType schema = ParquetSchema.of(table, stored);
        return guarded(() -> {
            Batch<C> batch = new Batch<>(allocator, all, read, Math.max(1, rows));
            boolean complete = false;
            try (ParquetFileReader reader = ParquetFileReader.open(
                    new LocalInputFile(path), metadata, options(), new LocalInputFile(path).newStream())) {
                reader.setRequestedSchema(schema);
                fill(batch, reader.readRowGroup(group), schema, stored, rows);
                complete = true;
                return batch;
            } finally {
                if (!complete) {
                    batch.close();
                }
            }
        });
    }

    private void fill(Batch<C> batch, PageReadStore pages, MessageType schema, List<C> columns, int rows)
            throws IOException {
        batch.append(rows);
        ColumnDecoder decoder = new ColumnDecoder(rows);
        for (int i = 0; i < columns.size(); i++) {
            ColumnDescriptor descriptor = schema.getColumns().get(i);
            decoder.decode(pages.getPageReader(descriptor), descriptor, columns.get(i), batch);
        }
        for (C column : columns) {
            column.spec().unchangedFrom().ifPresent(unchanged -> {
                C from = named(unchanged.from());
                C where = named(unchanged.where());
                batch.fillNulls(column, from, where);
            });
        }
    }

    private C named(String name) {
        for (C column : all) {
            if (column.columnName().equals(name)) {
                return column;
            }
        }
        throw new IllegalArgumentException("no column " + name);
    }

    private void compareChecksum(FileEntry entry) {
        CRC32C checksum = new CRC32C();
        long length = 0;
        try (InputStream in = Files.newInputStream(path)) {
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                checksum.update(buffer, 0, n);
                length += n;
            }
        } catch (NoSuchFileException e) {
            throw missing(e);
        } catch (IOException e) {
            throw new BadTraceException(path + " cannot be read: " + e.getMessage(), e);
        }
        if (length != entry.bytes()) {
            throw new BadTraceException(
                    path + " is damaged: it has " + length + " bytes and was written with " + entry.bytes() + ".");
        }
        if (checksum.getValue() != entry.crc32c()) {
            throw new BadTraceException(
                    path + " is damaged: it has not the checksum that it was written with." + REMEDY);
        }
    }

    private BadTraceException missing(NoSuchFileException cause) {
        return new BadTraceException(
                path + " is missing, though " + TraceDocument.FILE_NAME + " lists it." + REMEDY, cause);
    }

    /** Whether the file was written before the column was added to the format. */
    private boolean isAbsent(C column) {
        return column.spec().later() && !metadata.getFileMetaData().getSchema().containsField(column.columnName());
    }

    private void checkSchema() {
        MessageType actual = metadata.getFileMetaData().getSchema();
        for (C column : present) {
            Type expected = ParquetSchema.type(column);
            if (isAbsent(column)) {
                continue;
            }
            if (!actual.containsField(column.columnName())) {
                throw new BadTraceException(path + " is not a table of " + table.tableName() + ": it has no column "
                        + column.columnName() + ".");
            }
            Type type = actual.getType(column.columnName());
            if (!type.equals(expected)) {
                throw new BadTraceException(path + " is not a table of " + table.tableName() + ": column "
                        + column.columnName() + " is " + type + " and should be " + expected + ".");
            }
        }
    }

    /** Sizes that a damaged footer claims must not make us allocate what the file cannot hold. */
    private void checkRowGroups(long expectedRows) {
        guarded(() -> {
            long length = Files.size(path);
            for (BlockMetaData block : metadata.getBlocks()) {
                if (block.getRowCount() < 0 || block.getRowCount() > MAX_GROUP_ROWS) {
                    throw new IllegalStateException("a row group claims " + block.getRowCount() + " rows");
                }
                for (ColumnChunkMetaData chunk : block.getColumns()) {
                    if (chunk.getStartingPos() < 0
                            || chunk.getTotalSize() < 0
                            || chunk.getTotalSize() > length - chunk.getStartingPos()) {
                        throw new IllegalStateException("column " + chunk.getPath() + " lies outside of the file");
                    }
                }
            }
            if (expectedRows >= 0 && rows() != expectedRows) {
                throw new IllegalStateException("it has " + rows() + " rows and not " + expectedRows);
            }
            return null;
        });
    }

    private static ParquetReadOptions options() {
        return HadoopFreeOptions.OPTIONS;
    }

    private interface Reading<T> {
        T run() throws IOException;
    }

    private <T> T guarded(Reading<T> reading) {
        try {
            return reading.run();
        } catch (BadTraceException e) {
            throw e;
        } catch (NoSuchFileException e) {
            throw missing(e);
        } catch (IOException | RuntimeException | OutOfMemoryError | StackOverflowError | LinkageError e) {
            // parquet-java reports a damaged file by many kinds of exception, depending on where the damage is; among
            // them that Hadoop's class of paths is not there, when it wants to name the file.
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new BadTraceException(path + " is damaged or no Parquet file: " + firstLine(why), e);
        }
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
