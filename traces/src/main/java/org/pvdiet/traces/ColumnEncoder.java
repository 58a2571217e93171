package org.pvdiet.traces;

import java.io.IOException;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.BytesUtils;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.SizeStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.io.api.Binary;

/**
 * Encodes a column of one row group, as one page. (parquet-java's own way, value by value, takes several times as long; the
 * bytes are the same.)
 */
final class ColumnEncoder<C extends Enum<C> & Column> implements RowBatch.Runs {
    private static final int LENGTH_BYTES = 4;

    private final C column;
    private final ColumnDescriptor descriptor;
    private final ColumnEncodings encodings;
    private final Binary[] names;
    private final Statistics<?> statistics;
    private final boolean counted;
    private final ColumnType type;
    private final boolean nullable;
    private final HybridRunsWriter levels = new HybridRunsWriter(1);
    private final WordDictionary dictionary;
    private final ValuesWriter plain;
    private int rows;
    private int values;
    private long least = Long.MAX_VALUE;
    private long greatest = Long.MIN_VALUE;

    /**
     * @param names of {@link ColumnType#NAME}, as Parquet has them
     * @param empty a dictionary for its words, should it want one
     * @param counted whether to keep the least and greatest value
     */
    ColumnEncoder(
            C column,
            ColumnDescriptor descriptor,
            ColumnEncodings encodings,
            Binary[] names,
            WordDictionary empty,
            boolean counted) {
        this.column = column;
        this.descriptor = descriptor;
        this.encodings = encodings;
        this.names = names;
        this.counted = counted;
        this.type = column.spec().type();
        this.nullable = column.spec().nullable();
        this.statistics = counted
                ? Statistics.createStats(descriptor.getPrimitiveType())
                : Statistics.noopStats(descriptor.getPrimitiveType());
        boolean words = !type.isBytes() && column.spec().encoding() == org.pvdiet.traces.Encoding.DICTIONARY;
        this.dictionary = words ? empty : null;
        this.plain = words ? null : encodings.newValuesWriter(descriptor);
    }

    /** Adds rows {@code from} (inclusive) to {@code to} (exclusive) of a batch. */
    void add(RowBatch<C> batch, int from, int to) {
        if (type.isBytes()) {
            for (int row = from; row < to; row++) {
                if (batch.isNull(column, row)) {
                    nulls(batch.firstRow() + row, 1);
                } else {
                    levels.write(1, 1);
                    values++;
                    plain.writeBytes(Binary.fromConstantByteArray(batch.getBytes(column, row)));
                }
            }
        } else {
            batch.runs(column, from, to, this);
        }
        rows += to - from;
    }

    @Override
    public void nulls(long row, int count) {
        if (!nullable) {
            throw new IllegalStateException("row " + row + " has no value for column " + column.columnName());
        }
        levels.write(0, count);
    }

    @Override
    public void values(long value, int count) {
        levels.write(1, count);
        values += count;
        if (dictionary != null) {
            dictionary.add(value, count);
        } else {
            for (int i = 0; i < count; i++) {
                write(plain, value);
            }
        }
        least = Math.min(least, value);
        greatest = Math.max(greatest, value);
    }

    private void count(long value) {
        if (type == ColumnType.INT32) {
            statistics.updateStats((int) value);
        } else {
            statistics.updateStats(value);
        }
    }

    private void write(ValuesWriter out, long value) {
        switch (type) {
            case INT64, UINT64 -> out.writeLong(value);
            case INT32 -> out.writeInteger(Math.toIntExact(value));
            case NAME -> out.writeBytes(names[(int) value]);
            case BOOL -> out.writeBoolean(value != 0);
            case STRING, BYTES -> throw new AssertionError(type);
        }
    }

    /** Writes the page, and the dictionary where there is one. */
    void finish(PageWriter out) throws IOException {
        if (counted) {
            statistics.incrementNumNulls(rows - values);
            if (values > 0) {
                count(least);
                count(greatest);
            }
        }
        byte[] indices = dictionary == null ? null : indices();
        if (indices != null) {
            page(out, BytesInput.from(indices), Encoding.RLE_DICTIONARY);
            ValuesWriter words = encodings.plain(descriptor);
            for (int i = 0; i < dictionary.size(); i++) {
                write(words, dictionary.word(i));
            }
            out.writeDictionaryPage(new DictionaryPage(words.getBytes(), dictionary.size(), Encoding.PLAIN).copy());
            words.close();
            return;
        }
        ValuesWriter written = plain;
        if (dictionary != null) {
            written = encodings.withoutDictionary(descriptor);
            for (int i = 0; i < dictionary.runs(); i++) {
                for (int n = dictionary.length(i); n > 0; n--) {
                    write(written, dictionary.word(dictionary.run(i)));
                }
            }
        }
        BytesInput bytes = written.getBytes();
        page(out, bytes, written.getEncoding());
        DictionaryPage page = written.toDictPageAndClose();
        if (page != null) {
            out.writeDictionaryPage(page);
        }
        written.close();
    }

    private void page(PageWriter out, BytesInput bytes, Encoding encoding) throws IOException {
        BytesInput content = bytes;
        if (nullable) {
            byte[] present = levels.finish();
            content = BytesInput.concat(BytesInput.fromInt(present.length), BytesInput.from(present), bytes);
        }
        out.writePage(
                content,
                rows,
                rows,
                statistics,
                SizeStatistics.noopBuilder(descriptor.getPrimitiveType(), 0, descriptor.getMaxDefinitionLevel())
                        .build(),
                null,
                Encoding.BIT_PACKED,
                nullable ? Encoding.RLE : Encoding.BIT_PACKED,
                encoding);
    }

    /** The values as indices into the dictionary; null if that takes no less than the values themselves. */
    private byte[] indices() {
        long dictionaryBytes = 0;
        for (int i = 0; i < dictionary.size(); i++) {
            dictionaryBytes += bytes(dictionary.word(i));
        }
        if (dictionaryBytes > ColumnEncodings.DICTIONARY_BYTES) {
            return null;
        }
        int width = BytesUtils.getWidthFromMaxInt(dictionary.size() - 1);
        HybridRunsWriter writer = new HybridRunsWriter(width);
        long rawBytes = 0;
        for (int i = 0; i < dictionary.runs(); i++) {
            writer.write(dictionary.run(i), dictionary.length(i));
            rawBytes += (long) dictionary.length(i) * bytes(dictionary.word(dictionary.run(i)));
        }
        byte[] encoded = writer.finish();
        if (1 + encoded.length + dictionaryBytes >= rawBytes) {
            return null;
        }
        byte[] page = new byte[1 + encoded.length];
        page[0] = (byte) width;
        System.arraycopy(encoded, 0, page, 1, encoded.length);
        return page;
    }

    private long bytes(long word) {
        return switch (type) {
            case INT64, UINT64 -> Long.BYTES;
            case INT32 -> Integer.BYTES;
            case NAME -> LENGTH_BYTES + names[(int) word].length();
            case BOOL, STRING, BYTES -> throw new AssertionError(type);
        };
    }
}
